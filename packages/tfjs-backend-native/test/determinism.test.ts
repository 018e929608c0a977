import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getThreadCount, setThreadCount } from "../src/binding.js";
import { registerNativeBackend } from "../src/register-native-backend.js";

registerNativeBackend();
const threads = getThreadCount();
afterAll(() => setThreadCount(threads));

let x: tf.Tensor4D, filter: tf.Tensor4D, dy: tf.Tensor4D, a: tf.Tensor2D, b: tf.Tensor2D;
beforeAll(async () => {
  await tf.setBackend("native");
  x = tf.randomNormal([6, 12, 12, 16], 0, 1, "float32", 1);
  filter = tf.randomNormal([3, 3, 16, 16], 0, 1, "float32", 2);
  dy = tf.randomNormal([6, 12, 12, 16], 0, 1, "float32", 3);
  a = tf.randomNormal([50, 300], 0, 1, "float32", 4);
  b = tf.randomNormal([300, 40], 0, 1, "float32", 5);
});

/** Every kernel that sums over pictures or rows: those are the ones that threads share out. */
function sums(): Float32Array {
  return tf.tidy(() => {
    const convolve = (...[xs, fs]: tf.Tensor[]): tf.Tensor =>
      tf.conv2d(xs as tf.Tensor4D, fs as tf.Tensor4D, 1, "same");
    const gradients = tf.grads(convolve)([x, filter], dy);
    const attrs = { epsilon: 1e-3, activation: "relu" };
    const normalised = tf.engine().runKernel<tf.Tensor[]>("BatchNormTraining", { x }, attrs);
    const all = [...gradients, tf.matMul(a, b), ...normalised];
    return tf.concat1d(all.map((tensor) => tf.reshape<tf.Rank.R1>(tensor, [-1]))).dataSync<"float32">();
  });
}

describe("results", () => {
  it.each([1, 2, 3])("repeat bit for bit on %i threads", (count) => {
    setThreadCount(count);
    const first = sums();
    for (let i = 0; i < 5; i++) expect(sums()).toEqual(first);
  });

  it("differ between thread counts by rounding at most", () => {
    setThreadCount(1);
    const one = sums();
    setThreadCount(2);
    const two = sums();
    const worst = one.reduce((most, value, i) => Math.max(most, Math.abs(value - (two[i] as number))), 0);
    expect(worst).toBeLessThan(1e-3);
  });
});
