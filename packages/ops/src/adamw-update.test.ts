import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { adamWUpdate } from "./adamw-update.js";

const ATTRS = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 0, weightDecay: 0, step: 1 };

describe("adamWUpdate", () => {
  it("moves by the learning rate against the sign of the first gradient", async () => {
    // m' = 0.1 · g, m̂ = g; v' = 0.01 · g², v̂ = g²; m̂ / √v̂ = sign(g)
    const [param, firstMoment, secondMoment] = adamWUpdate(
      {
        param: tf.tensor1d([1, 1]),
        grad: tf.tensor1d([4, -0.5]),
        firstMoment: tf.zeros([2]),
        secondMoment: tf.zeros([2]),
      },
      ATTRS,
    );
    expect((await param.data())[0]).toBeCloseTo(0.9, 6);
    expect((await param.data())[1]).toBeCloseTo(1.1, 6);
    expect((await firstMoment.data())[0]).toBeCloseTo(0.4, 6);
    expect((await secondMoment.data())[0]).toBeCloseTo(0.16, 6);
  });

  it("does step 3 with every term, by hand", async () => {
    // m' = 0.9 · 0.2 + 0.1 · 1 = 0.28, m̂ = 0.28 / (1 − 0.729); v' = 0.99 · 0.04 + 0.01 = 0.0496,
    // v̂ = 0.0496 / (1 − 0.970299); param' = 2 − 0.1 · (m̂ / (√v̂ + 0.5) + 0.01 · 2)
    const expected = 2 - 0.1 * (0.28 / 0.271 / (Math.sqrt(0.0496 / 0.029701) + 0.5) + 0.02);
    const [param] = adamWUpdate(
      {
        param: tf.scalar(2),
        grad: tf.scalar(1),
        firstMoment: tf.scalar(0.2),
        secondMoment: tf.scalar(0.04),
      },
      { ...ATTRS, epsilon: 0.5, weightDecay: 0.01, step: 3 },
    );
    expect((await param.data())[0]).toBeCloseTo(expected, 5);
  });

  it("leaves nothing behind but its outputs", () => {
    const inputs = {
      param: tf.ones([3, 2]),
      grad: tf.ones([3, 2]),
      firstMoment: tf.zeros([3, 2]),
      secondMoment: tf.zeros([3, 2]),
    };
    const before = tf.memory().numTensors;
    const outputs = adamWUpdate(inputs, ATTRS);
    expect(tf.memory().numTensors).toBe(before + 3);
    expect(outputs.map(({ shape }) => shape)).toEqual([
      [3, 2],
      [3, 2],
      [3, 2],
    ]);
    tf.dispose(outputs);
  });
});
