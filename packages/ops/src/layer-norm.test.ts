import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { finiteDifference, largestDifference } from "../test/finite-difference.js";
import { layerNorm } from "./layer-norm.js";

describe("layerNorm", () => {
  it("gives the values worked out by hand, row by row", async () => {
    // (1, 3): mean 2, variance 1, normalised (−1, 1). (0, 8): mean 4, variance 16, normalised the same.
    const x = tf.tensor2d([1, 3, 0, 8], [2, 2]);
    const y = layerNorm({ x, scale: tf.tensor1d([10, 2]), offset: tf.tensor1d([0, 5]) }, 0);
    expect(largestDifference(await y.data(), [-10, 7, -10, 7])).toBeLessThan(1e-6);
    // √(1 + 3) = 2.
    expect(
      largestDifference(await layerNorm({ x: tf.tensor1d([1, 3]) }, 3).data(), [-0.5, 0.5]),
    ).toBeLessThan(1e-6);
  });

  for (const parameters of [[], ["scale"], ["offset"], ["scale", "offset"]] as const) {
    it(`agrees with finite differences: ${parameters.join(" and ") || "no parameters"}`, async () => {
      const names = ["x", ...parameters] as const;
      const x = tf.randomNormal([2, 3, 2, 4], 0.5, 1.5, "float32", 7);
      const weights = tf.randomNormal(x.shape, 0, 1, "float32", 8);
      const values = [x, ...parameters.map((_, i) => tf.randomNormal([4], 1, 0.5, "float32", 9 + i))];
      const loss = (...args: tf.Tensor[]): tf.Scalar => {
        const inputs = Object.fromEntries(names.map((name, i) => [name, args[i]]));
        return layerNorm(inputs as { x: tf.Tensor }, 1e-3)
          .mul(weights)
          .sum();
      };
      const analytical = tf.grads(loss)(values);
      for (const [i, name] of names.entries()) {
        const numerical = await finiteDifference(
          (v) => loss(...values.with(i, v)),
          values[i] as tf.Tensor,
          5e-3,
        );
        const difference = largestDifference(await (analytical[i] as tf.Tensor).data(), numerical);
        expect(difference, name).toBeLessThan(0.02);
      }
    });
  }

  it("leaves nothing behind, with and without a tape", () => {
    const x = tf.randomNormal([4, 3]);
    const before = tf.memory().numTensors;
    layerNorm({ x }, 1e-3).dispose();
    tf.grad((x) => layerNorm({ x }, 1e-3))(x).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
