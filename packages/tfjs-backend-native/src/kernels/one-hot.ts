/** OneHot: a row for every index, `onValue` at its place and `offValue` elsewhere. */
import { OneHot, type OneHotAttrs, type TensorInfo } from "@tensorflow/tfjs-core";
import { arrayOf, elementsOf } from "../element-values.js";
import { defineKernel } from "../kernel.js";

export const oneHot = defineKernel<{ indices: TensorInfo }, OneHotAttrs>(
  OneHot,
  ({ inputs: { indices }, attrs: { depth, onValue, offValue, dtype }, backend }) => {
    if (indices.dtype !== "int32" || (dtype !== "float32" && dtype !== "int32")) return "dtype";
    const places = elementsOf(backend, indices, "int32");
    const y = backend.output([...indices.shape, depth], dtype);
    if (y.values.length > 0) {
      backend.addon.oneHot(places, y.values, arrayOf(dtype, [offValue, onValue]), depth);
    }
    return y.info;
  },
);
