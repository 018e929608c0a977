import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { rmsPropUpdate } from "./rmsprop-update.js";

const ATTRS = { learningRate: 0.1, smoothing: 0.75, momentum: 0.5, epsilon: 0.5, weightDecay: 0.2 };

const tensors = () => ({
  param: tf.tensor1d([1, -2]),
  grad: tf.tensor1d([3, -2]),
  meanSquare: tf.tensor1d([9, 0]),
  velocity: tf.tensor1d([1, 0]),
});

async function values(tensor: tf.Tensor): Promise<number[]> {
  return Array.from(await tensor.data(), (value) => Number(value.toFixed(5)));
}

it("divides by the mean square's root, then goes through the momentum, by hand", async () => {
  // meanSquare' = 0.75 · (9, 0) + 0.25 · (9, 4) = (9, 1); velocity' = (0.5, 0) + (3 / 3.5, −2 / 1.5)
  // param' = param − 0.1 · (velocity' + 0.2 · param)
  const [param, meanSquare, velocity] = rmsPropUpdate(tensors(), ATTRS);
  expect(await values(meanSquare)).toEqual([9, 1]);
  expect(await values(velocity)).toEqual([1.35714, -1.33333]);
  expect(await values(param)).toEqual([0.84429, -1.82667]);
});

it("leaves nothing behind but its outputs", async () => {
  const inputs = tensors();
  const before = tf.memory().numTensors;
  tf.dispose(rmsPropUpdate(inputs, ATTRS));
  expect(tf.memory().numTensors).toBe(before);
  expect(await values(inputs.meanSquare)).toEqual([9, 0]);
});
