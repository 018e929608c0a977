/**
 * Cast between float32, int32 and bool. Where nothing is lost the copied kernel keeps the array it was given under
 * the new name; here the result always holds what its dtype says, for the next native kernel to read.
 */
import { Cast, type CastAttrs, type DataType, type TensorInfo } from "@tensorflow/tfjs-core";
import type { PooledDtype } from "../buffer-pool.js";
import { elementsOf, hasElements } from "../element-values.js";
import { defineKernel } from "../kernel.js";

function isPooled(dtype: DataType): dtype is PooledDtype {
  return dtype === "float32" || dtype === "int32" || dtype === "bool";
}

export const cast = defineKernel<{ x: TensorInfo }, CastAttrs>(
  Cast,
  ({ inputs: { x }, attrs: { dtype }, backend }) => {
    if (x.dtype === dtype && dtype !== "complex64") {
      backend.incRef(x.dataId);
      return { dataId: x.dataId, shape: x.shape, dtype };
    }
    if (!hasElements(x) || !isPooled(dtype)) return "string or complex64";
    const values = elementsOf(backend, x, x.dtype);
    const y = backend.output(x.shape, dtype);
    if (values.length > 0) backend.addon.cast(values, y.values);
    return y.info;
  },
);
