/** One call from a config to a judged classifier in a run's folder, and going on with a run that was cut short. */
import { join } from "node:path";
import { RunConfig, type RunConfigInput } from "@convkit/schema";
import { readJournal } from "./journal.js";
import { runAttempt } from "./run-attempt.js";
import { openRunData } from "./run-data.js";
import { createRunId, RunFolder } from "./run-folder.js";
import type { RunOptions, TrainOptions, TrainResult } from "./run-options.js";

/** The run has nothing left to do. */
export class RunFinishedError extends Error {
  override readonly name = "RunFinishedError";
}

/**
 * Trains a classifier and judges it on the test split, once, with the checkpoint that was best on validation.
 *
 * @throws {ZodError} if the config is not one.
 * @throws {UnknownMetricError} if it monitors a metric that the run will not have.
 * @throws {ImageShapeMismatchError} if its two lists of transforms make pictures of different shapes.
 * @throws {RunFolderExistsError} if `runDirectory` is in use.
 */
export async function train(config: RunConfigInput, options: TrainOptions): Promise<TrainResult> {
  const data = await openRunData(RunConfig.parse(config), options);
  const path = options.runDirectory ?? join(options.home, "runs", createRunId());
  const folder = await RunFolder.create(path, data.config);
  return folder.withLock(() => runAttempt(folder, data, options));
}

/**
 * Goes on from `checkpoints/last` of a run that was interrupted or killed, in the middle of an epoch if need be. On
 * the same engine and threads the weights come out as if the run had never stopped, bit for bit.
 *
 * @throws {NotARunError} if the folder holds no run.
 * @throws {RunBusyError} if another process is at work on it.
 * @throws {RunFinishedError} if it has already ended well.
 * @throws {CheckpointCorruptError} if its checkpoint is damaged.
 * @throws {ContentHashMismatchError} if its data set has changed.
 */
export async function resume(runDirectory: string, options: RunOptions): Promise<TrainResult> {
  const folder = await RunFolder.open(runDirectory);
  return folder.withLock(async () => {
    checkUnfinished(folder);
    return runAttempt(folder, await openRunData(folder.config, options), options);
  });
}

function checkUnfinished({ journal, runId }: RunFolder): void {
  const last = readJournal(journal).at(-1);
  if (last?.type !== "runEnded" || (last.status !== "completed" && last.status !== "stopped")) return;
  throw new RunFinishedError(
    `Expected a run that was interrupted, killed or failed. Received: ${runId}, which is ${last.status} ` +
      `(${last.reason}). Evaluate it again, or start a new run from its config.json.`,
  );
}
