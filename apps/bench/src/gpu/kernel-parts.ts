/** The GPU benchmark's parts below a network: matrix products, and convolutions with both of their gradients. */
import * as tf from "@tensorflow/tfjs";
import { measureCalls } from "./measure-calls.js";
import type { Part } from "./run-parts.js";

/** Of resnet18's stages and the reference net's, 3×3 and of stride 1. */
const CONVOLUTIONS = [
  { channels: 64, size: 32 },
  { channels: 128, size: 16 },
  { channels: 256, size: 8 },
  { channels: 512, size: 4 },
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
      const kernels = {
        forward: runner(tf.Conv2D, { x, filter }, {}),
        "input gradient": runner(tf.Conv2DBackpropInput, { dy, filter }, { inputShape }),
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
