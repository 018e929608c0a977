import * as tf from "@tensorflow/tfjs";
import { afterEach, describe, expect, it } from "vitest";
import { runFusedKernel } from "./fused-kernel.js";

const NAME = "DoubleForTest";

function registerDouble(asArray: boolean): void {
  tf.registerKernel({
    kernelName: NAME,
    backendName: tf.getBackend(),
    kernelFunc: ({ inputs, attrs }) => {
      const output = tf.mul(inputs.x as tf.Tensor, attrs?.factor as number);
      return asArray ? [output] : output;
    },
  });
}

afterEach(() => {
  if (tf.getKernel(NAME, tf.getBackend())) tf.unregisterKernel(NAME, tf.getBackend());
});

describe("runFusedKernel", () => {
  it("says so where the backend has no such kernel", () => {
    expect(runFusedKernel(NAME, { x: tf.ones([2]) }, { factor: 2 })).toBeUndefined();
  });

  it("leaves tensors of other types to composed ops", () => {
    registerDouble(true);
    expect(runFusedKernel(NAME, { x: tf.tensor1d([1, 2], "int32") }, { factor: 3 })).toBeUndefined();
  });

  for (const asArray of [true, false]) {
    it(`runs the kernel where there is one that returns ${asArray ? "an array" : "one tensor"}`, async () => {
      registerDouble(asArray);
      const outputs = runFusedKernel(NAME, { x: tf.tensor1d([1, 2]) }, { factor: 3 });
      expect(outputs).toHaveLength(1);
      expect([...(await outputs![0]!.data())]).toEqual([3, 6]);
    });
  }
});
