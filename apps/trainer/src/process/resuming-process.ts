/**
 * A job's training process and, where that loses its GPU or the GPU's driver crashes it, one more: a driver that was reset forgets all
 * that a process had on the GPU, and serves the next process as if nothing had been. What is lost twice is lost for a reason.
 */
import { join } from "node:path";
import type { EngineName, TrainEvent } from "@convkit/schema";
import { runArgument } from "../run/find-run.js";
import type { RunJob } from "./protocol.js";
import {
  startTrainingProcess,
  type ProcessOutcome,
  type TrainingProcess,
  type TrainingProcessOptions,
} from "./training-process.js";

export interface ResumingProcessOptions extends TrainingProcessOptions {
  /** Told that the run goes on in another process. */
  readonly onNote: (text: string) => void;
}

const LOST = "GpuDeviceLostError";

/**
 * Nothing is resumed of what a queue numbers (`attempt`), which tries again by itself, of a run that had not begun, and once the
 * user has asked for the end.
 *
 * @returns the outcome is the last process's.
 */
export function startResumingProcess(
  job: RunJob,
  options: ResumingProcessOptions,
): Omit<TrainingProcess, "pid"> {
  let isEnding = false;
  let directory = job.kind === "train" ? undefined : job.directory;
  let engine: EngineName | undefined;
  const start = (each: RunJob): TrainingProcess =>
    startTrainingProcess(each, {
      ...options,
      onMessage(message) {
        if (message.type === "event") directory ??= folderOf(job, message.event);
        if (message.type === "engine") engine ??= message.engine.name;
        options.onMessage(message);
      },
    });
  let child = start(job);
  const goOn = async (): Promise<ProcessOutcome> => {
    const outcome = await child.outcome;
    const next = directory === undefined || isEnding ? undefined : resumingJob(job, { directory, engine });
    const loss = describeLoss(outcome, engine);
    if (!next || loss === null) return outcome;
    options.onNote(
      `${loss} The run goes on from its last checkpoint, in another process. That is done once.`,
    );
    child = start(next);
    return toldTwice(await child.outcome, { ...next, loss });
  };
  return {
    outcome: goOn(),
    stop(reason) {
      isEnding = true;
      child.stop(reason);
    },
    kill() {
      isEnding = true;
      child.kill();
    },
  };
}

/** Of the run that a job trains or judges, once it has said something. */
export function folderOf(job: RunJob, { runId }: TrainEvent): string {
  if (job.kind !== "train") return job.directory;
  return job.runDirectory ?? join(job.home, "runs", runId);
}

/** On the engine that was lost: another, which `auto` might take where a card does not come back, would be another run. */
function resumingJob(
  job: RunJob,
  { directory, engine }: { directory: string; engine: EngineName | undefined },
): Extract<RunJob, { kind: "resume" }> | undefined {
  if (job.kind === "evaluate" || job.attempt !== undefined) return undefined;
  const { home, pauseAfterEpoch } = job;
  const detach = job.kind === "resume" ? job.detach : undefined;
  return { kind: "resume", home, directory, engine, pauseAfterEpoch, detach };
}

/** null unless the GPU's loss is what ended the process. */
function reasonOfLoss(outcome: ProcessOutcome): string | null {
  if (outcome.type !== "error") return null;
  for (let error: typeof outcome.error | undefined = outcome.error; error; error = error.cause) {
    if (error.name === LOST) return error.message;
  }
  return null;
}

/** A process that uses a GPU runs the driver's code in its own memory. SIGABRT may be Node's own end, for want of heap. */
const CRASHES: readonly (NodeJS.Signals | null)[] = ["SIGSEGV", "SIGBUS"];

/** null unless another process may fare better. */
function describeLoss(outcome: ProcessOutcome, engine: EngineName | undefined): string | null {
  const reason = reasonOfLoss(outcome);
  if (reason !== null) return `The GPU was lost, and what was on it with it: ${reason}`;
  if (outcome.type !== "died" || engine !== "webgpu" || !CRASHES.includes(outcome.signal)) return null;
  return `The training process crashed in native code (${outcome.signal}), perhaps in the GPU's driver.`;
}

/** @param loss what the first process ended with. */
function toldTwice(
  outcome: ProcessOutcome,
  { loss, directory, home }: { loss: string; directory: string; home: string },
): ProcessOutcome {
  const advice =
    `That was the second time; at first: ${loss} Look for the GPU in the system's log (dmesg), at its temperature and its power. ` +
    `To go on: convkit resume ${runArgument(directory, home)}`;
  const reason = reasonOfLoss(outcome);
  if (outcome.type === "error" && reason !== null) {
    return { ...outcome, error: { ...outcome.error, name: LOST, message: `${reason} ${advice}` } };
  }
  if (outcome.type === "died" && CRASHES.includes(outcome.signal)) {
    return { ...outcome, diagnosis: `${outcome.diagnosis} ${advice}` };
  }
  return outcome;
}
