/** One trial: a run in a training process, begun or gone on with, and what came of it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { RunConfig } from "@convkit/schema";
import { endingOf, readJournal } from "@convkit/trainer/run-files";
import { EXIT_CODES } from "../exit-codes.js";
import { InterruptedError } from "../process/process-errors.js";
import { unpackError, type RunJob } from "../process/protocol.js";
import {
  startTrainingProcess,
  type ProcessOutcome,
  type TrainingProcess,
  type TrainingProcessOptions,
} from "../process/training-process.js";
import { readStartEvent } from "../run/journal-ends.js";
import type { TrialEnded } from "./sweep-folder.js";
import { isTrialsFault } from "./trial-fault.js";
import { epochsSaved, trialValue } from "./trial-value.js";

export interface TrialRun {
  readonly home: string;
  readonly runId: string;
  /** Of a run that is not there yet. */
  readonly config: RunConfig;
  readonly metric: string;
  /** Epochs of the rung, after which the run is left to be gone on with. */
  readonly pauseAfterEpoch: number | undefined;
}

export interface TrialHost extends TrainingProcessOptions {
  /** Handed each process, to stop it by. */
  readonly onProcess: (child: TrainingProcess) => void;
  /** Told once of each process that its run's folder is there. */
  readonly onFolder: (folder: string, until: Promise<unknown>) => void;
  /** Whether the user has asked for the end. */
  readonly isStopping: () => boolean;
}

export type TrialOutcome = Pick<TrialEnded, "status" | "value" | "reason">;

/** A process that a killed sweep left behind saves its checkpoint and ends; so long it may take. */
const BUSY_MS = 120_000;
const BUSY_POLL_MS = 500;
const BUSY = ["RunBusyError", "RunFolderExistsError"];

/**
 * @throws {InterruptedError} if the user ended it; the next call goes on.
 * @throws {Error} what is not the trial's own fault (`isTrialsFault`): a full disk, data that cannot be read or an engine that
 * is not there where the sweep does not try such, a run that another process does not let go of. The next call tries again.
 */
export async function runTrial(run: TrialRun, host: TrialHost): Promise<TrialOutcome> {
  const directory = join(run.home, "runs", run.runId);
  const busyUntil = performance.now() + BUSY_MS;
  for (;;) {
    const known = existsSync(join(directory, "config.json")) ? knownOutcome(run, directory) : undefined;
    if (known) return known;
    if (host.isStopping()) throw stopped();
    const job = jobOf(run, directory);
    // A run that goes on does not repeat how long it is.
    const started = job.kind === "resume" ? await readStartEvent(directory) : undefined;
    if (started) host.onMessage({ type: "event", event: started });
    let isThere = false;
    const child = startTrainingProcess(job, {
      ...host,
      onMessage(message) {
        if (message.type === "event" && !isThere) {
          isThere = true;
          host.onFolder(directory, child.outcome);
        }
        host.onMessage(message);
      },
    });
    host.onProcess(child);
    const outcome = await child.outcome;
    const isBusy = outcome.type === "error" && BUSY.includes(outcome.error.name);
    if (!isBusy || performance.now() > busyUntil) return judgeOutcome(outcome, { run, directory, host });
    await delay(BUSY_POLL_MS);
  }
}

function jobOf({ home, config, runId, pauseAfterEpoch }: TrialRun, directory: string): RunJob {
  return existsSync(join(directory, "config.json"))
    ? { kind: "resume", home, directory, engine: undefined, pauseAfterEpoch }
    : { kind: "train", home, config, runId, pauseAfterEpoch };
}

/** What an earlier process has brought to its end, and nobody wrote down. One that failed is tried again: it may have been by a full disk. */
function knownOutcome(run: TrialRun, directory: string): TrialOutcome | undefined {
  const events = readJournal(join(directory, "events.jsonl"));
  const ending = endingOf(events);
  if (ending?.status === "completed" || ending?.status === "stopped")
    return reached(run, directory, { status: ending.status, reason: ending.reason });
  if (run.pauseAfterEpoch === undefined || epochsSaved(events) < run.pauseAfterEpoch) return undefined;
  return reached(run, directory, { status: "paused", reason: `paused after epoch ${run.pauseAfterEpoch}` });
}

function judgeOutcome(
  outcome: ProcessOutcome,
  { run, directory, host }: { run: TrialRun; directory: string; host: TrialHost },
): TrialOutcome {
  switch (outcome.type) {
    case "result": {
      const { status, reason } = outcome.result;
      if (status === "failed") return failed(reason);
      if (status !== "interrupted") return reached(run, directory, { status, reason });
      if (host.isStopping()) throw stopped();
      const known = knownOutcome(run, directory);
      return known ?? failed(`interrupted: ${reason}`);
    }
    case "aborted":
    case "killed":
      if (host.isStopping()) throw stopped();
      return failed("interrupted");
    case "died":
      return failed(outcome.diagnosis);
    case "error": {
      const error = unpackError(outcome.error);
      if (!isTrialsFault(error, run.config.sweep!.parameters)) throw error;
      return failed(error.message);
    }
    default:
      return outcome satisfies never;
  }
}

function reached(
  { metric, pauseAfterEpoch }: TrialRun,
  directory: string,
  { status, reason }: Pick<TrialEnded, "status" | "reason">,
): TrialOutcome {
  const events = readJournal(join(directory, "events.jsonl"));
  const value = trialValue(events, { metric, untilEpoch: pauseAfterEpoch });
  return value === null
    ? failed(`no ${metric} in the epoch whose weights are kept`)
    : { status, value, reason };
}

function failed(reason: string): TrialOutcome {
  return { status: "failed", value: null, reason };
}

function stopped(): InterruptedError {
  return new InterruptedError("Stopped.", EXIT_CODES.interrupted);
}
