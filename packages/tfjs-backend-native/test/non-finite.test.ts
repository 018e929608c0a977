import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { availableIsas, isaName, selectIsa } from "../src/binding.js";
import { registerNativeBackend } from "../src/register-native-backend.js";

registerNativeBackend();
const best = isaName();
afterAll(() => selectIsa(best));

const odd = [NaN, Infinity, -Infinity];

/** 0 for finite, else the number itself: what has to be the same on every backend. */
function kinds(tensor: tf.Tensor): number[] {
  return Array.from(tensor.dataSync(), (value) => (Number.isFinite(value) ? 0 : value));
}

async function onCpu(compute: () => tf.Tensor): Promise<number[]> {
  await tf.setBackend("cpu");
  const expected = tf.tidy(() => kinds(compute()));
  await tf.setBackend("native");
  return expected;
}

function imageWith(value: number): tf.Tensor4D {
  const values = Float32Array.from({ length: 2 * 7 * 7 * 3 }, (_, i) => Math.sin(i));
  values[(1 * 49 + 3 * 7 + 2) * 3 + 1] = value;
  return tf.tensor4d(values, [2, 7, 7, 3]);
}

const filter = (): tf.Tensor4D =>
  tf.tensor4d(
    Float32Array.from({ length: 9 * 3 * 5 }, (_, i) => Math.cos(i)),
    [3, 3, 3, 5],
  );

const activations = ["linear", "relu", "relu6", "elu", "leakyrelu", "sigmoid"] as const;

describe.each(availableIsas())("on %s, what is not finite", (isa) => {
  beforeAll(() => selectIsa(isa));

  it.each(odd)("reaches the outputs of a convolution that see it and no others: %d", async (value) => {
    for (const activation of activations) {
      const compute = (): tf.Tensor =>
        tf.fused.conv2d({
          x: imageWith(value),
          filter: filter(),
          strides: 1,
          pad: "same",
          activation,
          leakyreluAlpha: 0.2,
        });
      const expected = await onCpu(compute);
      expect(
        tf.tidy(() => kinds(compute())),
        activation,
      ).toEqual(expected);
      if (activation === "linear") expect(expected.filter((kind) => kind !== 0).length).toBe(9 * 5);
    }
  });

  it("makes NaN of border pixels alone when a weight meets padding", async () => {
    await tf.setBackend("native");
    tf.tidy(() => {
      const weights = new Float32Array(9).fill(1);
      weights[0] = Infinity;
      const kernel = tf.tensor4d(weights, [3, 3, 1, 1]);
      const seen = kinds(tf.conv2d(tf.ones<tf.Rank.R4>([1, 4, 4, 1]), kernel, 1, "same"));
      const expected = Array.from({ length: 16 }, (_, i) => (i < 4 || i % 4 === 0 ? NaN : Infinity));
      expect(seen).toEqual(expected);
    });
  });

  it.each(odd)(
    "reaches every output that sees it, and at most its 2×2 tile, by Winograd: %d",
    async (value) => {
      const [side, channels, row, column] = [14, 16, 5, 8];
      const compute = (): tf.Tensor => {
        const x = Float32Array.from({ length: side * side * channels }, (_, i) => Math.sin(i));
        x[(row * side + column) * channels + 3] = value;
        const f = Float32Array.from({ length: 9 * channels * channels }, (_, i) => Math.cos(i));
        return tf.conv2d(
          tf.tensor4d(x, [1, side, side, channels]),
          tf.tensor4d(f, [3, 3, channels, channels]),
          1,
          "same",
        );
      };
      const seen = (await onCpu(compute)).map((kind) => kind !== 0);
      const spoilt = tf.tidy(() => kinds(compute())).map((kind) => kind !== 0);
      expect(seen.filter(Boolean).length).toBe(9 * channels);
      expect(spoilt.every((is, i) => is || !seen[i])).toBe(true);
      const distance = (i: number, axis: number, centre: number): number =>
        Math.abs((Math.floor(i / channels / side ** axis) % side) - centre);
      const far = spoilt.filter((is, i) => is && (distance(i, 1, row) > 2 || distance(i, 0, column) > 2));
      expect(far).toEqual([]);
    },
  );

  it.each(odd)("reaches both gradients of a convolution: %d", async (value) => {
    const gradients = (): tf.Tensor =>
      tf.concat1d(
        tf
          .grads((...[x, f]) => tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, "same"))(
            [imageWith(value), filter()],
            tf.fill([2, 7, 7, 5], 0.5),
          )
          .map((gradient) => tf.reshape<tf.Rank.R1>(gradient, [-1])),
      );
    const expected = await onCpu(gradients);
    expect(tf.tidy(() => kinds(gradients()))).toEqual(expected);
    expect(expected.some((kind) => kind !== 0)).toBe(true);
  });

  it.each(odd)("reaches one row of a matrix product: %d", async (value) => {
    for (const activation of activations) {
      const compute = (): tf.Tensor => {
        const a = Float32Array.from({ length: 15 * 20 }, (_, i) => Math.sin(i));
        a[3 * 20 + 7] = value;
        const b = Float32Array.from({ length: 20 * 33 }, (_, i) => Math.cos(i));
        return tf.fused.matMul({ a: tf.tensor2d(a, [15, 20]), b: tf.tensor2d(b, [20, 33]), activation });
      };
      const expected = await onCpu(compute);
      expect(
        tf.tidy(() => kinds(compute())),
        activation,
      ).toEqual(expected);
    }
  });

  it.each(odd)("spoils its own channel of a batch and no other: %d", async (value) => {
    await tf.setBackend("native");
    tf.tidy(() => {
      const attrs = { epsilon: 1e-3, activation: "relu" };
      const [y, mean, variance] = tf
        .engine()
        .runKernel<tf.Tensor[]>("BatchNormTraining", { x: imageWith(value) }, attrs) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      expect(kinds(mean)).toEqual([0, value, 0]);
      expect(kinds(variance)).toEqual([0, NaN, 0]);
      const channels = kinds(y);
      expect(channels.every((kind, i) => (i % 3 === 1 ? Number.isNaN(kind) : kind === 0))).toBe(true);
    });
  });
});
