/** Select, which is `tf.where`: `t` where the condition holds, else `e`. */
import { Select, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { elementsOf, hasElements } from "../element-values.js";
import { defineKernel } from "../kernel.js";

type Inputs = { condition: TensorInfo; t: TensorInfo; e: TensorInfo };

export const select = defineKernel<Inputs, unknown>(Select, ({ inputs: { condition, t, e }, backend }) => {
  if (!hasElements(t)) return "string or complex64";
  if (condition.dtype !== "bool" || t.dtype !== e.dtype) return "dtype";
  if (![condition, e].every(({ shape }) => util.arraysEqual(shape, t.shape))) return "inconsistent shapes";
  const conditions = elementsOf(backend, condition, "bool");
  const tValues = elementsOf(backend, t, t.dtype);
  const eValues = elementsOf(backend, e, t.dtype);
  const out = backend.output(t.shape, t.dtype);
  if (out.values.length > 0) backend.addon.select(conditions, tValues, eValues, out.values);
  return out.info;
});
