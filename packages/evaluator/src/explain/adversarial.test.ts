import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { fgsm, pgd } from "./adversarial.js";

/** logits = (w·x, −w·x) of pictures of 2×1 pixels and one channel: the loss of class 0 falls along w. */
function linearModel(w: readonly number[]): tf.LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [2, 1, 1] }),
      tf.layers.dense({
        units: 2,
        weights: [
          tf.tensor2d(
            w.flatMap((weight) => [weight, -weight]),
            [2, 2],
          ),
          tf.zeros([2]),
        ],
      }),
    ],
  });
}

/** Behind Normalize with mean 0.5 and deviation 0.25: a value of 255 is 4 / 255 there. */
const bounds = { black: [-2], white: [2] };

describe("fgsm", () => {
  it("moves each value by ε against the label, through Normalize", async () => {
    const model = linearModel([3, -1]);
    const inputs = tf.tensor4d([0, 0.5, 1, -1], [2, 2, 1, 1]);
    const attacked = fgsm(model, inputs, tf.tensor1d([0, 1], "int32"), { epsilon: 51, bounds });
    // ε of 51 is 0.2 of white, 0.8 behind Normalize. Class 0 loses by −w, class 1 by +w.
    const values = await attacked.data();
    [0 - 0.8, 0.5 + 0.8, 1 + 0.8, -1 - 0.8].forEach((value, i) => expect(values[i]).toBeCloseTo(value, 5));
  });

  it("stays within black and white, and at ε of 0 where it is", async () => {
    const model = linearModel([3, -1]);
    const inputs = tf.tensor4d([-1.9, 1.9], [1, 2, 1, 1]);
    const labels = tf.tensor1d([0], "int32");
    expect([...(await fgsm(model, inputs, labels, { epsilon: 51, bounds }).data())]).toEqual([-2, 2]);
    expect([...(await fgsm(model, inputs, labels, { epsilon: 0, bounds }).data())]).toEqual([
      ...(await inputs.data()),
    ]);
  });

  it("refuses bounds of other channels, and a negative ε", () => {
    const model = linearModel([1, 1]);
    const inputs = tf.zeros<tf.Rank.R4>([1, 2, 1, 1]);
    const labels = tf.tensor1d([0], "int32");
    const three = { black: [0, 0, 0], white: [1, 1, 1] };
    expect(() => fgsm(model, inputs, labels, { epsilon: 1, bounds: three })).toThrow(/bounds of 1 channels/);
    expect(() => fgsm(model, inputs, labels, { epsilon: -1, bounds })).toThrow(/Received: -1/);
  });
});

describe("pgd", () => {
  it("reaches the corner that a linear network fears most", async () => {
    const model = linearModel([3, -1]);
    const inputs = tf.tensor4d([0, 0.5], [1, 2, 1, 1]);
    const options = { epsilon: 51, stepSize: 25.5, steps: 5, rng: Rng.fromSeed(0), bounds };
    const values = await pgd(model, inputs, tf.tensor1d([0], "int32"), options).data();
    expect(values[0]).toBeCloseTo(-0.8, 5);
    expect(values[1]).toBeCloseTo(1.3, 5);
  });

  it("without a step is a random start within ε, the same for the same seed", async () => {
    const model = linearModel([3, -1]);
    const inputs = tf.zeros<tf.Rank.R4>([50, 2, 1, 1]);
    const labels = tf.zeros<tf.Rank.R1>([50], "int32");
    const start = async (seed: number) => {
      const options = { epsilon: 51, stepSize: 1, steps: 0, rng: Rng.fromSeed(seed), bounds };
      return [...(await pgd(model, inputs, labels, options).data())];
    };
    const values = await start(1);
    expect(await start(1)).toEqual(values);
    expect(await start(2)).not.toEqual(values);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.8);
    expect(Math.max(...values)).toBeGreaterThan(0.6);
    expect(Math.min(...values)).toBeLessThan(-0.6);
  });
});

/** Two blobs in 3×3 pictures of three channels, each with a deviation of its own, and a small network that tells them apart. */
async function trainedOnBlobs() {
  const rng = Rng.fromSeed(3);
  const count = 120;
  const labels = Array.from({ length: count }, (_, i) => i % 2);
  const pixels = Float32Array.from({ length: count * 27 }, (_, i) => {
    const label = labels[Math.floor(i / 27)]!;
    return Math.min(1, Math.max(0, 0.5 + (label === 1 ? 0.06 : -0.06) + 0.12 * rng.normal()));
  });
  const std = [0.2, 0.25, 0.4];
  const three = { black: std.map((s) => -0.5 / s), white: std.map((s) => 0.5 / s) };
  const inputs = tf.tensor4d(
    pixels.map((value, i) => (value - 0.5) / std[i % 3]!),
    [count, 3, 3, 3],
  );
  const model = tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [3, 3, 3] }),
      tf.layers.dense({
        units: 16,
        activation: "tanh",
        kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }),
      }),
      tf.layers.dense({ units: 2, kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }) }),
    ],
  });
  const target = tf.tensor1d(labels, "int32");
  const optimizer = tf.train.adam(0.02);
  for (let step = 0; step < 60; step++) {
    optimizer.minimize(() => {
      const logits = model.apply(inputs) as tf.Tensor2D;
      return tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(tf.oneHot(target, 2), logits);
    });
  }
  const accuracy = async (x: tf.Tensor4D): Promise<number> => {
    const mean = tf.tidy(() => (model.apply(x) as tf.Tensor2D).argMax(1).equal(target).mean());
    const [share] = await mean.data();
    mean.dispose();
    return share!;
  };
  return { model, inputs, target, bounds: three, std, accuracy };
}

it("keeps within ε and the pixels, leaves no tensor behind, and PGD finds at least what FGSM finds", async () => {
  const { model, inputs, target, bounds: three, std, accuracy } = await trainedOnBlobs();
  expect(await accuracy(inputs)).toBeGreaterThan(0.9);
  const clean = await inputs.data();
  for (const epsilon of [4, 8, 16]) {
    const before = tf.memory().numTensors;
    const fast = fgsm(model, inputs, target, { epsilon, bounds: three });
    const options = { epsilon, stepSize: epsilon / 4, steps: 10, rng: Rng.fromSeed(1), bounds: three };
    const strong = pgd(model, inputs, target, options);
    expect(tf.memory().numTensors).toBe(before + 2);
    for (const attacked of [fast, strong]) {
      const values = await attacked.data();
      values.forEach((value, i) => {
        const deviation = std[i % 3]!;
        expect(Math.abs(value - clean[i]!) * deviation * 255).toBeLessThanOrEqual(epsilon + 1e-3);
        expect(Math.abs(value) * deviation).toBeLessThanOrEqual(0.5 + 1e-6);
      });
    }
    expect(await accuracy(strong)).toBeLessThanOrEqual(await accuracy(fast));
    expect(await accuracy(fast)).toBeLessThan(await accuracy(inputs));
  }
});
