import { BatchNormTraining, BatchNormTrainingGrad } from "@convkit/ops/kernel-names";
import { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { registerNativeBackend } from "../src/register-native-backend.js";
import { testSeed } from "./env.js";

registerNativeBackend();
beforeAll(async () => void (await tf.setBackend("native")));

type Numbers = Float32Array;
type Function = (inputs: tf.Tensor[]) => tf.Tensor;

const STEP = 2 ** -6;

function random(rng: Rng, length: number): Numbers {
  return Float32Array.from({ length }, () => rng.normal());
}

/** Σ weights · f(inputs), summed in float64. */
function loss(f: Function, inputs: tf.Tensor[], weights: Numbers): number {
  const outputs = tf.tidy(() => f(inputs).dataSync<"float32">());
  return outputs.reduce((sum, value, i) => sum + value * (weights[i] as number), 0);
}

/** The derivative with respect to every element of input `which`, by central differences. */
function numericGradient(f: Function, inputs: tf.Tensor[], weights: Numbers, which: number): number[] {
  const origin = inputs[which] as tf.Tensor;
  const at = (element: number, offset: number): number => {
    const values = origin.dataSync();
    values[element] = (values[element] as number) + offset;
    const moved = inputs.map((input, i) => (i === which ? tf.tensor(values, input.shape) : input));
    return loss(f, moved, weights);
  };
  return Array.from({ length: origin.size }, (_, i) => (at(i, STEP) - at(i, -STEP)) / (2 * STEP));
}

function expectClose(actual: ArrayLike<number>, expected: number[]): void {
  const scale = Math.max(1, ...expected.map(Math.abs));
  for (const [i, value] of expected.entries()) {
    expect(Math.abs((actual[i] as number) - value), `element ${i}: ${actual[i]} and ${value}`).toBeLessThan(
      3e-3 * scale,
    );
  }
}

const rng = Rng.fromSeed(testSeed).split("finite differences");

describe("gradients agree with finite differences", () => {
  // Smooth activations and lines: a central difference across the corner of a ReLU would be wrong.
  it.each(["linear", "elu", "sigmoid"] as const)("of fused conv2d, %s", (activation) => {
    tf.tidy(() => {
      const random4 = (...shape: [number, number, number, number]): tf.Tensor4D =>
        tf.tensor4d(random(rng, tf.util.sizeFromShape(shape)), shape);
      const inputs = [random4(2, 5, 4, 2), random4(3, 2, 2, 3), tf.tensor1d(random(rng, 3))];
      const f: Function = ([x, filter, bias]) =>
        tf.fused.conv2d({
          x: x as tf.Tensor4D,
          filter: filter as tf.Tensor4D,
          bias: bias,
          strides: [2, 1],
          pad: "same",
          activation,
        });
      const weights = random(rng, f(inputs).size);
      const gradients = tf.grads((...xs) => f(xs))(inputs, tf.tensor(weights, f(inputs).shape));
      for (const [which, gradient] of gradients.entries()) {
        expectClose(gradient.dataSync(), numericGradient(f, inputs, weights, which));
      }
    });
  });

  it.each(["linear", "elu", "sigmoid"] as const)("of fused matMul, %s", (activation) => {
    tf.tidy(() => {
      const inputs = [
        tf.tensor2d(random(rng, 12), [4, 3]),
        tf.tensor2d(random(rng, 20), [5, 4]),
        tf.tensor1d(random(rng, 5)),
      ];
      const f: Function = ([a, b, bias]) =>
        tf.fused.matMul({
          a: a as tf.Tensor2D,
          b: b as tf.Tensor2D,
          transposeA: true,
          transposeB: true,
          bias: bias,
          activation,
        });
      const weights = random(rng, 15);
      const gradients = tf.grads((...xs) => f(xs))(inputs, tf.tensor(weights, [3, 5]));
      for (const [which, gradient] of gradients.entries()) {
        expectClose(gradient.dataSync(), numericGradient(f, inputs, weights, which));
      }
    });
  });

  it.each(["linear", "relu", "gelu"] as const)("of batch normalisation in training, %s", (activation) => {
    tf.tidy(() => {
      const attrs = { epsilon: 1e-3, activation };
      const x = tf.tensor2d(random(rng, 30), [10, 3]);
      const scale = tf.tensor1d([0.5, 1.5, -1]);
      // Every element well above 0 or, in the last channel, well below: no corner within a step.
      const offset = tf.tensor1d([9, 9, -9]);
      const forward = (given: tf.NamedTensorMap): tf.Tensor[] =>
        tf.engine().runKernel<tf.Tensor[]>(BatchNormTraining, given, attrs);
      const f: Function = ([xs, ss, os]) =>
        forward({ x: xs, scale: ss, offset: os } as tf.NamedTensorMap)[0] as tf.Tensor;
      const weights = random(rng, 30);
      const [, mean, variance] = forward({ x, scale, offset }) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const dy = tf.tensor2d(weights, [10, 3]);
      const given = { dy, x, mean, variance, scale, offset };
      const gradients = tf.engine().runKernel<tf.Tensor[]>(BatchNormTrainingGrad, given, attrs);
      for (const [which, gradient] of gradients.entries()) {
        expectClose(gradient.dataSync(), numericGradient(f, [x, scale, offset], weights, which));
      }
    });
  });
});
