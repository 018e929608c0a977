/** Random poolings and their gradients, ties included: after a ReLU most windows have several zeros. */
import type { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs-core";
import { between, normal, oneOf, type OpCase, type OpGenerator, sumOfProducts } from "./op-case.js";

type Pooling = { name: string; kernels: readonly string[]; op: typeof tf.maxPool };

function poolingCase(rng: Rng, { op, name }: Pooling): OpCase {
  const filterSize: [number, number] = [between(rng, 1, 4), between(rng, 1, 4)];
  const strides: [number, number] = [between(rng, 1, 3), between(rng, 1, 3)];
  const named = rng.bernoulli(0.7);
  const pad = named ? oneOf(rng, ["same", "valid"] as const) : rng.int(Math.min(...filterSize));
  const side = Math.max(...filterSize);
  const channels = oneOf(rng, [1, 2, 3, 8, 16, 17, 33]);
  const shape = [between(rng, 1, 3), between(rng, side, side + 7), between(rng, side, side + 7), channels];
  const rectified = rng.bernoulli(0.5);
  const input = normal(rng, shape);
  if (rectified)
    for (let i = 0; i < input.values.length; i++) input.values[i] = Math.max(0, input.values[i] as number);
  return {
    description: `${name} [${shape}] filter ${filterSize} strides ${strides} pad ${pad}${rectified ? " rectified" : ""}`,
    inputs: [input],
    run: ([x]) => op(x as tf.Tensor4D, filterSize, strides, pad, named ? undefined : "floor"),
    tolerance: sumOfProducts(filterSize[0] * filterSize[1]),
    gradientTolerance: sumOfProducts(filterSize[0] * filterSize[1]),
  };
}

const poolings: readonly Pooling[] = [
  { name: "maxPool and its gradient", kernels: [tf.MaxPool, tf.MaxPoolGrad], op: tf.maxPool },
  { name: "avgPool and its gradient", kernels: [tf.AvgPool, tf.AvgPoolGrad], op: tf.avgPool },
];

export const poolingCases: readonly OpGenerator[] = poolings.map((pooling) => ({
  ...pooling,
  cases: 150,
  generate: (rng) => poolingCase(rng, pooling),
}));
