/** The trainer's step on a fixed batch, of its own pieces, but for its reading the loss: the caller does when it likes. */
import { createModel, type ModelName } from "@convkit/models";
import { BatchNormalization, fuseActivations, skipInputGradients } from "@convkit/ops";
import { Rng } from "@convkit/random";
import { createOptimizer, crossEntropy, weightsByName } from "@convkit/trainer";
import * as tf from "@tensorflow/tfjs";
import { CLASS_COUNT, createReferenceNet, IMAGE_SHAPE } from "../reference-net.js";

export type NetworkName = "reference-net" | Extract<ModelName, "airbench94" | "resnet18">;

export interface TrainingStep {
  /** Queues one update. @returns the loss before it, a scalar that the caller disposes. */
  readonly run: () => tf.Scalar;
  readonly model: tf.LayersModel;
  readonly dispose: () => void;
}

const LEARNING_RATE = 0.01;

/** On the backend of the moment; the same pictures and labels each time. */
export async function createTrainingStep(name: NetworkName, batchSize: number): Promise<TrainingStep> {
  const model = await createNetwork(name);
  fuseActivations(model);
  skipInputGradients(model);
  const optimizer = createOptimizer(
    { name: "sgd", momentum: 0.9, nesterov: true, weightDecay: 0 },
    weightsByName(model, "trainable"),
  );
  const rng = Rng.fromSeed(0);
  const shape: [number, number, number, number] = [batchSize, ...IMAGE_SHAPE];
  const pixels = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => rng.normal());
  const images = tf.tensor4d(pixels, shape);
  const labels = tf.tensor1d(
    Array.from({ length: batchSize }, () => rng.int(CLASS_COUNT)),
    "int32",
  );
  let step = 0;
  return {
    run: () =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(
          () => crossEntropy(model.apply(images, { training: true }) as tf.Tensor2D, labels),
          [...optimizer.variables.values()],
        );
        const gradients = [...optimizer.variables].map(([key, { name: own }]) => [key, grads[own]!] as const);
        optimizer.update(new Map(gradients), { learningRate: LEARNING_RATE, step: ++step });
        return value;
      }),
    model,
    dispose() {
      tf.dispose([images, labels]);
      optimizer.dispose();
      model.dispose();
    },
  };
}

function createNetwork(name: NetworkName): tf.LayersModel | Promise<tf.LayersModel> {
  if (name === "reference-net") return createReferenceNet(() => new BatchNormalization());
  return createModel(name, { inputShape: IMAGE_SHAPE, numClasses: CLASS_COUNT, rng: Rng.fromSeed(0) });
}
