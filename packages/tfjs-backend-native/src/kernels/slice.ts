/** Slice: a box out of a tensor. Always a copy, so that the tensor's memory can be recycled. */
import { Slice, type SliceAttrs, slice_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { MOST_AXES } from "../broadcast-plan.js";
import { hasElements } from "../element-values.js";
import { defineKernel } from "../kernel.js";
import { copyStrided, stridesOf } from "../strided-copy.js";

export const slice = defineKernel<{ x: TensorInfo }, SliceAttrs>(
  Slice,
  ({ inputs: { x }, attrs: { begin, size }, backend }) => {
    if (!hasElements(x)) return "string or complex64";
    if (x.shape.length > MOST_AXES) return "too many axes";
    const tensor = x as unknown as Parameters<typeof slice_util.assertParamsValid>[0];
    const [from, outShape] = slice_util.parseSliceParams(tensor, begin, size) as [number[], number[]];
    slice_util.assertParamsValid(tensor, from, outShape);
    const y = backend.output(outShape, x.dtype);
    if (y.values.length > 0) {
      const strides = stridesOf(x.shape);
      copyStrided(
        backend,
        { source: x, target: y },
        {
          size: outShape,
          sourceOffset: util.locToIndex(from, from.length, util.computeStrides(x.shape)),
          sourceStrides: strides,
          targetStrides: stridesOf(outShape),
        },
      );
    }
    return y.info;
  },
);
