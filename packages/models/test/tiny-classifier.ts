/** A network so small that a test can train, save and load it in no time, and its card. */
import { Rng } from "@convkit/random";
import type { ModelCard } from "@convkit/schema";
import type * as tf from "@tensorflow/tfjs";
import { createModel } from "../src/create-model.js";

export async function tinyModel(seed = 1): Promise<tf.LayersModel> {
  return createModel(
    {
      layers: [
        {
          layer: "conv",
          filters: 4,
          kernelSize: 3,
          strides: 1,
          padding: "same",
          useBias: false,
          activation: "linear",
        },
        { layer: "batchNorm", momentum: 0.9, epsilon: 1e-5, scale: true, center: true },
        { layer: "activation", activation: "relu" },
        { layer: "globalAvgPool" },
        { layer: "dropout", rate: 0.5 },
      ],
    },
    { inputShape: [4, 4, 3], numClasses: 3, rng: Rng.fromSeed(seed) },
  );
}

export const tinyCard: ModelCard = {
  formatVersion: 1,
  name: "tiny",
  classNames: ["cat", "dog", "plane"],
  inputShape: [4, 4, 3],
  preprocessing: [{ name: "Normalize", mean: [0.5, 0.4, 0.3], std: [0.25, 0.5, 1] }],
  output: "logits",
  parameters: 139,
  metrics: { accuracy: 0.5 },
};
