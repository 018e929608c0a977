/** Random calls of what moves numbers without changing them, and of bilinear resizing. */
import type { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs-core";
import {
  anyDtype,
  between,
  exact,
  type Input,
  normal,
  ofDtype,
  oneOf,
  type OpCase,
  type OpGenerator,
} from "./op-case.js";
import { randomShape } from "./random-shape.js";

function transposeCase(rng: Rng): OpCase {
  const shape = randomShape(rng, { ranks: [1, 6], side: 5 });
  const order = rng.shuffle(shape.map((_, axis) => axis));
  const dtype = anyDtype(rng);
  return {
    description: `${dtype} transpose [${shape}] to axes [${order}]`,
    inputs: [ofDtype(rng, dtype, shape)],
    run: ([x]) => tf.transpose(x as tf.Tensor, order),
    tolerance: exact,
    ...(dtype === "float32" && { gradientTolerance: exact }),
  };
}

function reverseCase(rng: Rng): OpCase {
  const shape = randomShape(rng, { ranks: [1, 6], side: 5 });
  const axes = shape.map((_, axis) => axis).filter(() => rng.bernoulli(0.5));
  const dtype = anyDtype(rng);
  return {
    description: `${dtype} reverse [${shape}] along [${axes}]`,
    inputs: [ofDtype(rng, dtype, shape)],
    run: ([x]) => tf.reverse(x as tf.Tensor, axes),
    tolerance: exact,
    ...(dtype === "float32" && { gradientTolerance: exact }),
  };
}

function tileCase(rng: Rng): OpCase {
  // tfjs has no gradient of more axes.
  const shape = randomShape(rng, { ranks: [1, 4], side: 5 });
  const reps = shape.map(() => rng.int(4));
  const dtype = anyDtype(rng);
  return {
    description: `${dtype} tile [${shape}] by [${reps}]`,
    inputs: [ofDtype(rng, dtype, shape)],
    run: ([x]) => tf.tile(x as tf.Tensor, reps),
    tolerance: exact,
    ...(dtype === "float32" && reps.every((times) => times > 0) && { gradientTolerance: exact }),
  };
}

function padCase(rng: Rng): OpCase {
  const shape = randomShape(rng, { ranks: [1, 5], side: 5 });
  const paddings = shape.map((): [number, number] => [rng.int(4), rng.int(4)]);
  const constant = oneOf(rng, [0, 1.5, NaN]);
  const dtype = anyDtype(rng);
  return {
    description: `${dtype} pad [${shape}] by ${JSON.stringify(paddings)} with ${constant}`,
    inputs: [ofDtype(rng, dtype, shape)],
    run: ([x]) => tf.pad(x as tf.Tensor, paddings, constant),
    tolerance: exact,
    ...(dtype === "float32" && { gradientTolerance: exact }),
  };
}

function sliceCase(rng: Rng): OpCase {
  const shape = randomShape(rng, { ranks: [1, 6], side: 5 });
  const begin = shape.map((size) => rng.int(size + 1));
  const size = shape.map((whole, axis) => {
    const rest = whole - (begin[axis] as number);
    return rng.bernoulli(0.2) ? -1 : rng.int(rest + 1);
  });
  const dtype = anyDtype(rng);
  return {
    description: `${dtype} slice [${shape}] from [${begin}] size [${size}]`,
    inputs: [ofDtype(rng, dtype, shape)],
    run: ([x]) => tf.slice(x as tf.Tensor, begin, size),
    tolerance: exact,
    ...(dtype === "float32" && { gradientTolerance: exact }),
  };
}

function concatCase(rng: Rng): OpCase {
  const shape = randomShape(rng, { ranks: [1, 5], side: 5 });
  const axis = rng.int(shape.length);
  const dtype = anyDtype(rng);
  const inputs = Array.from({ length: between(rng, 1, 5) }, () => {
    const size = rng.bernoulli(0.1) ? 0 : between(rng, 1, 6);
    return ofDtype(rng, dtype, shape.with(axis, size));
  });
  return {
    description: `concat ${dtype} along ${axis} of ${inputs.map((input) => `[${input.shape}]`).join(" ")}`,
    inputs,
    run: (tensors) => tf.concat(tensors, axis),
    tolerance: exact,
    ...(dtype === "float32" && { gradientTolerance: exact }),
  };
}

function oneHotCase(rng: Rng): OpCase {
  const shape = randomShape(rng, { ranks: [0, 3] });
  const depth = between(rng, 2, 12);
  // Beyond either end now and then: all off.
  const values = Int32Array.from({ length: tf.util.sizeFromShape(shape) }, () => between(rng, -1, depth));
  const indices: Input = { shape, dtype: "int32", values };
  const dtype = oneOf(rng, ["float32", "int32"] as const);
  const [on, off] =
    dtype === "int32"
      ? [1, 0]
      : oneOf(rng, [
          [1, 0],
          [0.9, 0.1],
        ] as const);
  return {
    description: `oneHot [${shape}] depth ${depth} ${dtype} ${on}/${off}`,
    inputs: [indices],
    run: ([x]) => tf.oneHot(x as tf.Tensor, depth, on, off, dtype),
    tolerance: exact,
  };
}

function resizeCase(rng: Rng): OpCase {
  const side = (): number => between(rng, 1, 9);
  const shape = [between(rng, 1, 3), side(), side(), oneOf(rng, [1, 3, 16, 19])];
  const size: [number, number] = [side(), side()];
  const [alignCorners, halfPixelCenters] = oneOf(rng, [
    [false, false],
    [true, false],
    [false, true],
  ] as const);
  return {
    description: `resizeBilinear [${shape}] to ${size} alignCorners ${alignCorners} halfPixelCenters ${halfPixelCenters}`,
    inputs: [normal(rng, shape)],
    run: ([x]) => tf.image.resizeBilinear(x as tf.Tensor4D, size, alignCorners, halfPixelCenters),
    tolerance: { absolute: 1e-5, relative: 1e-5 },
    // tfjs has no gradient with half-pixel centres, and swaps height and width in its shape.
    ...(!halfPixelCenters &&
      shape[1] === shape[2] && { gradientTolerance: { absolute: 1e-5, relative: 1e-5 } }),
  };
}

export const layoutCases: readonly OpGenerator[] = [
  { name: "Transpose", kernels: [tf.Transpose], cases: 120, generate: transposeCase },
  { name: "Reverse", kernels: [tf.Reverse], cases: 100, generate: reverseCase },
  { name: "Tile", kernels: [tf.Tile], cases: 100, generate: tileCase },
  { name: "PadV2", kernels: [tf.PadV2], cases: 100, generate: padCase },
  { name: "Slice", kernels: [tf.Slice], cases: 120, generate: sliceCase },
  { name: "Concat", kernels: [tf.Concat, tf.SplitV], cases: 100, generate: concatCase },
  { name: "OneHot", kernels: [tf.OneHot], cases: 100, generate: oneHotCase },
  { name: "ResizeBilinear", kernels: [tf.ResizeBilinear], cases: 100, generate: resizeCase },
];
