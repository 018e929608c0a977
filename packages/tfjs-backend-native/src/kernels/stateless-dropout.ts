/** StatelessDropout of @convkit/ops: the mask is a hash of each element's place, and no memory of its own. */
import {
  StatelessDropout,
  type StatelessDropoutAttrs,
  type StatelessDropoutInputs,
} from "@convkit/ops/kernel-names";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { defineKernel } from "../kernel.js";

export const statelessDropout = defineKernel<StatelessDropoutInputs<TensorInfo>, StatelessDropoutAttrs>(
  StatelessDropout,
  ({ inputs: { x }, attrs: { rate, seed }, backend }) => {
    if (x.dtype !== "float32") return "dtype";
    const values = backend.float32(x);
    const y = backend.output(x.shape, "float32");
    if (values.length > 0) backend.addon.dropout(values, y.values, rate, seed);
    return y.info;
  },
);
