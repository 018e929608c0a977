/** AddN: the sum of any number of float32 tensors of one shape. */
import { AddN, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { defineKernel } from "../kernel.js";

/** How many the addon takes at a time. */
const MOST_INPUTS = 16;

export const addN = defineKernel<TensorInfo[], unknown>(AddN, ({ inputs, backend }) => {
  const tensors = Object.values(inputs);
  const [first] = tensors;
  if (first === undefined || tensors.some(({ dtype }) => dtype !== "float32")) return "dtype";
  for (const { shape } of tensors) util.assertShapesMatch(shape, first.shape, "Error in addN: ");
  const values = tensors.map((tensor) => backend.float32(tensor));
  const sum = backend.output(first.shape, "float32");
  if (sum.values.length === 0) return sum.info;
  backend.addon.addN(sum.values, ...values.slice(0, MOST_INPUTS));
  for (let i = MOST_INPUTS; i < values.length; i += MOST_INPUTS - 1) {
    backend.addon.addN(sum.values, sum.values, ...values.slice(i, i + MOST_INPUTS - 1));
  }
  return sum.info;
});
