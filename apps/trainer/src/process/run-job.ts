/** One job in a training process, from its start to the command's exit code: display, signals, diagnosis. */
import type { WorkerClient } from "@convkit/client";
import type { TrainEvent } from "@convkit/schema";
import type { CommandContext } from "../commands/command-context.js";
import { createJsonDisplay } from "../display/json-display.js";
import { createTextDisplay } from "../display/text-display.js";
import { EXIT_CODES, type ExitCode } from "../exit-codes.js";
import { runArgument } from "../run/find-run.js";
import { watchInterrupts } from "./interrupts.js";
import { InterruptedError, ProcessDiedError } from "./process-errors.js";
import type { RunDelivery } from "./run-delivery.js";
import { unpackError, type JobResult, type RunJob } from "./protocol.js";
import { folderOf, startResumingProcess } from "./resuming-process.js";
import type { ProcessOutcome } from "./training-process.js";

/** What is known of a run while its process lives, for the case that it dies. */
interface Trace {
  runId?: string;
  checkpoint?: { readonly epoch: number; readonly step: number };
}

export interface RunJobOptions {
  readonly json: boolean;
  /** How a run that is resumed once began: its length, which its later events do not repeat. */
  readonly started?: TrainEvent | undefined;
  /** Makes the client of a server that is told of the run while it goes on. */
  readonly clientOf?: ((note: (text: string) => void) => Promise<WorkerClient>) | undefined;
}

/**
 * @throws {Error} the child's own, with its name and message.
 * @throws {ProcessDiedError} if the child was killed by another, or crashed.
 * @throws {InterruptedError} if the user ended it before there was a result.
 */
export async function runJob(
  job: RunJob,
  context: CommandContext,
  options: RunJobOptions,
): Promise<ExitCode> {
  const display = options.json ? createJsonDisplay(context) : createTextDisplay(context, options.started);
  const trace: Trace = {};
  const delivery = await deliveryOf(options, display.note);
  const child = startResumingProcess(job, {
    onMessage(message) {
      if (message.type === "event") {
        follow(trace, message.event);
        delivery?.begin(folderOf(job, message.event), child.outcome);
      }
      display.message(message);
    },
    onOutput: display.output,
    onSilence: display.note,
    onNote: display.note,
  });
  const interrupts = watchInterrupts({
    stop(reason) {
      display.note(
        "Saving a checkpoint after this step, then stopping. Ctrl-C again stops at once, without one.",
      );
      child.stop(reason);
      const hurry = () => delivery?.hurry();
      void child.outcome.then(hurry, hurry);
    },
    kill() {
      display.note("Stopping at once, without a checkpoint.");
      child.kill();
      delivery?.giveUp();
    },
  });
  try {
    const outcome = await child.outcome;
    const undelivered = await delivery?.end();
    if (undelivered) display.note(undelivered.message);
    if (outcome.type !== "result") throw errorOf(outcome, interrupts.exitCode, howToGoOn(job, trace));
    const exitCode = exitCodeOfResult(outcome.result, interrupts.exitCode);
    display.result({ ...outcome.result, exitCode });
    return undelivered && exitCode === EXIT_CODES.ok ? EXIT_CODES.server : exitCode;
  } finally {
    display.close();
    interrupts.release();
  }
}

/** Loads what talks to a server only where there is one. */
async function deliveryOf(
  { clientOf }: RunJobOptions,
  note: (text: string) => void,
): Promise<RunDelivery | undefined> {
  if (!clientOf) return undefined;
  const { createRunDelivery } = await import("./run-delivery.js");
  return createRunDelivery(await clientOf(note), note);
}

function follow(trace: Trace, event: TrainEvent): void {
  trace.runId = event.runId;
  // Of whichever kind: the newest is gone on from.
  if (event.type === "checkpointSaved") {
    trace.checkpoint = { epoch: event.epoch, step: event.step };
  }
}

function exitCodeOfResult({ status }: JobResult, interrupted: ExitCode | undefined): ExitCode {
  switch (status) {
    case "completed":
    case "stopped":
      return EXIT_CODES.ok;
    case "interrupted":
      return interrupted ?? EXIT_CODES.interrupted;
    case "failed":
      return EXIT_CODES.failed;
    default:
      return status satisfies never;
  }
}

function errorOf(
  outcome: Exclude<ProcessOutcome, { type: "result" }>,
  interrupted: ExitCode | undefined,
  wayOut: string,
): Error {
  switch (outcome.type) {
    case "error":
      return unpackError(outcome.error);
    case "died":
      return new ProcessDiedError(`${outcome.diagnosis}\n${wayOut}`);
    case "aborted":
    case "killed":
      return new InterruptedError(`Stopped. ${wayOut}`, interrupted ?? EXIT_CODES.interrupted);
    default:
      return outcome satisfies never;
  }
}

function howToGoOn(job: RunJob, { runId, checkpoint }: Trace): string {
  if (job.kind === "evaluate") return "The run itself is untouched; the same command tries again.";
  if (job.kind === "train" && runId === undefined)
    return "The run had not begun; the same command starts it.";
  const attempt =
    runId === undefined ? "This attempt had not begun" : "This attempt had saved no checkpoint yet";
  const where =
    checkpoint === undefined
      ? attempt
      : `The last checkpoint is of epoch ${checkpoint.epoch}, step ${checkpoint.step}`;
  const run = job.kind === "resume" ? runArgument(job.directory, job.home) : runId;
  return `${where}. To go on: convkit resume ${run}`;
}
