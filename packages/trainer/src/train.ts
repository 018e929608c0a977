/** One call from a config to a judged classifier in a run's folder, and going on with a run that was cut short. */
import { dirname, join, resolve } from "node:path";
import { RunConfig, RunId, type RunConfigInput } from "@convkit/schema";
import { isFork, readFork } from "./fork.js";
import type { Checkpoint } from "./checkpoint.js";
import { checkAttempt, endingOf, readJournal } from "./journal.js";
import { runAttempt } from "./run-attempt.js";
import { checkUnclaimed, detach } from "./run-claim.js";
import { openRunData, type RunData } from "./run-data.js";
import { createRunId, RunFolder } from "./run-folder.js";
import type { ResumeOptions, TrainOptions, TrainResult } from "./run-options.js";
import { forgetRequest } from "./run-requests.js";

/** The run has nothing left to do. */
export class RunFinishedError extends Error {
  override readonly name = "RunFinishedError";
}

/**
 * Trains a classifier and judges it on the test split, once, with the checkpoint that was best on validation. A trial of a
 * sweep (`config.sweep`) is judged on the validation split alone; `evaluateRun` judges it on the test split.
 *
 * With `forkedFrom` it goes on from a checkpoint that another run keeps, which is left as it is.
 *
 * While it trains, `request.json` in the run's folder (`RunRequest`) stops or cancels it.
 *
 * @throws {ZodError} if the config is not one, or `runId` is no run's.
 * @throws {UnknownMetricError} if it monitors a metric that the run will not have.
 * @throws {UnmeasurableMetricError} if that metric would be NaN, as validation pictures of label sets have not one label.
 * @throws {ImageShapeMismatchError} if its two lists of transforms make pictures of different shapes.
 * @throws {SamplingError} if its `sampling` gives weights to no class of the data set.
 * @throws {ClassWeightsError} if its `loss` has not a weight for each class.
 * @throws {RunFolderExistsError} if the run's folder is in use.
 * @throws {StaleAttemptError} if `attempt` is no number of an attempt.
 * @throws {ForkError} if its `forkedFrom` names no run beside this one, or no checkpoint of it that the config fits.
 * @throws {CheckpointCorruptError} if that checkpoint is damaged.
 */
export async function train(config: RunConfigInput, options: TrainOptions): Promise<TrainResult> {
  const path = pathOfNewRun(options);
  if (options.attempt !== undefined) checkAttempt(options.attempt, []);
  const { data, forked } = await withFork(await openRunData(RunConfig.parse(config), options), path);
  const folder = await RunFolder.create(path, data.config);
  return folder.withLock(() => runAttempt(folder, data, options, forked));
}

/**
 * Before there is a run: what it is forked from is there, and fits it. A replay then goes on from the same step. Read once:
 * a source at work may keep another checkpoint a moment later.
 */
async function withFork(data: RunData, path: string): Promise<{ data: RunData; forked?: Checkpoint }> {
  const { config } = data;
  if (!isFork(config)) return { data };
  const forked = await readFork(config, dirname(resolve(path)));
  const forkedFrom = { ...config.forkedFrom, step: forked.state.step };
  return { data: { ...data, config: { ...config, forkedFrom } }, forked };
}

/** @throws {RangeError} if it is named twice. */
function pathOfNewRun({ home, runId, runDirectory }: TrainOptions): string {
  if (runDirectory === undefined) return join(home, "runs", RunId.parse(runId ?? createRunId()));
  if (runId === undefined) return runDirectory;
  throw new RangeError(
    `Expected \`runId\` or \`runDirectory\`, whose last part is the run's id. Received: both, ${runId} and ${runDirectory}.`,
  );
}

/**
 * Goes on from the newest checkpoint of a run that was interrupted or killed, in the middle of an epoch if need be. On
 * the same engine and threads the weights come out as if the run had never stopped, bit for bit. A checkpoint that is
 * damaged is renamed to `….damaged`, a warning says so, and the newest of the others takes its place.
 *
 * @throws {NotARunError} if the folder holds no run.
 * @throws {RunBusyError} if another process is at work on it.
 * @throws {RunFinishedError} if it has already ended well.
 * @throws {RunClaimedError} if it belongs to a queue, and neither its worker names the attempt nor `detach` is set.
 * @throws {StaleAttemptError} if `attempt` is not greater than every one before.
 * @throws {CheckpointCorruptError} if all of its checkpoints are damaged; the next call begins anew.
 * @throws {CheckpointVersionError} if a newer convkit wrote one of them.
 * @throws {ContentHashMismatchError} if its data set has changed.
 * @throws {AnnotationsHashMismatchError} if its classes, splits or groups have.
 */
export async function resume(runDirectory: string, options: ResumeOptions): Promise<TrainResult> {
  const folder = await RunFolder.open(runDirectory);
  return folder.withLock(async () => {
    checkUnfinished(folder);
    if (options.attempt !== undefined) checkAttempt(options.attempt, readJournal(folder.journal));
    else if (options.detach) await detach(folder);
    else await checkUnclaimed(folder);
    // What was asked of an earlier attempt; from here on it is asked of this one.
    forgetRequest(folder.request);
    return runAttempt(folder, await openRunData(folder.config, options), options);
  });
}

function checkUnfinished({ journal, runId }: RunFolder): void {
  const ending = endingOf(readJournal(journal));
  if (ending?.status !== "completed" && ending?.status !== "stopped") return;
  throw new RunFinishedError(
    `Expected a run that was interrupted, killed or failed. Received: ${runId}, which is ${ending.status} ` +
      `(${ending.reason}). Evaluate it again, or start a new run from its config.json.`,
  );
}
