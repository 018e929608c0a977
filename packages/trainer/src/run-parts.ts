/** What a run's config stands for: the network, the loaders that feed it, and what is to be watched. */
import { createLoader, trainingLoaderRng, type DatasetSplit, type Loader } from "@convkit/data";
import { checkViews, createModel, VIEW_COUNTS, type SampleImages } from "@convkit/models";
import { Rng } from "@convkit/random";
import type { TransformSpec } from "@convkit/schema";
import { createSchedule, type Schedule, type ScheduleOptions } from "@convkit/schema/schedule";
import type * as tf from "@tensorflow/tfjs";
import { openLoader, type AnyBatch } from "./batch-tensors.js";
import type { Callback } from "./callback.js";
import type { Checkpoint } from "./checkpoint.js";
import { updatesPerEpoch } from "./fit.js";
import { Freezing, stageLearningRates } from "./freezing.js";
import { UnknownMetricError, UnmeasurableMetricError, type MonitorOptions } from "./monitor.js";
import { weightsByName } from "./named-tensors.js";
import { createOptimizer, type Optimizer } from "./optimizer.js";
import { withLocalPretrained, withoutPretrained } from "./pretrained-file.js";
import { reduceLrOnPlateau } from "./reduce-lr-on-plateau.js";
import type { RunData } from "./run-data.js";
import { timeBudget, type TimeBudget, type TimeBudgetOptions } from "./time-budget.js";
import { exponentialMovingAverage, lookahead, type WeightAverage } from "./weight-averages.js";

/** Of pictures that a network may look at before training: `airbench94` whitens its first layer by them. */
const MOST_SAMPLES = 5000;
const MOST_SAMPLE_BYTES = 2 ** 26;
const SAMPLE_BATCH_SIZE = 64;

/** The transforms for training and those for evaluation make pictures of different shapes, which no network takes. */
export class ImageShapeMismatchError extends Error {
  override readonly name = "ImageShapeMismatchError";
}

export interface RunParts {
  readonly model: tf.LayersModel;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  /** What the schedule learns an epoch's metrics by, if it needs any: before the checkpoints. */
  readonly scheduleCallback: Callback | undefined;
  /** Where the run has one. */
  readonly budget: TimeBudget | undefined;
  readonly loader: Loader<AnyBatch>;
  readonly validationLoader: Loader<AnyBatch> | undefined;
  readonly rng: Rng;
  readonly averages: readonly WeightAverage[];
  readonly accumulate: number;
  readonly freezing: Freezing | undefined;
  /** Updates; fewer than batches where gradients are accumulated. */
  readonly stepsPerEpoch: number;
  dispose(): Promise<void>;
}

export interface AssembleRunOptions {
  /** Whose weights and random state `fit` will go on with. */
  readonly resumeFrom: Checkpoint | null;
  readonly workers?: number | undefined;
  readonly timing?: Pick<TimeBudgetOptions, "clock" | "onPlan"> | undefined;
}

/**
 * Everything that `fit` needs; the caller disposes it.
 *
 * @throws {ImageShapeMismatchError} if training pictures are not of the shape that the network is built for.
 * @throws {ModelConfigError} if the network cannot be built, or its pictures are too small for `testTimeAugmentation`.
 * @throws {SamplingError} if sampling by the config's weights leaves no picture.
 * @throws {StageError} if the config freezes a stage that the network does not have, or all of them.
 * @throws {WeightPatternError} if a pattern of the optimizer's matches no weight that is trained.
 */
export async function assembleRun(
  data: RunData,
  { resumeFrom, workers, timing = { clock: () => performance.now() } }: AssembleRunOptions,
): Promise<RunParts> {
  const { config, dataset, sampling } = data;
  const { batchSize, transforms, epochs, learningRate } = config;
  const { train, validation } = dataset.splits;
  const rng = resumeFrom ? Rng.fromJSON(resumeFrom.state.rng) : Rng.fromSeed(config.seed);
  const disposals: (() => unknown)[] = [];
  const dispose = async (): Promise<void> => {
    for (const disposal of disposals.splice(0)) await disposal();
  };
  try {
    const loader = await openLoader(train, {
      batchSize,
      workers,
      transforms: transforms.train,
      batchTransforms: transforms.batch,
      sampling,
      rng: trainingLoaderRng(rng),
      // A rest of a few pictures would give batch norm bad statistics; the next epoch leaves out others.
      dropRemainder: train.length >= batchSize,
    });
    disposals.push(() => loader.close());
    checkViews(config.testTimeAugmentation, loader.imageShape);
    const model = await buildNetwork(data, {
      rng,
      weightsFollow: resumeFrom !== null,
      trainingShape: loader.imageShape,
    });
    disposals.push(() => model.dispose());
    const { accumulate = 1 } = config;
    const stepsPerEpoch = updatesPerEpoch(loader, accumulate);
    const freezing = config.freeze && new Freezing(model, config.freeze);
    // Those that rest at first, too: their slots are there before they move.
    const trainable = weightsByName(model, "trainable");
    const optimizer = createOptimizer(config.optimizer, trainable, {
      stepsPerEpoch,
      learningRates:
        config.stageDecay === undefined ? undefined : stageLearningRates(model, config.stageDecay),
      restingEpochs: freezing?.restingEpochs(),
    });
    disposals.push(() => optimizer.dispose());
    const validationLoader = validation && (await openEvaluationLoader(data, validation, { rng, workers }));
    disposals.push(() => validationLoader?.close());
    const totalSteps = epochs * stepsPerEpoch;
    const budget = budgetOf(data, { stepsPerEpoch, ...timing });
    const scheduleOptions = { learningRate, totalSteps, stepsPerEpoch };
    const plain = budget
      ? withinBudget(budget, config.schedule, scheduleOptions)
      : createSchedule(config.schedule, scheduleOptions);
    const { schedule, callback: scheduleCallback } =
      config.schedule.name === "reduce-on-plateau"
        ? reduceLrOnPlateau({ ...config.schedule, schedule: plain })
        : { schedule: plain, callback: undefined };
    const weights = weightsByName(model);
    // In this order: the average is of the weights that lookahead leaves.
    const averages = [
      ...(config.lookahead ? [lookahead(config.lookahead, weights, budget?.totalSteps ?? totalSteps)] : []),
      ...(config.ema ? [exponentialMovingAverage(config.ema, weights)] : []),
    ];
    disposals.push(() => averages.forEach((average) => average.dispose()));
    const updates = { optimizer, schedule, scheduleCallback, budget, averages, accumulate, stepsPerEpoch };
    return { model, loader, validationLoader, ...updates, freezing, rng, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Times a run by what its pictures cost. */
function budgetOf(
  { config, dataset }: RunData,
  timing: Pick<TimeBudgetOptions, "stepsPerEpoch" | "clock" | "onPlan">,
): TimeBudget | undefined {
  if (config.timeBudget === undefined) return undefined;
  const { train, validation, test } = dataset.splits;
  const { epochs, batchSize, accumulate = 1, ema, testTimeAugmentation } = config;
  // Validation pictures judge where there are no others, and tell the temperature where there are.
  const judged = (test?.length ?? 0) + (validation?.length ?? 0);
  return timeBudget({
    ...timing,
    budgetMs: config.timeBudget * 60_000,
    mostSteps: epochs * timing.stepsPerEpoch,
    imagesPerStep: Math.min(train.length, batchSize * accumulate),
    validationImages: (validation?.length ?? 0) * (ema ? 2 : 1),
    judgedImages: judged * (testTimeAugmentation ? VIEW_COUNTS[testTimeAugmentation] : 1),
  });
}

/** As long as the budget's plan, and what counts in epochs (milestones) moved with it. */
function withinBudget(
  budget: TimeBudget,
  spec: RunData["config"]["schedule"],
  { totalSteps, stepsPerEpoch, learningRate }: Required<ScheduleOptions>,
): Schedule {
  let planned = Number.NaN;
  let current: Schedule = () => Number.NaN;
  return (step) => {
    if (budget.totalSteps() !== planned) {
      planned = budget.totalSteps();
      const part = planned / totalSteps;
      current = createSchedule(spec, {
        learningRate,
        totalSteps: planned,
        stepsPerEpoch: stepsPerEpoch * part,
      });
    }
    return current(step);
  };
}

/** Every picture once, in the split's order, through the evaluation transforms. */
export function openEvaluationLoader(
  { config }: RunData,
  split: DatasetSplit,
  { rng, workers }: { rng: Rng; workers?: number | undefined },
): Promise<Loader<AnyBatch>> {
  const { batchSize, transforms } = config;
  return openLoader(split, {
    batchSize,
    workers,
    transforms: transforms.evaluation,
    rng: rng.split("evaluation"),
    shuffle: false,
  });
}

export interface BuildNetworkOptions {
  readonly rng: Rng;
  /** Whether a checkpoint's weights are about to replace the first ones, which then may be any. */
  readonly weightsFollow: boolean;
  /** Of the pictures to train on, if it is to be trained. */
  readonly trainingShape?: Loader["imageShape"];
}

/**
 * The network of the config with its first weights, for pictures as the evaluation transforms make them; the caller
 * disposes it.
 *
 * @throws {ImageShapeMismatchError} if the pictures to train on are of another shape.
 * @throws {PretrainedWeightsError} if the config's file of them is not there, altered, or of another network.
 */
export async function buildNetwork(
  { config, dataset, home }: RunData,
  { rng, weightsFollow, trainingShape }: BuildNetworkOptions,
): Promise<tf.LayersModel> {
  const { train } = dataset.splits;
  const spec = weightsFollow
    ? withoutPretrained(config.model)
    : await withLocalPretrained(config.model, home);
  const sampleLoader = await createLoader(train, {
    batchSize: Math.min(SAMPLE_BATCH_SIZE, train.length),
    workers: 0,
    transforms: config.transforms.evaluation,
    rng: rng.split("sample"),
  });
  try {
    if (trainingShape) checkShapes(trainingShape, sampleLoader.imageShape, config.transforms);
    return await createModel(spec, {
      inputShape: sampleLoader.imageShape,
      numClasses: dataset.classNames.length,
      rng: rng.split("model"),
      // Which weights there are may depend on whether there are pictures, but not on how many.
      sampleImages: () => takeSample(sampleLoader, weightsFollow ? 1 : Math.min(MOST_SAMPLES, train.length)),
    });
  } finally {
    await sampleLoader.close();
  }
}

function checkShapes(
  training: Loader["imageShape"],
  evaluation: Loader["imageShape"],
  transforms: RunData["config"]["transforms"],
): void {
  if (training.join() === evaluation.join()) return;
  throw new ImageShapeMismatchError(
    `Expected \`transforms\` that make pictures of one shape, for training and for evaluation. ` +
      `Received: [${training.join(", ")}] for training, by ${namesOf(transforms.train)}, and ` +
      `[${evaluation.join(", ")}] for evaluation, by ${namesOf(transforms.evaluation)}. ` +
      "Give both the same size, or leave `transforms` out for those that fit the data set.",
  );
}

/** `Resize 40, RandomCrop [32, 32]`, of those that change sizes; a module may. */
function namesOf(specs: readonly TransformSpec[]): string {
  const names = specs.flatMap((spec) => {
    if ("module" in spec) return [spec.module];
    return "size" in spec ? [`${spec.name} ${JSON.stringify(spec.size)}`] : [];
  });
  return names.join(", ") || "none that changes the data set's own";
}

/**
 * @throws {UnknownMetricError} if the run would watch a metric that it will not have.
 * @throws {UnmeasurableMetricError} if that one would be NaN in every epoch.
 */
export function monitorsOf({ config, dataset }: RunData): {
  /** null: the last epoch is the best one, for want of validation pictures. */
  readonly checkpoint: MonitorOptions | null;
  readonly earlyStopping: RunData["config"]["earlyStopping"];
} {
  const { checkpoint, earlyStopping, schedule } = config;
  const validated = [
    "val_loss",
    "val_accuracy",
    ...(dataset.isMultiLabel ? ["val_mean_average_precision", "val_macro_f1"] : []),
  ];
  const metrics = ["loss", "accuracy", "learning_rate"];
  if (dataset.splits.validation) metrics.push(...validated);
  if (dataset.splits.validation && config.ema) metrics.push(...validated.map((name) => `raw_${name}`));
  const isKnown = ({ monitor }: MonitorOptions) => metrics.includes(monitor);
  const plateau = schedule.name === "reduce-on-plateau" ? schedule : null;
  for (const watched of [earlyStopping, plateau]) {
    if (watched && !isKnown(watched)) throw new UnknownMetricError(watched.monitor, metrics);
  }
  for (const watched of [checkpoint, earlyStopping, plateau]) {
    if (watched) checkMeasurable(watched, dataset.splits.validation);
  }
  if (checkpoint.monitor.startsWith("raw_")) {
    // What is judged and kept is the average, of which that number says nothing.
    const judged = metrics.filter((metric) => !metric.startsWith("raw_"));
    throw new UnknownMetricError(checkpoint.monitor, judged);
  }
  if (isKnown(checkpoint)) return { checkpoint, earlyStopping };
  if (dataset.splits.validation || !checkpoint.monitor.startsWith("val_")) {
    throw new UnknownMetricError(checkpoint.monitor, metrics);
  }
  return { checkpoint: null, earlyStopping };
}

/** Precision and recall are of labels that are there: without any, no epoch would be better than another. */
function checkMeasurable(
  { monitor }: MonitorOptions,
  validation: RunData["dataset"]["splits"]["validation"],
): void {
  if (!/_(mean_average_precision|macro_f1)$/.test(monitor)) return;
  if (!validation?.labelSets || validation.labelSets.values.includes(1)) return;
  const { length } = validation;
  throw new UnmeasurableMetricError(
    `Expected a validation picture with a label, for the monitor ${monitor}. Received: ` +
      `${length.toLocaleString("en-US")} ${length === 1 ? "picture" : "pictures"} without any. Raise \`data.validationFraction\`, ` +
      "take another `data.splitSeed`, give pictures with labels the split val, or monitor val_loss (`checkpoint.monitor`).",
  );
}

/** So many pictures, or fewer if they are large. */
async function takeSample(loader: Loader, wanted: number): Promise<SampleImages> {
  const valuesPerImage = loader.imageShape.reduce((product, size) => product * size);
  const affordable = Math.floor(MOST_SAMPLE_BYTES / (valuesPerImage * Float32Array.BYTES_PER_ELEMENT));
  const count = Math.max(1, Math.min(wanted, affordable));
  const images = new Float32Array(count * valuesPerImage);
  let taken = 0;
  for await (const batch of loader.epoch(0)) {
    images.set(batch.images.subarray(0, images.length - taken), taken);
    taken += batch.images.length;
    if (taken >= images.length) break;
  }
  return { images, count };
}
