/** What a run's config stands for: the network, the loaders that feed it, and what is to be watched. */
import { createLoader, type DatasetSplit, type Loader } from "@convkit/data";
import { createModel, type SampleImages } from "@convkit/models";
import { Rng, type RngState } from "@convkit/random";
import type * as tf from "@tensorflow/tfjs";
import { UnknownMetricError, type MonitorOptions } from "./monitor.js";
import { weightsByName } from "./named-tensors.js";
import { createOptimizer, type Optimizer } from "./optimizer.js";
import type { RunData } from "./run-data.js";
import { createSchedule, type Schedule } from "./schedule.js";

/** Pictures that a network may look at before training: `airbench94` whitens its first layer by them. */
const SAMPLE_COUNT = 5000;

export interface RunParts {
  readonly model: tf.LayersModel;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly loader: Loader;
  readonly validationLoader: Loader | undefined;
  readonly rng: Rng;
  dispose(): Promise<void>;
}

export interface AssembleRunOptions {
  /** Of the run's Rng, from a checkpoint; a new run seeds its own. */
  readonly rngState?: RngState | undefined;
  readonly workers?: number | undefined;
}

/** Everything that `fit` needs; the caller disposes it. */
export async function assembleRun(
  data: RunData,
  { rngState, workers }: AssembleRunOptions,
): Promise<RunParts> {
  const { config, dataset } = data;
  const { batchSize, transforms, epochs, learningRate } = config;
  const { train, validation } = dataset.splits;
  const rng = rngState ? Rng.fromJSON(rngState) : Rng.fromSeed(config.seed);
  const disposals: (() => unknown)[] = [];
  const dispose = async (): Promise<void> => {
    for (const disposal of disposals.splice(0)) await disposal();
  };
  try {
    const model = await buildNetwork(data, rng);
    disposals.push(() => model.dispose());
    const optimizer = createOptimizer(config.optimizer, weightsByName(model, "trainable"));
    disposals.push(() => optimizer.dispose());
    const loader = await createLoader(train, {
      batchSize,
      workers,
      transforms: transforms.train,
      rng: rng.split("loader"),
      // A rest of a few pictures would give batch norm bad statistics; the next epoch leaves out others.
      dropRemainder: train.length >= batchSize,
    });
    disposals.push(() => loader.close());
    const validationLoader = validation && (await openEvaluationLoader(data, validation, { rng, workers }));
    disposals.push(() => validationLoader?.close());
    const totalSteps = epochs * loader.stepsPerEpoch;
    const schedule = createSchedule(config.schedule, { learningRate, totalSteps });
    return { model, optimizer, schedule, loader, validationLoader, rng, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Every picture once, in the split's order, through the evaluation transforms. */
export function openEvaluationLoader(
  { config }: RunData,
  split: DatasetSplit,
  { rng, workers }: { rng: Rng; workers?: number | undefined },
): Promise<Loader> {
  const { batchSize, transforms } = config;
  return createLoader(split, {
    batchSize,
    workers,
    transforms: transforms.evaluation,
    rng: rng.split("evaluation"),
    shuffle: false,
  });
}

/** The network of the config with its first weights; the caller disposes it. */
export async function buildNetwork({ config, dataset }: RunData, rng: Rng): Promise<tf.LayersModel> {
  const sampleLoader = await createLoader(dataset.splits.train, {
    batchSize: Math.min(SAMPLE_COUNT, dataset.splits.train.length),
    workers: 0,
    transforms: config.transforms.evaluation,
    rng: rng.split("sample"),
  });
  try {
    return await createModel(config.model, {
      inputShape: sampleLoader.imageShape,
      numClasses: dataset.classNames.length,
      rng: rng.split("model"),
      sampleImages: () => firstBatch(sampleLoader),
    });
  } finally {
    await sampleLoader.close();
  }
}

/** @throws {UnknownMetricError} if the run would watch a metric that it will not have. */
export function monitorsOf({ config, dataset }: RunData): {
  /** null: the last epoch is the best one, for want of validation pictures. */
  readonly checkpoint: MonitorOptions | null;
  readonly earlyStopping: RunData["config"]["earlyStopping"];
} {
  const { checkpoint, earlyStopping } = config;
  const metrics = ["loss", "accuracy", "learning_rate"];
  if (dataset.splits.validation) metrics.push("val_loss", "val_accuracy");
  const isKnown = ({ monitor }: MonitorOptions) => metrics.includes(monitor);
  if (earlyStopping && !isKnown(earlyStopping)) throw new UnknownMetricError(earlyStopping.monitor, metrics);
  if (isKnown(checkpoint)) return { checkpoint, earlyStopping };
  if (dataset.splits.validation || !checkpoint.monitor.startsWith("val_")) {
    throw new UnknownMetricError(checkpoint.monitor, metrics);
  }
  return { checkpoint: null, earlyStopping };
}

async function firstBatch(loader: Loader): Promise<SampleImages> {
  for await (const { images, shape } of loader.epoch(0)) return { images: images.slice(), count: shape[0] };
  throw new Error("Expected a training picture. Received: none.");
}
