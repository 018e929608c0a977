import { OptimizerSpec } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, it } from "vitest";
import { createOptimizer, type Optimizer } from "./optimizer.js";

function kernelAndBias(): Map<string, tf.Variable> {
  return new Map<string, tf.Variable>([
    ["dense/kernel", tf.variable(tf.tensor2d([[1, 2]]))],
    ["dense/bias", tf.variable(tf.tensor1d([1, 2]))],
  ]);
}

function optimizerFor(spec: unknown, variables: Map<string, tf.Variable>): Optimizer {
  return createOptimizer(OptimizerSpec.parse(spec), variables);
}

function expectValues(tensor: tf.Tensor, expected: number[]): void {
  const values = [...tensor.dataSync()];
  expected.forEach((value, i) => expect(values[i]).toBeCloseTo(value, 5));
}

describe("sgd", () => {
  it("takes Nesterov steps with decoupled decay on kernels and none on biases", () => {
    const variables = kernelAndBias();
    const optimizer = optimizerFor({ name: "sgd", momentum: 0.5, weightDecay: 0.1 }, variables);
    const gradients = new Map<string, tf.Tensor>([
      ["dense/kernel", tf.tensor2d([[1, -1]])],
      ["dense/bias", tf.tensor1d([1, -1])],
    ]);
    optimizer.update(gradients, { learningRate: 0.1, step: 1 });
    // v = g; u = g + 0.5·v = 1.5·g; p − 0.1·(u + 0.1·p)
    expectValues(variables.get("dense/kernel")!, [1 - 0.1 * (1.5 + 0.1), 2 - 0.1 * (-1.5 + 0.2)]);
    expectValues(variables.get("dense/bias")!, [0.85, 2.15]);
    expectValues(optimizer.slots.get("dense/bias/velocity")!, [1, -1]);

    optimizer.update(gradients, { learningRate: 0.1, step: 2 });
    // v = 0.5·1 + 1 = 1.5; u = 1 + 0.75
    expectValues(variables.get("dense/bias")!, [0.85 - 0.175, 2.15 + 0.175]);
    expectValues(optimizer.slots.get("dense/bias/velocity")!, [1.5, -1.5]);
  });

  it("leaves weights without a gradient alone", () => {
    const variables = kernelAndBias();
    const optimizer = optimizerFor({ name: "sgd" }, variables);
    optimizer.update(new Map([["dense/bias", tf.tensor1d([1, 1])]]), { learningRate: 1, step: 1 });
    expectValues(variables.get("dense/kernel")!, [1, 2]);
  });
});

describe("adamw", () => {
  it("corrects the bias of its moments and decays kernels only", () => {
    const variables = kernelAndBias();
    const optimizer = optimizerFor({ name: "adamw", weightDecay: 0.5, epsilon: 1e-12 }, variables);
    const gradients = new Map<string, tf.Tensor>([
      ["dense/kernel", tf.tensor2d([[3, -4]])],
      ["dense/bias", tf.tensor1d([3, -4])],
    ]);
    optimizer.update(gradients, { learningRate: 0.1, step: 1 });
    // After one step m̂/√v̂ is the gradient's sign.
    expectValues(variables.get("dense/bias")!, [1 - 0.1, 2 + 0.1]);
    expectValues(variables.get("dense/kernel")!, [1 - 0.1 * (1 + 0.5), 2 - 0.1 * (-1 + 1)]);
    expectValues(optimizer.slots.get("dense/kernel/firstMoment")!, [0.3, -0.4]);
    expectValues(optimizer.slots.get("dense/kernel/secondMoment")!, [0.009, 0.016]);
  });
});

it.each(["sgd", "adamw"])("%s leaves no tensor behind per update, and none once disposed", (name) => {
  const before = tf.memory().numTensors;
  const variables = kernelAndBias();
  const held = tf.memory().numTensors;
  const optimizer = optimizerFor({ name }, variables);
  const gradient = tf.tensor1d([1, 1]);
  const gradients = new Map([["dense/bias", gradient]]);
  const withSlots = tf.memory().numTensors;
  for (let step = 1; step <= 3; step++) optimizer.update(gradients, { learningRate: 0.1, step });
  expect(tf.memory().numTensors).toBe(withSlots);
  gradient.dispose();
  optimizer.dispose();
  expect(tf.memory().numTensors - held).toBe(0);
  tf.dispose([...variables.values()]);
  // The two initial tensors of kernelAndBias are left over from making the variables.
  expect(tf.memory().numTensors - before).toBe(2);
});
