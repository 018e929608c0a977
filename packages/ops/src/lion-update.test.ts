import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { lionUpdate } from "./lion-update.js";

const ATTRS = { learningRate: 0.1, beta1: 0.5, beta2: 0.75, weightDecay: 0.2 };

const tensors = () => ({
  param: tf.tensor1d([1, -2, 5]),
  grad: tf.tensor1d([1, -8, 0]),
  average: tf.tensor1d([-3, 4, 0]),
});

async function values(tensor: tf.Tensor): Promise<number[]> {
  return Array.from(await tensor.data(), (value) => Number(value.toFixed(5)));
}

it("takes a step of one length against the sign of average and gradient, by hand", async () => {
  // mixed = (−1, −2, 0); param' = param − 0.1 · (sign(mixed) + 0.2 · param); average' = 0.75 · average + 0.25 · grad
  const [param, average] = lionUpdate(tensors(), ATTRS);
  expect(await values(param)).toEqual([1.08, -1.86, 4.9]);
  expect(await values(average)).toEqual([-2, 1, 0]);
});

it("leaves nothing behind but its outputs", async () => {
  const inputs = tensors();
  const before = tf.memory().numTensors;
  tf.dispose(lionUpdate(inputs, ATTRS));
  expect(tf.memory().numTensors).toBe(before);
  expect(await values(inputs.average)).toEqual([-3, 4, 0]);
});
