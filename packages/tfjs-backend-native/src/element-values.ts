/** The elements of tensors for kernels that take more than float32. */
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { NativeBackend } from "./backend.js";
import type { PooledArrays, PooledDtype } from "./buffer-pool.js";

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** Whether a tensor's elements have a fixed width, so that native code can hold them. */
export function hasElements(info: TensorInfo): info is TensorInfo & { dtype: PooledDtype } {
  return info.dtype in ARRAYS;
}

/**
 * The elements of a tensor of `dtype`, for a native kernel to read during its call. Kernels copied from `cpu` may
 * have left another kind of array under it: a cast that loses nothing keeps the one it was given.
 *
 * @throws if there are not as many as the shape says: native code trusts that.
 */
export function elementsOf<D extends PooledDtype>(
  backend: NativeBackend,
  info: TensorInfo,
  dtype: D,
): PooledArrays[D] {
  const { values } = backend.data.peek(info.dataId);
  const kind = ARRAYS[dtype];
  const array = values instanceof kind ? values : kind.from(values as ArrayLike<number>);
  util.assert(
    array.length === util.sizeFromShape(info.shape),
    () => `Expected the values of a tensor of shape [${info.shape}]. Received: ${array.length} elements.`,
  );
  return array as PooledArrays[D];
}

/** A few numbers as an array of `dtype`, for a kernel's constants. */
export function arrayOf<D extends PooledDtype>(dtype: D, numbers: readonly number[]): PooledArrays[D] {
  return ARRAYS[dtype].from(numbers) as PooledArrays[D];
}
