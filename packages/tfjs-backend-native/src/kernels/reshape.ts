/**
 * Reshape: the same data under another shape. Native only in that it does not look at the values: the copied
 * kernel does, which would keep every reshaped tensor's memory from being recycled.
 */
import { Reshape, type ReshapeAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { defineKernel } from "../kernel.js";

export const reshape = defineKernel<{ x: TensorInfo }, ReshapeAttrs>(
  Reshape,
  ({ inputs: { x }, attrs, backend }) => {
    if (x.dtype === "complex64") return "string or complex64";
    const size = util.sizeFromShape(x.shape);
    const shape = util.inferFromImplicitShape(attrs.shape, size);
    util.assert(
      size === util.sizeFromShape(shape),
      () =>
        `The new shape (${shape}) has ${util.sizeFromShape(shape)} elements and the old shape (${x.shape}) has ` +
        `${size} elements. The new shape and old shape must have the same number of elements.`,
    );
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape, dtype: x.dtype };
  },
);
