import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { randomValues } from "./call-kernel.js";
import { testSeed } from "./env.js";
import { describeOnGpu } from "./open-backend.js";

const SHAPES = {
  x: [3, 10, 10, 3],
  stem: [3, 3, 3, 8],
  strided: [3, 3, 8, 12],
  pointwise: [1, 1, 12, 16],
  dense: [400, 5],
  bias: [5],
};

/** A small network's loss by everything it depends on. */
function gradients(): tf.Tensor[] {
  const rng = Rng.fromSeed(testSeed);
  const values = Object.entries(SHAPES).map(([name, shape]) => {
    const { values } = randomValues(rng.split(name), shape);
    return tf.tensor(values, shape).div<tf.Tensor>(Math.sqrt(shape.slice(0, -1).reduce((a, b) => a * b, 1)));
  });
  const loss = (...[x, stem, strided, pointwise, dense, bias]: tf.Tensor[]): tf.Scalar => {
    const first = tf.conv2d(x as tf.Tensor4D, stem as tf.Tensor4D, 1, "same").relu();
    const second = tf.conv2d(first as tf.Tensor4D, strided as tf.Tensor4D, 2, "same").relu();
    const third = tf.fused.conv2d({
      x: second as tf.Tensor4D,
      filter: pointwise as tf.Tensor4D,
      strides: 1,
      pad: "valid",
      activation: "relu",
    });
    const logits = tf.matMul(third.reshape([3, 400]), dense!).add(bias!);
    return tf.losses.softmaxCrossEntropy(tf.oneHot([0, 3, 4], 5), logits).asScalar();
  };
  return tf.tidy(() => tf.grads(loss as (...args: tf.Tensor[]) => tf.Tensor)(values));
}

await describeOnGpu("gradients of a network", (backend) => {
  it("are those of tfjs's cpu backend", async () => {
    await tf.setBackend("cpu");
    const expected = await Promise.all(gradients().map((each) => each.data<"float32">()));
    await tf.setBackend("webgpu");
    const before = backend.commandCounts.dispatches;
    const received = await Promise.all(gradients().map((each) => each.data<"float32">()));
    expect(backend.commandCounts.dispatches).toBeGreaterThan(before);
    expect(received).toHaveLength(Object.keys(SHAPES).length);
    for (const [i, name] of Object.keys(SHAPES).entries()) {
      const largest = Math.max(...expected[i]!.map(Math.abs));
      expect(largest, name).toBeGreaterThan(1e-3);
      const error = Math.max(...expected[i]!.map((value, at) => Math.abs(value - received[i]![at]!)));
      expect(error, name).toBeLessThan(1e-5 * largest);
    }
  });
});
