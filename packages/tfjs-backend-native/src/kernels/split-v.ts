/** SplitV: a tensor cut along one axis; the gradient of Concat. Every part is a copy, as in Slice. */
import { backend_util, SplitV, type SplitVAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { MOST_AXES } from "../broadcast-plan.js";
import { hasElements } from "../element-values.js";
import { defineKernel } from "../kernel.js";
import { copyStrided, stridesOf } from "../strided-copy.js";

export const splitV = defineKernel<{ x: TensorInfo }, SplitVAttrs>(
  SplitV,
  ({ inputs: { x }, attrs: { numOrSizeSplits, axis }, backend }) => {
    if (!hasElements(x)) return "string or complex64";
    if (x.shape.length > MOST_AXES) return "too many axes";
    const at = util.parseAxisParam(axis, x.shape)[0]!;
    const tensor = x as unknown as Parameters<typeof backend_util.prepareSplitSize>[0];
    const lengths = backend_util.prepareSplitSize(tensor, numOrSizeSplits, at);
    util.assert(
      lengths.every((length) => Number.isInteger(length) && length >= 0),
      () => `Error in split: expected sizes of 0 and more. Received: ${lengths}.`,
    );
    const sourceStrides = stridesOf(x.shape);
    let from = 0;
    return lengths.map((length) => {
      const shape = x.shape.map((size, i) => (i === at ? length : size));
      const part = backend.output(shape, x.dtype);
      if (part.values.length > 0) {
        copyStrided(
          backend,
          { source: x, target: part },
          {
            size: shape,
            sourceOffset: from * sourceStrides[at]!,
            sourceStrides,
            targetStrides: stridesOf(shape),
          },
        );
      }
      from += length;
      return part.info;
    });
  },
);
