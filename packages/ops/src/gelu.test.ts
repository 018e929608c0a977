import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { largestDifference } from "../test/finite-difference.js";
import { gelu } from "./gelu.js";

describe("gelu", () => {
  it("gives x times the normal distribution function of x", async () => {
    // Φ(1) = 0.841344746, Φ(−0.5) = 0.308537539.
    const y = await gelu(tf.tensor1d([0, 1, -0.5, -20, 20])).data();
    expect(largestDifference(y, [0, 0.841344746, -0.1542687694, 0, 20])).toBeLessThan(1e-6);
  });

  it("has the slope Φ(x) + x·φ(x)", async () => {
    // φ(1) = 0.241970725, φ(0.5) = 0.352065327.
    const dx = tf.grad((x) => gelu(x))(tf.tensor1d([0, 1, -0.5]), tf.tensor1d([1, 2, 1]));
    const expected = [0.5, 2 * (0.841344746 + 0.241970725), 0.308537539 - 0.5 * 0.352065327];
    expect(largestDifference(await dx.data(), expected)).toBeLessThan(1e-6);
  });

  it("agrees with tfjs's own layer, values and gradients", async () => {
    const stock = tf.layers.activation({ activation: "gelu" });
    const x = tf.randomNormal([3, 5, 4], 0, 2, "float32", 1);
    const dy = tf.randomNormal([3, 5, 4], 0, 1, "float32", 2);
    const expected = tf.valueAndGrad((x) => stock.apply(x) as tf.Tensor)(x, dy);
    const actual = tf.valueAndGrad((x) => gelu(x))(x, dy);
    expect(largestDifference(await actual.value.data(), await expected.value.data())).toBeLessThan(1e-6);
    expect(largestDifference(await actual.grad.data(), await expected.grad.data())).toBeLessThan(1e-6);
  });

  it("leaves nothing behind, with and without a tape", () => {
    const x = tf.randomNormal([4, 3]);
    const before = tf.memory().numTensors;
    gelu(x).dispose();
    tf.grad((x) => gelu(x))(x).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
