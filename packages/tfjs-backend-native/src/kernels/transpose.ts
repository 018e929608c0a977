/** Transpose: the axes in another order. */
import { type TensorInfo, Transpose, type TransposeAttrs } from "@tensorflow/tfjs-core";
import { MOST_AXES } from "../broadcast-plan.js";
import { hasElements } from "../element-values.js";
import { defineKernel } from "../kernel.js";
import { copyStrided, stridesOf } from "../strided-copy.js";

export const transpose = defineKernel<{ x: TensorInfo }, TransposeAttrs>(
  Transpose,
  ({ inputs: { x }, attrs: { perm }, backend }) => {
    if (!hasElements(x)) return "string or complex64";
    if (x.shape.length > MOST_AXES) return "too many axes";
    const outShape = perm.map((axis) => x.shape[axis] as number);
    const strides = stridesOf(x.shape);
    const y = backend.output(outShape, x.dtype);
    if (y.values.length > 0) {
      copyStrided(
        backend,
        { source: x, target: y },
        {
          size: outShape,
          sourceStrides: perm.map((axis) => strides[axis] as number),
          targetStrides: stridesOf(outShape),
        },
      );
    }
    return y.info;
  },
);
