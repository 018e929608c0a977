/**
 * Moving elements between tensors: both sides are walked with strides of their own, which makes a transpose, a
 * slice and a piece of a concatenation the same copy.
 */
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { NativeBackend, NativeOutput } from "./backend.js";
import { MOST_AXES } from "./broadcast-plan.js";
import type { PooledArrays, PooledDtype } from "./buffer-pool.js";
import { elementsOf } from "./element-values.js";
import type { CopyParams } from "./native-addon.js";

/** Strides and offsets count elements. */
export type StridedCopy = {
  size: readonly number[];
  sourceOffset?: number;
  sourceStrides: readonly number[];
  targetOffset?: number;
  targetStrides: readonly number[];
};

const params = new Int32Array(3 + 3 * MOST_AXES) satisfies CopyParams;

/** Copies elements of `source` into `target`, which has the same dtype; at most `MOST_AXES` axes, none empty. */
export function copyStrided<D extends PooledDtype>(
  backend: NativeBackend,
  { source, target }: { source: TensorInfo & { dtype: D }; target: NativeOutput<D> },
  { size, sourceOffset = 0, sourceStrides, targetOffset = 0, targetStrides }: StridedCopy,
): void {
  params.set([size.length, sourceOffset, targetOffset, ...size, ...sourceStrides, ...targetStrides]);
  const from: PooledArrays[PooledDtype] = elementsOf(backend, source, source.dtype);
  backend.addon.copyStrided(from, target.values, params);
}

/** How far apart neighbours along each axis lie in a tensor of that shape, the last axis included. */
export function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => util.sizeFromShape(shape.slice(axis + 1)));
}
