/**
 * A run that something can be said of, opened for whoever asks more of it than its judgement: the pictures, the best network,
 * and a place in the run's folder for what is found.
 */
import type { DatasetSplit, Loader } from "@convkit/data";
import { Rng } from "@convkit/random";
import type * as tf from "@tensorflow/tfjs";
import { describeChangedModule } from "./announce.js";
import { weightsToJudge, type Checkpoint } from "./checkpoint.js";
import { checkpointToJudge } from "./judge.js";
import { assignVariables, weightsByName } from "./named-tensors.js";
import { openRunData, type RunData } from "./run-data.js";
import { artifactsOf, type RunArtifacts } from "./run-artifacts.js";
import { RunFolder } from "./run-folder.js";
import type { RunOptions } from "./run-options.js";
import type { AnyBatch } from "./batch-tensors.js";
import { buildNetwork, openEvaluationLoader } from "./run-parts.js";

export type JudgedRunOptions = Pick<
  RunOptions,
  "home" | "engine" | "onEvent" | "signal" | "onDataProgress" | "loaderWorkers"
>;

export interface JudgedRun extends RunArtifacts {
  readonly data: RunData;
  /** Of the best epoch, or the newest that is intact. */
  readonly checkpoint: Checkpoint;
  /** The run's network with that checkpoint's weights; ends in logits [N, classes]. Disposed when the task ends. */
  readonly model: tf.LayersModel;
  /** Seeded by the run's seed; `split` it by what is drawn. */
  readonly rng: Rng;
  /** What may make it another answer than the run's own: modules that have changed since, checkpoints that are damaged. */
  readonly remarks: readonly string[];
  /** Every picture of the split once, in its order, through the evaluation transforms; whoever opens it closes it. */
  openLoader(split: DatasetSplit): Promise<Loader<AnyBatch>>;
}

/**
 * Opens a run's data set and its best network, and holds the run's lock while the task is at it.
 *
 * @throws {NotARunError} if the folder holds no run.
 * @throws {RunBusyError} if another process is at work on it.
 * @throws {NothingToJudgeError} if no epoch of the run has ended.
 * @throws {ContentHashMismatchError} if the data set is not the one the run was trained on.
 * @throws {AnnotationsHashMismatchError} if its classes, splits or groups have changed.
 */
export async function withJudgedRun<T>(
  runDirectory: string,
  options: JudgedRunOptions,
  task: (run: JudgedRun) => Promise<T>,
): Promise<T> {
  const folder = await RunFolder.open(runDirectory);
  return folder.withLock(async () => {
    const { checkpoint, damaged } = await checkpointToJudge(folder);
    const data = await openRunData(folder.config, options);
    const rng = Rng.fromSeed(folder.config.seed);
    const model = await buildNetwork(data, { rng, weightsFollow: true });
    try {
      assignVariables(weightsByName(model), weightsToJudge(checkpoint));
      return await task({
        data,
        checkpoint,
        model,
        rng,
        remarks: [...damaged, ...data.changedModules.map(describeChangedModule)],
        openLoader: (split) => openEvaluationLoader(data, split, { rng, workers: options.loaderWorkers }),
        ...artifactsOf(folder, options.onEvent),
      });
    } finally {
      model.dispose();
    }
  });
}
