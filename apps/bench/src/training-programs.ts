/**
 * Two ways of training the reference net with TensorFlow.js, and airbench94 as its recipe for CIFAR-10 trains it: each takes a
 * number of steps on one fixed batch.
 */
import type { Batch, Loader } from "@convkit/data";
import { BatchNormalization } from "@convkit/ops";
import { createModel } from "@convkit/models";
import { Rng } from "@convkit/random";
import { RunConfig } from "@convkit/schema";
import { RECIPES } from "@convkit/schema/recipes";
import { createLoss, createOptimizer, fit, type Optimizer, weightsByName } from "@convkit/trainer";
import * as tf from "@tensorflow/tfjs";
import { CLASS_COUNT, createReferenceNet, IMAGE_SHAPE } from "./reference-net.js";

export const PROGRAM_NAMES = ["convkit", "stock", "airbench94"] as const;
export type ProgramName = (typeof PROGRAM_NAMES)[number];

type RunSteps = (steps: number) => Promise<void>;

const LEARNING_RATE = 0.01;
const MOMENTUM = 0.9;

export const programs = {
  convkit: convkitProgram,
  stock: stockProgram,
  airbench94: airbenchProgram,
} satisfies Record<ProgramName, (batchSize: number) => RunSteps | Promise<RunSteps>>;

/** The trainer's own loop, with convkit's layers and updates; its loader has the one batch. */
function convkitProgram(batchSize: number): RunSteps {
  const model = createReferenceNet(() => new BatchNormalization());
  const optimizer = createOptimizer(
    { name: "sgd", momentum: MOMENTUM, nesterov: true, weightDecay: 0 },
    weightsByName(model, "trainable"),
  );
  return trainOn(fixedBatch(batchSize), { model, optimizer });
}

/** With the recipe's loss and optimizer, whose rates do not matter here. Without its lookahead: once in five steps. */
async function airbenchProgram(batchSize: number): Promise<RunSteps> {
  const config = RunConfig.parse(RECIPES["cifar10-airbench94"].config);
  const batch = fixedBatch(batchSize);
  const model = await createModel("airbench94", {
    inputShape: IMAGE_SHAPE,
    numClasses: CLASS_COUNT,
    rng: Rng.fromSeed(0),
    sampleImages: () => Promise.resolve({ images: batch.images, count: batchSize }),
  });
  const optimizer = createOptimizer(config.optimizer, weightsByName(model, "trainable"), {
    stepsPerEpoch: 1e6,
  });
  const loss = createLoss({ name: "cross-entropy", labelSmoothing: 0.2, classWeights: null });
  return trainOn(batch, { model, optimizer, loss });
}

function trainOn(
  batch: Batch,
  parts: {
    readonly model: tf.LayersModel;
    readonly optimizer: Optimizer;
    readonly loss?: ReturnType<typeof createLoss>;
  },
): RunSteps {
  return async (steps) => {
    const { status, reason } = await fit({
      ...parts,
      schedule: () => LEARNING_RATE,
      loader: repeat(batch, steps),
      epochs: 1,
      rng: Rng.fromSeed(0),
    });
    if (status !== "completed") throw new Error(`Expected the steps to be done. Received: ${reason}.`);
  };
}

/** What a user of tfjs alone would write. */
function stockProgram(batchSize: number): RunSteps {
  const model = createReferenceNet(() => tf.layers.batchNormalization());
  const optimizer = tf.train.momentum(LEARNING_RATE, MOMENTUM, true);
  const { images, shape, labels } = fixedBatch(batchSize);
  const x = tf.tensor4d(images, [...shape]);
  const y = tf.tidy(() => tf.oneHot(tf.tensor1d(labels, "int32"), CLASS_COUNT).toFloat());
  const loss = () =>
    tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(y, model.apply(x, { training: true }) as tf.Tensor);
  return async (steps) => {
    for (let step = 0; step < steps; step++) {
      const value = optimizer.minimize(loss, true)!;
      await value.data();
      value.dispose();
    }
  };
}

/** Random pictures and labels, the same each time. */
export function fixedBatch(batchSize: number): Batch {
  const rng = Rng.fromSeed(0);
  const shape = [batchSize, ...IMAGE_SHAPE] as const;
  return {
    images: Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => rng.normal()),
    shape,
    labels: Int32Array.from({ length: batchSize }, () => rng.int(CLASS_COUNT)),
    ids: Array.from({ length: batchSize }, (_, i) => String(i)),
  };
}

/** A loader of one epoch. */
export function repeat(batch: Batch, times: number): Loader {
  return {
    stepsPerEpoch: times,
    imageShape: IMAGE_SHAPE,
    async *epoch() {
      for (let i = 0; i < times; i++) yield batch;
    },
    close: () => Promise.resolve(),
  };
}
