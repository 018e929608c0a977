import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { exponentialMovingAverage, lookahead } from "./weight-averages.js";

function weightOf(value: number) {
  const variable = tf.variable(tf.tensor1d([value]));
  const weights = new Map([["dense/bias", variable]]);
  return { weights, set: (next: number) => tf.tidy(() => variable.assign(tf.tensor1d([next]))) };
}

const valueOf = async (tensors: ReadonlyMap<string, tf.Tensor>) =>
  (await tensors.get("dense/bias")!.data())[0];

describe("exponentialMovingAverage", () => {
  it("keeps the decay's share of the average, from the first weights on", async () => {
    const { weights, set } = weightOf(8);
    const ema = exponentialMovingAverage({ decay: 0.75, warmup: false }, weights);
    set(0);
    ema.afterStep(1);
    expect(await valueOf(ema.tensors)).toBeCloseTo(6, 6);
    set(10);
    ema.afterStep(2);
    expect(await valueOf(ema.tensors)).toBeCloseTo(0.75 * 6 + 0.25 * 10, 6);
    expect(await valueOf(weights)).toBe(10);
  });

  it("forgets the first weights sooner with warm-up: (1 + step) / (10 + step) until the decay is less", async () => {
    const { weights, set } = weightOf(11);
    const ema = exponentialMovingAverage({ decay: 0.9, warmup: true }, weights);
    set(0);
    ema.afterStep(1);
    expect(await valueOf(ema.tensors)).toBeCloseTo(2, 5);
    // 81 / 90 is the decay already.
    ema.afterStep(80);
    expect(await valueOf(ema.tensors)).toBeCloseTo(1.8, 5);
    ema.afterStep(1000);
    expect(await valueOf(ema.tensors)).toBeCloseTo(1.62, 5);
  });
});

describe("lookahead", () => {
  it("pulls the weights back towards the slow ones every so many steps", async () => {
    const { weights, set } = weightOf(0);
    const slow = lookahead({ everySteps: 2, slowShare: 0.5, power: 0 }, weights, 100);
    set(4);
    slow.afterStep(1);
    expect(await valueOf(weights)).toBe(4);
    set(8);
    slow.afterStep(2);
    expect(await valueOf(slow.tensors)).toBeCloseTo(4, 6);
    expect(await valueOf(weights)).toBeCloseTo(4, 6);
  });

  it("keeps a share that grows with the run, as airbench does", async () => {
    const { weights, set } = weightOf(0);
    // At step 50 of 100: 0.8 · 0.5³ = 0.1 of the slow weights stays.
    const slow = lookahead({ everySteps: 50, slowShare: 0.8, power: 3 }, weights, 100);
    set(10);
    slow.afterStep(50);
    expect(await valueOf(weights)).toBeCloseTo(9, 5);
  });

  it("ends with the slow weights, also where the last step is none of its own", async () => {
    const { weights, set } = weightOf(6);
    const slow = lookahead({ everySteps: 5, slowShare: 0.5, power: 0 }, weights, 7);
    set(100);
    slow.afterStep(6);
    expect(await valueOf(weights)).toBe(100);
    slow.afterStep(7);
    expect(await valueOf(weights)).toBe(6);
  });

  it("leaves no tensor behind", () => {
    const { weights } = weightOf(1);
    const before = tf.memory().numTensors;
    const averages = [
      exponentialMovingAverage({ decay: 0.9, warmup: true }, weights),
      lookahead({ everySteps: 1, slowShare: 0.5, power: 0 }, weights, 10),
    ];
    for (const average of averages) {
      for (let step = 1; step <= 3; step++) average.afterStep(step);
      average.dispose();
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});
