/** Random matrix products: every transposition, batches that broadcast, sizes of 0 and 1, fused forms. */
import type { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs-core";
import {
  between,
  type Input,
  normal,
  oneOf,
  type OpCase,
  type OpGenerator,
  sumOfProducts,
} from "./op-case.js";

type Product = {
  a: Input;
  b: Input;
  transposeA: boolean;
  transposeB: boolean;
  k: number;
  n: number;
  description: string;
};

type Sizes = { side: number; zeros: boolean };

function product(rng: Rng, { side, zeros }: Sizes, [batchA, batchB]: [number[], number[]]): Product {
  const size = (): number => (zeros && rng.bernoulli(0.03) ? 0 : between(rng, 1, side));
  const [m, k, n] = [size(), size(), size()];
  const [transposeA, transposeB] = [rng.bernoulli(0.5), rng.bernoulli(0.5)];
  const a = normal(rng, [...batchA, ...(transposeA ? [k, m] : [m, k])]);
  const b = normal(rng, [...batchB, ...(transposeB ? [n, k] : [k, n])]);
  const description = `a [${a.shape}]${transposeA ? "ᵀ" : ""} b [${b.shape}]${transposeB ? "ᵀ" : ""}`;
  return { a, b, transposeA, transposeB, k, n, description };
}

/** Batch shapes of which one side at most is repeated: elsewhere `cpu` itself is wrong. */
function batches(rng: Rng): [number[], number[]] {
  const shape = oneOf(rng, [[], [], [3], [1], [2, 3]]);
  const ones = shape.map(() => 1);
  return oneOf(rng, [
    [shape, shape],
    [shape, ones],
    [ones, shape],
  ]);
}

function matMulCase(rng: Rng, sizes: Sizes): OpCase {
  const [batchA, batchB] = batches(rng);
  const { a, b, transposeA, transposeB, k, n, description } = product(rng, sizes, [batchA, batchB]);
  return {
    description,
    inputs: [a, b],
    run: ([aTensor, bTensor]) =>
      tf.matMul(aTensor as tf.Tensor, bTensor as tf.Tensor, transposeA, transposeB),
    tolerance: sumOfProducts(k),
    // tfjs does not sum the gradient of a repeated operand, and then refuses its shape.
    ...(tf.util.arraysEqual(batchA, batchB) && { gradientTolerance: sumOfProducts(sizes.side + n) }),
  };
}

/** Both sides repeated, against the product of operands that were tiled first. */
function crossBroadcastCase(rng: Rng): OpCase {
  const { a, b, transposeA, transposeB, k, description } = product(rng, { side: 9, zeros: false }, [
    [between(rng, 1, 3), 1],
    [1, between(rng, 1, 3)],
  ]);
  const repeated = (tensor: tf.Tensor): tf.Tensor =>
    tf.tile(
      tensor,
      [a.shape[0], b.shape[1], 1, 1].map((size, axis) =>
        tensor.shape[axis] === size ? 1 : (size as number),
      ),
    );
  return {
    description,
    inputs: [a, b],
    run: ([aTensor, bTensor]) =>
      tf.matMul(aTensor as tf.Tensor, bTensor as tf.Tensor, transposeA, transposeB),
    reference: ([aTensor, bTensor]) =>
      tf.matMul(repeated(aTensor as tf.Tensor), repeated(bTensor as tf.Tensor), transposeA, transposeB),
    tolerance: sumOfProducts(k),
  };
}

const activations = ["linear", "relu", "relu6", "elu", "leakyrelu", "sigmoid", "prelu"] as const;

function fusedMatMulCase(rng: Rng): OpCase {
  const { a, b, transposeA, transposeB, k, n, description } = product(rng, { side: 20, zeros: true }, [
    [],
    [],
  ]);
  const activation = oneOf(rng, activations);
  const m = (transposeA ? a.shape[1] : a.shape[0]) as number;
  const bias = normal(rng, oneOf(rng, [[n], [1], [], [m, n]]));
  const prelu = normal(rng, [n]);
  const leakyreluAlpha = rng.uniform();
  return {
    description: `${description} activation ${activation} bias [${bias.shape}]`,
    inputs: [a, b, bias, ...(activation === "prelu" ? [prelu] : [])],
    run: ([aTensor, bTensor, biasTensor, preluActivationWeights]) =>
      tf.fused.matMul({
        a: aTensor as tf.Tensor,
        b: bTensor as tf.Tensor,
        transposeA,
        transposeB,
        bias: biasTensor,
        activation,
        leakyreluAlpha,
        ...(activation === "prelu" && { preluActivationWeights: preluActivationWeights }),
      }),
    tolerance: sumOfProducts(k),
    ...(activation === "linear" && { gradientTolerance: sumOfProducts(m + n) }),
  };
}

export const matMulCases: readonly OpGenerator[] = [
  {
    name: "matMul and its gradients",
    kernels: [tf.BatchMatMul],
    fallbacks: ["empty input"],
    cases: 300,
    generate: (rng) => matMulCase(rng, { side: 20, zeros: true }),
  },
  {
    name: "matMul past one register tile",
    kernels: [tf.BatchMatMul],
    cases: 20,
    generate: (rng) => matMulCase(rng, { side: 110, zeros: false }),
  },
  {
    name: "matMul with both batches repeated",
    kernels: [tf.BatchMatMul],
    cases: 60,
    generate: crossBroadcastCase,
  },
  {
    name: "fused matMul",
    kernels: [tf._FusedMatMul],
    fallbacks: ["empty input"],
    cases: 250,
    generate: fusedMatMulCase,
  },
];
