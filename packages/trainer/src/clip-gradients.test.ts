import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { clipGradients } from "./clip-gradients.js";

/** Norms 5 and 12, together 13. */
const gradients = () =>
  new Map<string, tf.Tensor>([
    ["a/kernel", tf.tensor2d([[3, -4]])],
    ["b/kernel", tf.tensor1d([12])],
  ]);

async function clipped(
  name: "value" | "norm" | "global-norm",
  limit: number,
): Promise<Record<string, number[]>> {
  const entries = [...clipGradients(gradients(), { name, limit })];
  return Object.fromEntries(
    await Promise.all(entries.map(async ([key, tensor]) => [key, [...(await tensor.data())]])),
  );
}

function expectClose(actual: Record<string, number[]>, expected: Record<string, number[]>): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [key, values] of Object.entries(expected)) {
    values.forEach((value, i) => expect(actual[key]![i]).toBeCloseTo(value, 6));
  }
}

describe("clipGradients", () => {
  it("bounds each number by value", async () => {
    expectClose(await clipped("value", 3.5), { "a/kernel": [3, -3.5], "b/kernel": [3.5] });
  });

  it("bounds each weight's gradient by its own norm, and keeps its direction", async () => {
    // 5 → 5 as it is; 12 → 6.
    expectClose(await clipped("norm", 6), { "a/kernel": [3, -4], "b/kernel": [6] });
  });

  it("scales all by one factor where their common norm is too large", async () => {
    expectClose(await clipped("global-norm", 6.5), { "a/kernel": [1.5, -2], "b/kernel": [6] });
  });

  it("hands on what is within the limit bit for bit, and leaves no tensor but its results", async () => {
    const given = new Map<string, tf.Tensor>([["a", tf.tensor1d([0.1, 1e-20, -0.3])]]);
    for (const name of ["value", "norm", "global-norm"] as const) {
      const before = tf.memory().numTensors;
      const result = clipGradients(given, { name, limit: 0.5 }).get("a")!;
      expect(tf.memory().numTensors).toBe(before + 1);
      expect(await result.data()).toEqual(await given.get("a")!.data());
    }
  });

  it("keeps a gradient of nothing but zeros", async () => {
    const zeros = new Map<string, tf.Tensor>([["a", tf.zeros([3])]]);
    for (const name of ["norm", "global-norm"] as const) {
      expect([...(await clipGradients(zeros, { name, limit: 1 }).get("a")!.data())]).toEqual([0, 0, 0]);
    }
  });
});
