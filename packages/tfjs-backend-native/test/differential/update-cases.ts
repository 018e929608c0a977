/** Random optimizer updates and dropouts of @convkit/ops, against their formulas in float64. */
import {
  AdamWUpdate,
  type AdamWUpdateAttrs,
  LionUpdate,
  type LionUpdateAttrs,
  RmsPropUpdate,
  type RmsPropUpdateAttrs,
  SgdUpdate,
  type SgdUpdateAttrs,
  StatelessDropout,
} from "@convkit/ops/kernel-names";
import type { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs-core";
import {
  between,
  elementwise,
  exact,
  normal,
  oneOf,
  type OpCase,
  type OpGenerator,
  uniform,
} from "./op-case.js";
import { randomShape } from "./random-shape.js";

type Attributes = Parameters<ReturnType<typeof tf.engine>["runKernel"]>[2];

function run(kernelName: string, inputs: tf.NamedTensorMap, attrs: object): tf.Tensor[] {
  return [tf.engine().runKernel<tf.Tensor | tf.Tensor[]>(kernelName, inputs, attrs as Attributes)].flat();
}

/** One tensor per output of `formula`, which is given the elements at one place. */
function mapped(
  inputs: tf.Tensor[],
  outputs: number,
  formula: (elements: number[], i: number) => number[],
): tf.Tensor[] {
  const arrays = inputs.map((input) => input.dataSync());
  const shape = inputs[0]?.shape ?? [];
  const results = Array.from({ length: outputs }, () => new Float32Array(tf.util.sizeFromShape(shape)));
  for (let i = 0; i < tf.util.sizeFromShape(shape); i++) {
    const values = formula(
      arrays.map((array) => array[i] as number),
      i,
    );
    for (const [output, result] of results.entries()) result[i] = values[output] as number;
  }
  return results.map((values) => tf.tensor(values, shape));
}

function sgdCase(rng: Rng): OpCase {
  const shape = randomShape(rng, { ranks: [0, 4] });
  const attrs: SgdUpdateAttrs = {
    learningRate: rng.uniform(),
    momentum: oneOf(rng, [0, 0.9]),
    nesterov: rng.bernoulli(0.5),
    weightDecay: oneOf(rng, [0, 5e-4, 0.1]),
    coupled: rng.bernoulli(0.5),
  };
  const { learningRate, momentum, nesterov, weightDecay, coupled } = attrs;
  return {
    description: `SgdUpdate [${shape}] ${JSON.stringify(attrs)}`,
    inputs: [normal(rng, shape), normal(rng, shape), normal(rng, shape)],
    run: ([param, grad, velocity]) => run(SgdUpdate, { param, grad, velocity } as tf.NamedTensorMap, attrs),
    reference: (inputs) =>
      mapped(inputs, 2, ([p = 0, g = 0, v = 0]) => {
        const gradient = coupled ? g + weightDecay * p : g;
        const velocity = momentum * v + gradient;
        const update = nesterov ? gradient + momentum * velocity : velocity;
        return [p - learningRate * (coupled ? update : update + weightDecay * p), velocity];
      }),
    tolerance: elementwise,
  };
}

function adamWCase(rng: Rng): OpCase {
  const shape = randomShape(rng, { ranks: [0, 4] });
  const attrs: AdamWUpdateAttrs = {
    learningRate: rng.uniform(),
    beta1: 0.9,
    beta2: oneOf(rng, [0.99, 0.999]),
    epsilon: oneOf(rng, [1e-8, 1e-4]),
    weightDecay: oneOf(rng, [0, 0.01]),
    step: between(rng, 1, 1000),
  };
  const { learningRate, beta1, beta2, epsilon, weightDecay, step } = attrs;
  return {
    description: `AdamWUpdate [${shape}] ${JSON.stringify(attrs)}`,
    inputs: [normal(rng, shape), normal(rng, shape), normal(rng, shape), uniform(rng, shape, 0.1, 2)],
    run: ([param, grad, firstMoment, secondMoment]) =>
      run(AdamWUpdate, { param, grad, firstMoment, secondMoment } as tf.NamedTensorMap, attrs),
    reference: (inputs) =>
      mapped(inputs, 3, ([p = 0, g = 0, m = 0, v = 0]) => {
        const first = beta1 * m + (1 - beta1) * g;
        const second = beta2 * v + (1 - beta2) * g * g;
        const scaled = first / (1 - beta1 ** step) / (Math.sqrt(second / (1 - beta2 ** step)) + epsilon);
        return [p - learningRate * (scaled + weightDecay * p), first, second];
      }),
    // 1 − beta^step loses digits in float32 at the first steps.
    tolerance: { absolute: 1e-5, relative: 2e-5 },
  };
}

function rmsPropCase(rng: Rng): OpCase {
  const shape = randomShape(rng, { ranks: [0, 4] });
  const attrs: RmsPropUpdateAttrs = {
    learningRate: rng.uniform(),
    smoothing: oneOf(rng, [0.9, 0.99]),
    momentum: oneOf(rng, [0, 0.9]),
    epsilon: oneOf(rng, [1e-8, 1e-4]),
    weightDecay: oneOf(rng, [0, 0.01]),
  };
  const { learningRate, smoothing, momentum, epsilon, weightDecay } = attrs;
  return {
    description: `RmsPropUpdate [${shape}] ${JSON.stringify(attrs)}`,
    inputs: [normal(rng, shape), normal(rng, shape), uniform(rng, shape, 0.1, 2), normal(rng, shape)],
    run: ([param, grad, meanSquare, velocity]) =>
      run(RmsPropUpdate, { param, grad, meanSquare, velocity } as tf.NamedTensorMap, attrs),
    reference: (inputs) =>
      mapped(inputs, 3, ([p = 0, g = 0, s = 0, v = 0]) => {
        const meanSquare = smoothing * s + (1 - smoothing) * g * g;
        const velocity = momentum * v + g / (Math.sqrt(meanSquare) + epsilon);
        return [p - learningRate * (velocity + weightDecay * p), meanSquare, velocity];
      }),
    tolerance: { absolute: 1e-5, relative: 2e-5 },
  };
}

function lionCase(rng: Rng): OpCase {
  const shape = randomShape(rng, { ranks: [0, 4] });
  const attrs: LionUpdateAttrs = {
    learningRate: rng.uniform(),
    beta1: 0.5, // exact in both precisions, and so then is the sign
    beta2: oneOf(rng, [0.9, 0.99]),
    weightDecay: oneOf(rng, [0, 0.1]),
  };
  const { learningRate, beta1, beta2, weightDecay } = attrs;
  return {
    description: `LionUpdate [${shape}] ${JSON.stringify(attrs)}`,
    inputs: [normal(rng, shape), normal(rng, shape), normal(rng, shape)],
    run: ([param, grad, average]) => run(LionUpdate, { param, grad, average } as tf.NamedTensorMap, attrs),
    reference: (inputs) =>
      mapped(inputs, 2, ([p = 0, g = 0, a = 0]) => {
        const update = Math.sign(beta1 * a + (1 - beta1) * g);
        return [p - learningRate * (update + weightDecay * p), beta2 * a + (1 - beta2) * g];
      }),
    tolerance: elementwise,
  };
}

/** lowbias32 of @convkit/ops/kernel-names, written once more. */
function dropoutHash(index: number, seed: number): number {
  let h = (Math.imul(index, 0x9e3779b9) + seed) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d) >>> 0;
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b) >>> 0;
  return (h ^ (h >>> 16)) >>> 0;
}

function dropoutCase(rng: Rng): OpCase {
  const shape = randomShape(rng, { ranks: [1, 4] });
  const attrs = { rate: oneOf(rng, [0, 0.1, 0.25, 0.5, 0.9]), seed: rng.nextUint32() };
  return {
    description: `StatelessDropout [${shape}] ${JSON.stringify(attrs)}`,
    inputs: [uniform(rng, shape, 1, 2)],
    run: ([x]) => run(StatelessDropout, { x } as tf.NamedTensorMap, attrs),
    reference: (inputs) =>
      mapped(inputs, 1, ([x = 0], i) => [
        dropoutHash(i, attrs.seed) >= attrs.rate * 2 ** 32 ? x / (1 - attrs.rate) : 0,
      ]),
    tolerance: { ...exact, relative: 1e-6 },
  };
}

export const updateCases: readonly OpGenerator[] = [
  { name: "SgdUpdate", kernels: [SgdUpdate], cases: 80, generate: sgdCase },
  { name: "AdamWUpdate", kernels: [AdamWUpdate], cases: 80, generate: adamWCase },
  { name: "RmsPropUpdate", kernels: [RmsPropUpdate], cases: 80, generate: rmsPropCase },
  { name: "LionUpdate", kernels: [LionUpdate], cases: 80, generate: lionCase },
  { name: "StatelessDropout", kernels: [StatelessDropout], cases: 80, generate: dropoutCase },
];
