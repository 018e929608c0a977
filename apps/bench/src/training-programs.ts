/** Two ways of training the reference net with TensorFlow.js: each takes a number of steps on one fixed batch. */
import type { Batch, Loader } from "@convkit/data";
import { BatchNormalization } from "@convkit/ops";
import { Rng } from "@convkit/random";
import { createOptimizer, fit, weightsByName } from "@convkit/trainer";
import * as tf from "@tensorflow/tfjs";
import { CLASS_COUNT, createReferenceNet, IMAGE_SHAPE } from "./reference-net.js";

export const PROGRAM_NAMES = ["convkit", "stock"] as const;
export type ProgramName = (typeof PROGRAM_NAMES)[number];

type RunSteps = (steps: number) => Promise<void>;

const LEARNING_RATE = 0.01;
const MOMENTUM = 0.9;

export const programs = { convkit: convkitProgram, stock: stockProgram } satisfies Record<
  ProgramName,
  (batchSize: number) => RunSteps
>;

/** The trainer's own loop, with convkit's layers and updates; its loader has the one batch. */
function convkitProgram(batchSize: number): RunSteps {
  const model = createReferenceNet(() => new BatchNormalization());
  const optimizer = createOptimizer(
    { name: "sgd", momentum: MOMENTUM, nesterov: true, weightDecay: 0 },
    weightsByName(model, "trainable"),
  );
  const batch = fixedBatch(batchSize);
  return async (steps) => {
    const { status, reason } = await fit({
      model,
      optimizer,
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

function fixedBatch(batchSize: number): Batch {
  const rng = Rng.fromSeed(0);
  const shape = [batchSize, ...IMAGE_SHAPE] as const;
  return {
    images: Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => rng.normal()),
    shape,
    labels: Int32Array.from({ length: batchSize }, () => rng.int(CLASS_COUNT)),
    ids: Array.from({ length: batchSize }, (_, i) => String(i)),
  };
}

function repeat(batch: Batch, times: number): Loader {
  return {
    stepsPerEpoch: times,
    imageShape: IMAGE_SHAPE,
    async *epoch() {
      for (let i = 0; i < times; i++) yield batch;
    },
    close: () => Promise.resolve(),
  };
}
