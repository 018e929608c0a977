import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { CLASS_COUNT, hiddenTextures, SIDE, type HiddenTextures } from "./fixtures/hidden-textures.js";
import { gradCam, type GradCamVariant } from "./grad-cam.js";
import { randomiseWeights } from "./randomise-weights.js";
import { peaksOf, resizeMaps } from "./saliency-maps.js";
import { sanityCheck } from "./sanity-check.js";

const SEED = 11;
const STEPS = 300;
const BATCH_SIZE = 32;
const TEST_COUNT = 240;
/** Networks with shuffled weights; each by itself may look at something by chance. */
const RANDOM_NETWORKS = 5;

/** [N, 32, 32, 1] → maps [N, 8, 8, 32] → logits. */
function network(): tf.LayersModel {
  const { layers } = tf;
  const conv = (filters: number, i: number) =>
    layers.conv2d({
      name: `conv${i}`,
      filters,
      kernelSize: 3,
      padding: "same",
      activation: "relu",
      kernelInitializer: tf.initializers.heNormal({ seed: SEED + i }),
      ...(i === 1 && { inputShape: [SIDE, SIDE, 1] }),
    });
  return tf.sequential({
    layers: [
      conv(16, 1),
      layers.maxPooling2d({ poolSize: 2 }),
      conv(32, 2),
      layers.maxPooling2d({ poolSize: 2 }),
      conv(32, 3),
      layers.globalAveragePooling2d({}),
      layers.dense({
        name: "logits",
        units: CLASS_COUNT,
        kernelInitializer: tf.initializers.glorotNormal({ seed: SEED }),
      }),
    ],
  });
}

async function accuracyOf(model: tf.LayersModel, { inputs, labels }: HiddenTextures): Promise<number> {
  const predicted = tf.tidy(() => (model.predict(inputs) as tf.Tensor).argMax(1));
  const classes = await predicted.data();
  predicted.dispose();
  return labels.filter((label, i) => label === classes[i]).length / labels.length;
}

async function shareInside(
  model: tf.LayersModel,
  { inputs, boxes }: HiddenTextures,
  variant: GradCamVariant,
): Promise<number> {
  const peaks = peaksOf(resizeMaps(await gradCam(model, inputs, { variant }), SIDE, SIDE));
  const inside = peaks.filter((peak, i) => {
    const { left, top, right, bottom } = boxes[i]!;
    return peak && peak.x >= left && peak.x < right && peak.y >= top && peak.y < bottom;
  });
  return inside.length / peaks.length;
}

// Training takes the plain backend minutes, and GPUs in software; that all give the same maps, explanations.test.ts shows.
describe.runIf(tf.getBackend() === "native")(
  `a network trained to tell hidden textures apart, seed ${SEED}`,
  () => {
    const rng = Rng.fromSeed(SEED);
    const pictures = hiddenTextures(TEST_COUNT, rng.split("test"));
    const model = network();

    beforeAll(() => {
      const optimizer = tf.train.adam(3e-3);
      const draws = rng.split("train");
      for (let step = 0; step < STEPS; step++) {
        const { inputs, labels } = hiddenTextures(BATCH_SIZE, draws);
        optimizer.minimize(() =>
          tf.losses.softmaxCrossEntropy(
            tf.oneHot(labels, CLASS_COUNT),
            model.apply(inputs, { training: true }) as tf.Tensor2D,
          ),
        );
        inputs.dispose();
      }
      optimizer.dispose();
    });

    it.each(["grad-cam", "grad-cam++"] as const)(
      "is seen by %s to look at them, and not when its weights are random",
      async (variant) => {
        const accuracy = await accuracyOf(model, pictures);
        const trained = await shareInside(model, pictures, variant);
        const random: number[] = [];
        for (let i = 0; i < RANDOM_NETWORKS; i++) {
          const restore = await randomiseWeights(model.layers, rng.split(`random ${i}`));
          random.push(await shareInside(model, pictures, variant));
          restore();
        }
        expect(accuracy).toBeGreaterThan(0.95);
        expect(trained).toBeGreaterThanOrEqual(0.9);
        expect(random.reduce((a, b) => a + b) / RANDOM_NETWORKS).toBeLessThan(0.5);
        expect(await shareInside(model, pictures, variant)).toBe(trained);
      },
    );

    it("has maps that its weights make: the sanity check loses them stage by stage", async () => {
      const inputs = pictures.inputs.slice(0, 64);
      const stages = await sanityCheck(model, inputs, { explain: gradCam, rng: rng.split("sanity") });
      expect(stages.map(({ stage }) => stage)).toEqual(["head", "conv3", "conv2", "conv1"]);
      expect(Math.abs(stages.at(-1)!.rankCorrelation)).toBeLessThan(0.3);
      // A picture's own edges are there whatever the weights are: such a map does not pass.
      const stays = await sanityCheck(model, inputs, { explain: brightness, rng: rng.split("sanity") });
      expect(stays.map(({ rankCorrelation }) => rankCorrelation)).toEqual([1, 1, 1, 1]);
    });
  },
);

/** An explanation that never asks the network. */
async function brightness(_: tf.LayersModel, inputs: tf.Tensor4D) {
  const [count, height, width] = inputs.shape;
  return { data: await inputs.data<"float32">(), count, height, width, classes: [] };
}
