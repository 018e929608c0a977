import "@convkit/ops";
import { UpdateVariables } from "@convkit/ops/kernel-names";
import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { describeOnGpu } from "./open-backend.js";

await describeOnGpu("tensors that were cast to float32, whose memory holds integers", (backend) => {
  const cast = (values: number[], dtype: "int32" | "bool" = "int32") =>
    tf.tidy(() => tf.cast(tf.tensor1d(values, dtype), "float32"));

  it.each(["int32", "bool"] as const)("are numbers to every kernel: %s", async (dtype) => {
    const values = [1, 0, 1, 1, 0, 1, 0];
    const kept = tf.tensor1d(values, dtype);
    const before = tf.memory().numTensors;
    const bytes = backend.bufferManager.numBytesUsed;
    for (const x of [cast(values, dtype), tf.cast(kept, "float32")]) {
      const [sum, product, convolved] = tf.tidy(() => {
        const column = tf.reshape(x, [7, 1]);
        const line = tf.reshape<tf.Rank.R3>(x, [1, 7, 1]);
        return [
          tf.sum(x),
          tf.matMul(column, column, true, false),
          tf.conv1d(line, tf.ones([3, 1, 1]), 1, "valid"),
        ];
      });
      expect([...(await sum.data())]).toEqual([4]);
      expect([...(await product.data())]).toEqual([4]);
      expect([...(await convolved.data())]).toEqual([2, 2, 2, 2, 1]);
      // And to tfjs's own.
      const doubled = tf.mul(x, 2);
      expect([...(await doubled.data())]).toEqual(values.map((value) => 2 * value));
      tf.dispose([x, sum, product, convolved, doubled]);
    }
    expect([...(await kept.data())]).toEqual(values);
    expect(tf.memory().numTensors).toBe(before);
    // Constants that were read on the way stay.
    expect(backend.bufferManager.numBytesUsed - bytes).toBeLessThanOrEqual(64);
    kept.dispose();
  });

  it("are updated in place", async () => {
    const initial = cast([3, 5]);
    const param = tf.variable(initial);
    initial.dispose();
    const velocity = tf.variable(tf.zeros([2]));
    const grad = cast([1, 2]);
    tf.engine().runKernel(UpdateVariables, [param, velocity, grad] as unknown as tf.NamedTensorMap, {
      update: "SgdUpdate",
      steps: [{ learningRate: 0.5, momentum: 0, weightDecay: 0, nesterov: false, coupled: false }] as never,
    });
    expect([...(await param.data())]).toEqual([2.5, 4]);
    tf.dispose([param, velocity, grad]);
  });
});
