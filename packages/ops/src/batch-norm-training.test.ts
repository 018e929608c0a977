import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { finiteDifference, largestDifference } from "../test/finite-difference.js";
import { batchNormTraining } from "./batch-norm-training.js";
import type { BatchNormTrainingAttrs } from "./kernel-names.js";

const LINEAR: BatchNormTrainingAttrs = { epsilon: 0, activation: "linear" };

describe("batchNormTraining", () => {
  it("gives the values worked out by hand", async () => {
    // One channel: mean 2, biased variance ((1−2)² + (3−2)²) / 2 = 1; normalised −1 and 1.
    const x = tf.tensor2d([1, 3], [2, 1]);
    const statistics: tf.Tensor[] = [];
    const y = batchNormTraining(
      { x, scale: tf.tensor1d([10]), offset: tf.tensor1d([5]) },
      LINEAR,
      (mean, variance) => {
        statistics.push(tf.keep(mean.clone()), tf.keep(variance.clone()));
      },
    );
    expect([...(await y.data())]).toEqual([-5, 15]);
    expect([...(await tf.concat(statistics).data())]).toEqual([2, 1]);
  });

  it("applies the ReLU in the same op", async () => {
    const y = batchNormTraining({ x: tf.tensor2d([1, 3], [2, 1]) }, { epsilon: 0, activation: "relu" });
    expect([...(await y.data())]).toEqual([0, 1]);
  });

  it("gives the gradients worked out by hand", async () => {
    // x = 1, 3, 5, 7: mean 4, variance 5, x̂ = (−3, −1, 1, 3) / √5. With dy = (1, 0, 0, 0) and scale 2:
    // doffset = 1, dscale = −3/√5, dx = 2/√5 · (dy − 1/4 − x̂ · dscale / 4) = 2/√5 · (0.3, −0.4, −0.1, 0.2).
    const x = tf.tensor2d([1, 3, 5, 7], [4, 1]);
    const grads = tf.grads((x, scale, offset) => batchNormTraining({ x, scale, offset }, LINEAR));
    const [dx, dscale, doffset] = grads(
      [x, tf.tensor1d([2]), tf.tensor1d([0])],
      tf.tensor2d([1, 0, 0, 0], [4, 1]),
    ) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const factor = 2 / Math.sqrt(5);
    expect(
      largestDifference(await dx.data(), [0.3 * factor, -0.4 * factor, -0.1 * factor, 0.2 * factor]),
    ).toBeLessThan(1e-6);
    expect((await dscale.data())[0]).toBeCloseTo(-3 / Math.sqrt(5), 6);
    expect((await doffset.data())[0]).toBeCloseTo(1, 6);
  });

  for (const activation of ["linear", "relu", "gelu"] as const) {
    for (const parameters of [[], ["scale"], ["offset"], ["scale", "offset"]] as const) {
      it(`agrees with finite differences: ${activation}, ${parameters.join(" and ") || "no parameters"}`, async () => {
        const attrs = { epsilon: 1e-3, activation };
        const names = ["x", ...parameters] as const;
        const x = tf.randomNormal([2, 3, 2, 3], 0.5, 1.5, "float32", 7);
        const weights = tf.randomNormal(x.shape, 0, 1, "float32", 8);
        const values = [x, ...parameters.map((_, i) => tf.randomNormal([3], 1, 0.5, "float32", 9 + i))];
        const loss = (...args: tf.Tensor[]): tf.Scalar => {
          const inputs = Object.fromEntries(names.map((name, i) => [name, args[i]]));
          return batchNormTraining(inputs as { x: tf.Tensor }, attrs)
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
  }

  it("agrees with the same thing composed of tfjs ops, values and gradients", async () => {
    const composed = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      return tf.relu(x.sub(mean).mul(variance.add(1e-3).rsqrt()).mul(scale).add(offset));
    };
    const own = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor =>
      batchNormTraining({ x, scale, offset }, { epsilon: 1e-3, activation: "relu" });
    const inputs: [tf.Tensor, tf.Tensor, tf.Tensor] = [
      tf.randomNormal([3, 5, 4, 6], -2, 3, "float32", 1),
      tf.randomNormal([6], 1, 1, "float32", 2),
      tf.randomNormal([6], 0, 1, "float32", 3),
    ];
    const dy = tf.randomNormal([3, 5, 4, 6], 0, 1, "float32", 4);
    expect(largestDifference(await own(...inputs).data(), await composed(...inputs).data())).toBeLessThan(
      1e-5,
    );
    const expected = tf.grads(composed)(inputs, dy);
    for (const [i, gradient] of tf.grads(own)(inputs, dy).entries()) {
      expect(largestDifference(await gradient.data(), await (expected[i] as tf.Tensor).data())).toBeLessThan(
        1e-4,
      );
    }
  });

  it("leaves nothing behind, with and without a tape", () => {
    const x = tf.randomNormal([4, 3]);
    const before = tf.memory().numTensors;
    batchNormTraining({ x }, LINEAR).dispose();
    tf.grad((x) => batchNormTraining({ x }, LINEAR))(x).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
