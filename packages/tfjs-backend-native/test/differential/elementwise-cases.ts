/** Random elementwise calls: two operands that broadcast, one operand, comparisons and choices. */
import { Gelu, GeluGrad } from "@convkit/ops/kernel-names";
import type { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs-core";
import {
  between,
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
import { broadcastingShapes, randomShape } from "./random-shape.js";

const anyRank = { ranks: [0, 5] } as const;

/** Numbers where functions bend, overflow or have no value. */
const SPECIAL = [0, -0, 1, -1, 6, 1e-30, -1e-30, 1e30, 88, -88, 100, -104, NaN, Infinity, -Infinity];

function withSpecials(rng: Rng, input: Input): Input {
  for (let i = 0; i < input.values.length; i++) if (rng.bernoulli(0.1)) input.values[i] = oneOf(rng, SPECIAL);
  return input;
}

type BinaryOp = {
  kernel: string;
  op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
  a?: [number, number];
  b?: [number, number];
  /** Whether tfjs sums the gradient of an operand that was repeated; where not it refuses its shape. */
  sumsGradients?: boolean;
};

/** Ranges keep away from where the function or its gradient has no value. */
const binaryOps: readonly BinaryOp[] = [
  { kernel: tf.Add, op: tf.add, sumsGradients: true },
  { kernel: tf.Sub, op: tf.sub, sumsGradients: true },
  { kernel: tf.Multiply, op: tf.mul, sumsGradients: true },
  { kernel: tf.RealDiv, op: tf.div, b: [0.5, 2], sumsGradients: true },
  { kernel: tf.Maximum, op: tf.maximum },
  { kernel: tf.Minimum, op: tf.minimum },
  { kernel: tf.SquaredDifference, op: tf.squaredDifference },
  { kernel: tf.Pow, op: tf.pow, a: [0.3, 2], b: [-2, 2], sumsGradients: true },
  { kernel: tf.Prelu, op: tf.prelu },
  { kernel: tf.Atan2, op: tf.atan2, b: [0.5, 2], sumsGradients: true },
];

function binaryCase(rng: Rng, binary: BinaryOp): OpCase {
  const { op, kernel, a: rangeA = [-3, 3], b: rangeB = [-3, 3], sumsGradients = false } = binary;
  const [shapeA, shapeB] = broadcastingShapes(rng, anyRank);
  const inputs = [uniform(rng, shapeA, ...rangeA), uniform(rng, shapeB, ...rangeB)];
  const terms = tf.util.sizeFromShape(tf.broadcast_util.assertAndGetBroadcastShape(shapeA, shapeB));
  const differentiable = terms > 0 && (sumsGradients || tf.util.arraysEqual(shapeA, shapeB));
  return {
    description: `${kernel} [${shapeA}] [${shapeB}]`,
    inputs,
    run: ([a, b]) => op(a as tf.Tensor, b as tf.Tensor),
    tolerance: elementwise,
    ...(differentiable && { gradientTolerance: sumOfProducts(terms) }),
  };
}

type UnaryOp = { kernel: string; op: (x: tf.Tensor) => tf.Tensor; positive?: boolean };

const unaryOps: readonly UnaryOp[] = [
  { kernel: tf.Relu, op: tf.relu },
  { kernel: tf.Relu6, op: tf.relu6 },
  { kernel: tf.Step, op: (x) => tf.step(x, 0.3) },
  { kernel: tf.LeakyRelu, op: (x) => tf.leakyRelu(x, 0.1) },
  { kernel: tf.Elu, op: tf.elu },
  { kernel: tf.Sigmoid, op: tf.sigmoid },
  { kernel: tf.Tanh, op: tf.tanh },
  { kernel: tf.Erf, op: tf.erf },
  { kernel: tf.Exp, op: tf.exp },
  { kernel: tf.Log, op: tf.log, positive: true },
  { kernel: tf.Sqrt, op: tf.sqrt, positive: true },
  { kernel: tf.Rsqrt, op: tf.rsqrt, positive: true },
  { kernel: tf.Square, op: tf.square },
  { kernel: tf.Neg, op: tf.neg },
  { kernel: tf.Abs, op: tf.abs },
  { kernel: tf.Reciprocal, op: tf.reciprocal, positive: true },
];

function unaryCase(rng: Rng, { kernel, op, positive = false }: UnaryOp): OpCase {
  const shape = randomShape(rng, anyRank);
  const special = rng.bernoulli(0.5);
  const plain = positive ? uniform(rng, shape, 0.2, 4) : uniform(rng, shape, -5, 5);
  return {
    description: `${kernel} [${shape}]${special ? " with special numbers" : ""}`,
    inputs: [special ? withSpecials(rng, plain) : plain],
    run: ([x]) => op(x as tf.Tensor),
    tolerance: elementwise,
    ...(!special && { gradientTolerance: { absolute: 1e-5, relative: 1e-5 } }),
  };
}

/** Both directions, which the `cpu` backend has no kernels for. */
function geluCase(rng: Rng): OpCase {
  const shape = randomShape(rng, anyRank);
  return {
    description: `gelu and its gradient [${shape}]`,
    inputs: [uniform(rng, shape, -6, 6), normal(rng, shape)],
    run: ([x, dy]) => [
      tf.engine().runKernel<tf.Tensor>(Gelu, { x: x as tf.Tensor }),
      tf.engine().runKernel<tf.Tensor>(GeluGrad, { dy: dy as tf.Tensor, x: x as tf.Tensor }),
    ],
    reference: ([x, dy]) => {
      const composed = (t: tf.Tensor) => tf.mul(t, tf.mul(tf.add(tf.erf(tf.mul(t, Math.SQRT1_2)), 1), 0.5));
      return [composed(x as tf.Tensor), tf.grad(composed)(x as tf.Tensor, dy)];
    },
    tolerance: { absolute: 5e-6, relative: 5e-6 },
  };
}

const comparisons = [
  { kernel: tf.Equal, op: tf.equal },
  { kernel: tf.NotEqual, op: tf.notEqual },
  { kernel: tf.Less, op: tf.less },
  { kernel: tf.LessEqual, op: tf.lessEqual },
  { kernel: tf.Greater, op: tf.greater },
  { kernel: tf.GreaterEqual, op: tf.greaterEqual },
] as const;

/** Small whole numbers, so that many are equal. */
function whole(rng: Rng, shape: number[]): Input {
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => between(rng, -2, 2));
  return { shape, dtype: "float32", values };
}

function comparisonCase(rng: Rng): OpCase {
  const { kernel, op } = oneOf(rng, comparisons);
  const [shapeA, shapeB] = broadcastingShapes(rng, anyRank);
  return {
    description: `${kernel} [${shapeA}] [${shapeB}]`,
    inputs: [withSpecials(rng, whole(rng, shapeA)), withSpecials(rng, whole(rng, shapeB))],
    run: ([a, b]) => op(a as tf.Tensor, b as tf.Tensor),
    tolerance: exact,
  };
}

function bools(rng: Rng, shape: number[]): Input {
  const values = Uint8Array.from({ length: tf.util.sizeFromShape(shape) }, () => rng.int(2));
  return { shape, dtype: "bool", values };
}

function selectCase(rng: Rng): OpCase {
  const [shapeA, shapeB] = broadcastingShapes(rng, anyRank);
  const both = tf.broadcast_util.assertAndGetBroadcastShape(shapeA, shapeB);
  const condition = oneOf(rng, [both, both, both.map((size) => (rng.bernoulli(0.3) ? 1 : size)), []]);
  return {
    description: `where [${condition}] [${shapeA}] [${shapeB}]`,
    inputs: [bools(rng, condition), withSpecials(rng, normal(rng, shapeA)), normal(rng, shapeB)],
    run: ([c, a, b]) => tf.where(c as tf.Tensor, a as tf.Tensor, b as tf.Tensor),
    tolerance: exact,
  };
}

const dtypes = ["float32", "int32", "bool"] as const;

function castCase(rng: Rng): OpCase {
  const shape = randomShape(rng, anyRank);
  const float = withSpecials(rng, uniform(rng, shape, -300, 300));
  const input = oneOf(rng, [
    (): Input => float,
    (): Input => ({ shape, dtype: "int32", values: Int32Array.from(float.values) }),
    (): Input => bools(rng, shape),
  ])();
  const dtype = oneOf(rng, dtypes);
  return {
    description: `cast ${input.dtype} to ${dtype} [${shape}]`,
    inputs: [input],
    run: ([x]) => tf.cast(x as tf.Tensor, dtype),
    tolerance: exact,
  };
}

const logicals = [
  { kernel: tf.LogicalAnd, op: tf.logicalAnd },
  { kernel: tf.LogicalOr, op: tf.logicalOr },
] as const;

function logicalCase(rng: Rng): OpCase {
  const { kernel, op } = oneOf(rng, logicals);
  const [shapeA, shapeB] = broadcastingShapes(rng, anyRank);
  return {
    description: `${kernel} [${shapeA}] [${shapeB}], and not`,
    inputs: [bools(rng, shapeA), bools(rng, shapeB)],
    run: ([a, b]) => [op(a as tf.Tensor, b as tf.Tensor), tf.logicalNot(a as tf.Tensor)],
    tolerance: exact,
  };
}

/** The remainder jumps where the quotient is whole, so numbers keep away from there; zeros and infinities do not. */
function modCase(rng: Rng): OpCase {
  const [shapeA, shapeB] = broadcastingShapes(rng, anyRank);
  const apart = (shape: number[], offset: number): Input => {
    const input = normal(rng, shape);
    for (let i = 0; i < input.values.length; i++) {
      input.values[i] = rng.bernoulli(0.1)
        ? oneOf(rng, [0, Infinity, -Infinity, NaN])
        : between(rng, -9, 9) + offset;
    }
    return input;
  };
  return {
    description: `Mod [${shapeA}] [${shapeB}]`,
    inputs: [apart(shapeA, 0.25), apart(shapeB, 0.125)],
    run: ([a, b]) => tf.mod(a as tf.Tensor, b as tf.Tensor),
    tolerance: elementwise,
  };
}

function addNCase(rng: Rng): OpCase {
  const shape = randomShape(rng, anyRank);
  const inputs = Array.from({ length: between(rng, 1, 5) }, () => normal(rng, shape));
  return {
    description: `addN of ${inputs.length} [${shape}]`,
    inputs,
    run: (tensors) => tf.addN(tensors),
    tolerance: elementwise,
    gradientTolerance: elementwise,
  };
}

const eachOf = <Op extends { kernel: string }>(
  ops: readonly Op[],
  cases: number,
  generate: (rng: Rng, op: Op) => OpCase,
): OpGenerator[] =>
  ops.map((op) => ({ name: op.kernel, kernels: [op.kernel], cases, generate: (rng) => generate(rng, op) }));

export const elementwiseCases: readonly OpGenerator[] = [
  ...eachOf(binaryOps, 80, binaryCase),
  ...eachOf(unaryOps, 40, unaryCase),
  { name: "Gelu and GeluGrad", kernels: [Gelu, GeluGrad], cases: 60, generate: geluCase },
  { name: "Mod", kernels: [tf.Mod], cases: 80, generate: modCase },
  {
    name: "logical operations",
    kernels: [tf.LogicalAnd, tf.LogicalOr, tf.LogicalNot],
    cases: 120,
    generate: logicalCase,
  },
  { name: "AddN", kernels: [tf.AddN], cases: 80, generate: addNCase },
  {
    name: "comparisons",
    kernels: comparisons.map(({ kernel }) => kernel),
    cases: 250,
    generate: comparisonCase,
  },
  {
    name: "where",
    kernels: [tf.Select],
    // tf.broadcastTo leaves an axis of 1 as it is when it should become 0.
    fallbacks: ["inconsistent shapes"],
    cases: 120,
    generate: selectCase,
  },
  { name: "cast", kernels: [tf.Cast], cases: 120, generate: castCase },
];
