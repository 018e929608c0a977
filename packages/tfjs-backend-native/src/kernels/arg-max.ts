/** ArgMax: the place of the first maximum along one axis. */
import { ArgMax, type ArgMaxAttrs, backend_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { defineKernel } from "../kernel.js";
import { REDUCE } from "../op-codes.js";

const params = new Int32Array(4);

export const argMax = defineKernel<{ x: TensorInfo }, ArgMaxAttrs>(
  ArgMax,
  ({ inputs: { x }, attrs, backend }) => {
    if (x.dtype !== "float32") return "dtype";
    const [axis = 0] = util.parseAxisParam(attrs.axis, x.shape);
    const [outShape] = backend_util.computeOutAndReduceShapes(x.shape, [axis]);
    const values = backend.float32(x);
    const places = backend.output(outShape, "int32");
    if (values.length === 0) {
      places.values.fill(0);
      return places.info;
    }
    const outer = util.sizeFromShape(x.shape.slice(0, axis));
    const inner = util.sizeFromShape(x.shape.slice(axis + 1));
    params.set([REDUCE.argMax, outer, x.shape[axis] ?? 1, inner]);
    backend.addon.reduce(values, places.values, params);
    return places.info;
  },
);
