import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { sgdUpdate } from "./sgd-update.js";

const tensors = () => ({
  param: tf.tensor1d([1, -2]),
  grad: tf.tensor1d([0.5, 1]),
  velocity: tf.tensor1d([2, 0]),
});
const ATTRS = { learningRate: 0.1, momentum: 0.5, nesterov: false, weightDecay: 0 };

async function values(tensor: tf.Tensor): Promise<number[]> {
  return Array.from(await tensor.data(), (value) => Number(value.toFixed(5)));
}

describe("sgdUpdate", () => {
  it("is plain momentum, by hand", async () => {
    // velocity' = 0.5 · (2, 0) + (0.5, 1) = (1.5, 1); param' = param − 0.1 · velocity'
    const [param, velocity] = sgdUpdate(tensors(), ATTRS);
    expect(await values(velocity)).toEqual([1.5, 1]);
    expect(await values(param)).toEqual([0.85, -2.1]);
  });

  it("looks ahead with Nesterov, by hand", async () => {
    // update = (0.5, 1) + 0.5 · (1.5, 1) = (1.25, 1.5)
    const [param, velocity] = sgdUpdate(tensors(), { ...ATTRS, nesterov: true });
    expect(await values(velocity)).toEqual([1.5, 1]);
    expect(await values(param)).toEqual([0.875, -2.15]);
  });

  it("decays the weights outside the momentum, by hand", async () => {
    // param' = param − 0.1 · (velocity' + 0.2 · param)
    const [param, velocity] = sgdUpdate(tensors(), { ...ATTRS, weightDecay: 0.2 });
    expect(await values(velocity)).toEqual([1.5, 1]);
    expect(await values(param)).toEqual([0.83, -2.06]);
  });

  it("decays the weights through the momentum where coupled, by hand", async () => {
    // gradient = (0.5, 1) + 0.2 · (1, −2) = (0.7, 0.6); velocity' = (1, 0) + gradient; update = gradient + velocity' / 2
    const [param, velocity] = sgdUpdate(tensors(), { ...ATTRS, weightDecay: 0.2, coupled: true });
    expect(await values(velocity)).toEqual([1.7, 0.6]);
    expect(await values(param)).toEqual([0.83, -2.06]);
    const [ahead] = sgdUpdate(tensors(), { ...ATTRS, weightDecay: 0.2, coupled: true, nesterov: true });
    expect(await values(ahead)).toEqual([0.845, -2.09]);
  });

  it("leaves its inputs as they are, and nothing else behind", async () => {
    const inputs = tensors();
    const before = tf.memory().numTensors;
    const outputs = sgdUpdate(inputs, ATTRS);
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose(outputs);
    expect(await values(inputs.param)).toEqual([1, -2]);
    expect(await values(inputs.velocity)).toEqual([2, 0]);
  });
});
