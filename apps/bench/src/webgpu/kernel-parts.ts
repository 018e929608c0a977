/** The probe's parts below a network: matrix products, and a convolution with both of its gradients. */
import * as tf from "@tensorflow/tfjs";
import { measureCalls } from "./measure-calls.js";
import type { Part } from "./run-parts.js";

/** Turns tfjs's own input gradient from a direct loop into a tiled matrix product. */
const NAIVE_INPUT_GRADIENT = "WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE";

const CONVOLUTIONS = [
  { channels: 64, size: 16 },
  { channels: 128, size: 8 },
] as const;

export function matrixPart(sizes: readonly number[], seconds: number): Part {
  return async ({ add, signal }) => {
    for (const size of sizes) {
      const [a, b] = [tf.randomUniform([size, size], -1, 1), tf.randomUniform([size, size], -1, 1)];
      const { ms, callsPerRound } = await measureCalls(() => tf.matMul(a, b), { seconds, signal });
      tf.dispose([a, b]);
      const details = { ms: ms.median, rounds: ms.rounds, callsPerRound };
      add({ name: `${size}³`, value: (2 * size ** 3) / ms.median / 1e6, unit: "GFLOP/s", details });
    }
  };
}

export function convolutionPart(batchSize: number, seconds: number): Part {
  return async ({ add, signal }) => {
    for (const { channels, size } of CONVOLUTIONS) {
      const inputShape = [batchSize, size, size, channels];
      const filterShape = [3, 3, channels, channels];
      const x = tf.randomUniform(inputShape, -1, 1);
      const dy = tf.randomUniform(inputShape, -1, 1);
      const filter = tf.randomUniform(filterShape, -1, 1);
      const attrs = { strides: 1, pad: "same", dataFormat: "NHWC", dilations: 1 };
      const runner = (kernel: string, inputs: tf.NamedTensorMap, more: object) => () =>
        tf.engine().runKernel<tf.Tensor>(kernel, inputs, { ...attrs, ...more });
      const inputGradient = runner(tf.Conv2DBackpropInput, { dy, filter }, { inputShape });
      const kernels = {
        forward: runner(tf.Conv2D, { x, filter }, {}),
        "input gradient": inputGradient,
        "input gradient, tiled": () => withTiledInputGradient(inputGradient),
        "filter gradient": runner(tf.Conv2DBackpropFilter, { x, dy }, { filterShape }),
      };
      const flops = 2 * batchSize * size ** 2 * 9 * channels ** 2;
      for (const [kernel, run] of Object.entries(kernels)) {
        const { ms, callsPerRound } = await measureCalls(run, { seconds, signal });
        const name = `3×3 ${channels}→${channels} @${size}² batch ${batchSize}, ${kernel}`;
        const details = { ms: ms.median, rounds: ms.rounds, callsPerRound };
        add({ name, value: flops / ms.median / 1e6, unit: "GFLOP/s", details });
      }
      tf.dispose([x, dy, filter]);
    }
  };
}

/** Runs with the input gradient of convolutions as a tiled matrix product. */
export function withTiledInputGradient<T>(run: () => T): T {
  tf.env().set(NAIVE_INPUT_GRADIENT, false);
  try {
    return run();
  } finally {
    tf.env().set(NAIVE_INPUT_GRADIENT, true);
  }
}
