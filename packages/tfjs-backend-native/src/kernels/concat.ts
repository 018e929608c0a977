/** Concat: tensors of one dtype, one after the other along an axis. */
import { backend_util, Concat, type ConcatAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { hasElements } from "../element-values.js";
import { defineKernel } from "../kernel.js";
import { copyStrided } from "../strided-copy.js";

export const concat = defineKernel<TensorInfo[], ConcatAttrs>(Concat, ({ inputs, attrs, backend }) => {
  const tensors = Object.values(inputs);
  const [first] = tensors;
  if (first === undefined || !hasElements(first)) return "string or complex64";
  const { dtype } = first;
  if (tensors.some((tensor) => tensor.dtype !== dtype)) return "dtype";
  const [axis = 0] = util.parseAxisParam(attrs.axis, first.shape);
  const shapes = tensors.map(({ shape }) => shape);
  backend_util.assertParamsConsistent(shapes, axis);
  const outShape = backend_util.computeOutShape(shapes, axis);
  const filled = tensors.filter(({ shape }) => util.sizeFromShape(shape) > 0);
  const [only] = filled;
  if (only !== undefined && filled.length === 1) {
    backend.incRef(only.dataId);
    return { dataId: only.dataId, shape: only.shape, dtype };
  }
  const y = backend.output(outShape, dtype);
  // Everything left of the axis is rows, the rest of each tensor is one piece of a row.
  const rows = util.sizeFromShape(outShape.slice(0, axis));
  const rowSize = util.sizeFromShape(outShape.slice(axis));
  let targetOffset = 0;
  for (const tensor of filled) {
    const pieceSize = util.sizeFromShape(tensor.shape.slice(axis));
    copyStrided(
      backend,
      { source: { ...tensor, dtype }, target: y },
      { size: [rows, pieceSize], sourceStrides: [pieceSize, 1], targetStrides: [rowSize, 1], targetOffset },
    );
    targetOffset += pieceSize;
  }
  return y.info;
});
