import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";
import { moveTowards } from "./move-towards.js";
import { updateVariables } from "./update-variables.js";

const valuesOf = async (tensor: tf.Tensor) => [...(await tensor.data())];

it("moves an average by its share of the way, and leaves its inputs as they are", async () => {
  const [average, value] = [tf.tensor1d([0, 8]), tf.tensor1d([4, -2])];
  const [plain] = moveTowards({ average, value }, { share: 0.25 });
  const [scaled] = moveTowards({ average, value }, { share: 0.25, factor: 2 });
  expect(await valuesOf(plain)).toEqual([1, 5.5]);
  expect(await valuesOf(scaled)).toEqual([2, 5]);
  expect(await valuesOf(average)).toEqual([0, 8]);
});

it("assigns each variable what its update gives, whatever updates there are, and keeps nothing", async () => {
  const variable = (...values: number[]) => tf.variable(tf.tensor1d(values));
  const [param, velocity, average] = [variable(1, 2), variable(0, 4), variable(0, 8)];
  const filter = tf.variable(tf.tensor4d([2], [1, 1, 1, 1]));
  const filterVelocity = tf.variable(tf.zerosLike(filter));
  const grad = tf.tensor1d([1, -1]);
  const filterGrad = tf.tensor4d([3], [1, 1, 1, 1]);
  const attrs = { learningRate: 0.5, momentum: 0.5, nesterov: false, weightDecay: 0 };
  const before = tf.memory().numTensors;
  updateVariables([
    { update: "SgdUpdate", inputs: { param, grad, velocity }, attrs },
    { update: "MoveTowards", inputs: { average, value: grad }, attrs: { share: 0.5 } },
    {
      update: "MuonUpdate",
      inputs: { param: filter, grad: filterGrad, velocity: filterVelocity },
      attrs: { ...attrs, iterations: 0, normalize: false, depthwise: false },
    },
  ]);
  expect(tf.memory().numTensors).toBe(before);
  expect(await valuesOf(velocity)).toEqual([1, 1]);
  expect(await valuesOf(param)).toEqual([0.5, 1.5]);
  expect(await valuesOf(average)).toEqual([0.5, 3.5]);
  expect(await valuesOf(filterVelocity)).toEqual([3]);
  // Without iterations the update is the gradient over its norm.
  expect((await valuesOf(filter))[0]).toBeCloseTo(1.5, 5);
  expect(await valuesOf(grad)).toEqual([1, -1]);
});
