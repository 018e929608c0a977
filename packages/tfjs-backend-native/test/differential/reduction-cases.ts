/** Random reductions over any axes, and the softmax family. */
import type { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs-core";
import {
  elementwise,
  exact,
  type Input,
  normal,
  oneOf,
  type OpCase,
  type OpGenerator,
  sumOfProducts,
  uniform,
} from "./op-case.js";
import { randomAxes, randomShape } from "./random-shape.js";

type Reduction = {
  kernel: string;
  op: (x: tf.Tensor, axes: number[] | undefined, keepDims: boolean) => tf.Tensor;
  /** Whether a reduction over nothing has a value. */
  zeros: boolean;
  /** Whether it picks an element instead of computing one. */
  picks?: boolean;
};

const reductions: readonly Reduction[] = [
  { kernel: tf.Sum, op: tf.sum, zeros: true },
  { kernel: tf.Mean, op: tf.mean, zeros: false },
  { kernel: tf.Max, op: tf.max, zeros: false, picks: true },
];

function reductionCase(rng: Rng, { kernel, op, zeros, picks = false }: Reduction): OpCase {
  const shape = randomShape(rng, { ranks: [0, 5], zeros });
  const axes = rng.bernoulli(0.2) ? undefined : randomAxes(rng, shape.length);
  const keepDims = rng.bernoulli(0.5);
  return {
    description: `${kernel} [${shape}] over ${axes === undefined ? "all" : `[${axes}]`} keepDims ${keepDims}`,
    inputs: [normal(rng, shape)],
    run: ([x]) => op(x as tf.Tensor, axes, keepDims),
    tolerance: picks ? exact : sumOfProducts(tf.util.sizeFromShape(shape)),
    gradientTolerance: elementwise,
  };
}

function argMaxCase(rng: Rng): OpCase {
  const shape = randomShape(rng, { ranks: [1, 5], zeros: false });
  const axis = rng.int(shape.length);
  const ties = rng.bernoulli(0.3);
  const input = normal(rng, shape);
  if (ties)
    for (let i = 0; i < input.values.length; i++) input.values[i] = Math.round(input.values[i] as number);
  return {
    description: `argMax [${shape}] along ${axis}${ties ? " with ties" : ""}`,
    inputs: [input],
    run: ([x]) => tf.argMax(x as tf.Tensor, axis),
    tolerance: exact,
  };
}

function logits(rng: Rng): Input {
  const shape = randomShape(rng, { ranks: [1, 4], zeros: false });
  // Far apart now and then: the largest alone counts, and the others must underflow to 0.
  return oneOf(rng, [normal(rng, shape), uniform(rng, shape, -200, 200)]);
}

function softmaxCase(rng: Rng): OpCase {
  const input = logits(rng);
  return {
    description: `softmax [${input.shape}]`,
    inputs: [input],
    run: ([x]) => tf.softmax(x as tf.Tensor),
    tolerance: { absolute: 2e-6, relative: 1e-5 },
    gradientTolerance: sumOfProducts(input.shape.at(-1) as number),
  };
}

/** tf.logSoftmax composes other kernels, so the kernel itself is called. */
function logSoftmaxCase(rng: Rng): OpCase {
  const input = logits(rng);
  return {
    description: `logSoftmax [${input.shape}]`,
    inputs: [input],
    run: ([x]) => tf.engine().runKernel<tf.Tensor>(tf.LogSoftmax, { logits: x as tf.Tensor }, { axis: -1 }),
    reference: ([x]) => tf.logSoftmax(x as tf.Tensor),
    tolerance: { absolute: 1e-5, relative: 1e-5 },
  };
}

export const reductionCases: readonly OpGenerator[] = [
  ...reductions.map((reduction) => ({
    name: reduction.kernel,
    kernels: [reduction.kernel],
    cases: 120,
    generate: (rng: Rng) => reductionCase(rng, reduction),
  })),
  { name: "ArgMax", kernels: [tf.ArgMax], cases: 100, generate: argMaxCase },
  { name: "Softmax", kernels: [tf.Softmax], cases: 100, generate: softmaxCase },
  { name: "LogSoftmax", kernels: [tf.LogSoftmax], cases: 80, generate: logSoftmaxCase },
];
