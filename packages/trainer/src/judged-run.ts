/**
 * A run that something can be said of, opened for whoever asks more of it than its judgement: the pictures, the best network,
 * and a place in the run's folder for what is found.
 */
import { join } from "node:path";
import type { DatasetSplit, Loader } from "@convkit/data";
import { Rng } from "@convkit/random";
import { stringifyWithSpelledNumbers, type TrainEventBody } from "@convkit/schema";
import type * as tf from "@tensorflow/tfjs";
import { describeChangedModule, describeTornLine } from "./announce.js";
import { weightsToJudge, type Checkpoint } from "./checkpoint.js";
import { checkpointToJudge } from "./judge.js";
import { Journal } from "./journal.js";
import { assignVariables, weightsByName } from "./named-tensors.js";
import { replaceFile } from "./replace-file.js";
import { openRunData, type RunData } from "./run-data.js";
import { RunFolder } from "./run-folder.js";
import type { RunOptions } from "./run-options.js";
import { buildNetwork, openEvaluationLoader } from "./run-parts.js";
import { announceArtifact } from "./saved-artifacts.js";

export type JudgedRunOptions = Pick<
  RunOptions,
  "home" | "engine" | "onEvent" | "signal" | "onDataProgress" | "loaderWorkers"
>;

export interface JudgedRun {
  readonly folder: RunFolder;
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
  openLoader(split: DatasetSplit): Promise<Loader>;
  /**
   * Writes `artifacts/<name>` whole or not at all, replacing what was there, and tells the run's journal.
   * @param name of a JSON file.
   * @returns its path.
   */
  saveArtifact(name: `${string}.json`, value: unknown): Promise<string>;
  /** Appends to the run's journal, in the latest attempt's name, behind its end. */
  note(bodies: (emit: (body: TrainEventBody) => void) => Promise<void>): Promise<void>;
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
    const note: JudgedRun["note"] = (bodies) => appendToJournal(folder, options.onEvent, bodies);
    try {
      assignVariables(weightsByName(model), weightsToJudge(checkpoint));
      return await task({
        folder,
        data,
        checkpoint,
        model,
        rng,
        remarks: [...damaged, ...data.changedModules.map(describeChangedModule)],
        openLoader: (split) => openEvaluationLoader(data, split, { rng, workers: options.loaderWorkers }),
        async saveArtifact(name, value) {
          const path = join(folder.artifacts, name);
          await replaceFile(path, `${stringifyWithSpelledNumbers(value, 2)}\n`);
          await note((emit) => announceArtifact(folder, path, emit));
          return path;
        },
        note,
      });
    } finally {
      model.dispose();
    }
  });
}

async function appendToJournal(
  folder: RunFolder,
  onEvent: RunOptions["onEvent"],
  bodies: Parameters<JudgedRun["note"]>[0],
): Promise<void> {
  const { journal, tornBytes } = Journal.reopen(folder.journal, folder.runId);
  const emit = (body: TrainEventBody): void => {
    const event = journal.append(body);
    onEvent?.(event);
  };
  try {
    if (tornBytes > 0) emit(describeTornLine(tornBytes));
    await bodies(emit);
  } finally {
    journal.close();
  }
}
