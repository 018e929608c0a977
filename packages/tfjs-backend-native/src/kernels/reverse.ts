/** Reverse: axes from their end to their beginning, as pictures are mirrored. */
import { Reverse, type ReverseAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { NativeBackend } from "../backend.js";
import type { PooledDtype } from "../buffer-pool.js";
import { hasElements } from "../element-values.js";
import { defineKernel } from "../kernel.js";
import { copyStrided } from "../strided-copy.js";

/** Each position along an axis is a copy of its own; that many small ones take longer than the copied kernel. */
const MOST_POSITIONS = 1024;

type Info = TensorInfo & { dtype: PooledDtype };

export const reverse = defineKernel<{ x: TensorInfo }, ReverseAttrs>(
  Reverse,
  ({ inputs: { x }, attrs: { dims }, backend }) => {
    if (!hasElements(x)) return "string or complex64";
    const sizes = x.shape;
    const axes = [...new Set(util.parseAxisParam(dims, sizes))].filter((axis) => sizes[axis]! > 1);
    if (axes.some((axis) => sizes[axis]! > MOST_POSITIONS)) return "long axis";
    if (axes.length === 0 || util.sizeFromShape(sizes) === 0) {
      backend.incRef(x.dataId);
      return { dataId: x.dataId, shape: sizes, dtype: x.dtype };
    }
    return axes.reduce<Info>((from, axis) => {
      const turned = reverseAlong(backend, from, axis);
      if (from !== x) backend.disposeIntermediateTensorInfo(from);
      return turned;
    }, x);
  },
);

/** Left of the axis are rows; each has a piece for every position, and the pieces change places. */
function reverseAlong(backend: NativeBackend, x: Info, axis: number): Info {
  const y = backend.output(x.shape, x.dtype);
  const length = x.shape[axis]!;
  const rows = util.sizeFromShape(x.shape.slice(0, axis));
  const piece = util.sizeFromShape(x.shape.slice(axis + 1));
  const strides = [length * piece, 1];
  for (let position = 0; position < length; position++) {
    copyStrided(
      backend,
      { source: x, target: y },
      {
        size: [rows, piece],
        sourceOffset: position * piece,
        sourceStrides: strides,
        targetOffset: (length - 1 - position) * piece,
        targetStrides: strides,
      },
    );
  }
  return { ...y.info, dtype: x.dtype };
}
