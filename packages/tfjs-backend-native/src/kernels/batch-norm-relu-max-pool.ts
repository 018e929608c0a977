/** BatchNormReluMaxPool of @convkit/ops: statistics, normalisation, ReLU and 2×2 max pooling in one call. */
import {
  BatchNormReluMaxPool,
  type BatchNormReluMaxPoolAttrs,
  type BatchNormReluMaxPoolInputs,
} from "@convkit/ops/kernel-names";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { planPooledBatchNorm } from "../batch-norm-plan.js";
import { defineKernel } from "../kernel.js";

export const batchNormReluMaxPool = defineKernel<
  BatchNormReluMaxPoolInputs<TensorInfo>,
  BatchNormReluMaxPoolAttrs
>(BatchNormReluMaxPool, ({ inputs, attrs, backend }) => {
  const { x, scale, offset } = inputs;
  if ([x, scale, offset].some((input) => input != null && input.dtype !== "float32")) return "dtype";
  const plan = planPooledBatchNorm(backend, inputs);
  const xValues = backend.float32(x);
  const y = backend.output(plan.pooledShape, "float32");
  const mean = backend.output([plan.channels], "float32");
  const variance = backend.output([plan.channels], "float32");
  if (plan.rows === 0) {
    // The mean of no rows is 0 / 0.
    mean.values.fill(NaN);
    variance.values.fill(NaN);
  } else {
    backend.addon.batchNormReluMaxPool(
      xValues,
      plan.scale,
      plan.offset,
      y.values,
      mean.values,
      variance.values,
      plan.params,
      attrs.epsilon,
    );
  }
  return [y.info, mean.info, variance.info];
});
