/** BatchNormTraining of @convkit/ops: batch statistics, normalisation and activation in one call. */
import {
  BatchNormTraining,
  type BatchNormTrainingAttrs,
  type BatchNormTrainingInputs,
} from "@convkit/ops/kernel-names";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { planBatchNorm } from "../batch-norm-plan.js";
import { defineKernel } from "../kernel.js";

export const batchNormTraining = defineKernel<BatchNormTrainingInputs<TensorInfo>, BatchNormTrainingAttrs>(
  BatchNormTraining,
  ({ inputs, attrs, backend }) => {
    const { x, scale, offset } = inputs;
    if ([x, scale, offset].some((input) => input != null && input.dtype !== "float32")) return "dtype";
    const plan = planBatchNorm(backend, inputs, attrs.activation);
    const xValues = backend.float32(x);
    const y = backend.output(x.shape, "float32");
    const mean = backend.output([plan.channels], "float32");
    const variance = backend.output([plan.channels], "float32");
    if (plan.rows === 0) {
      // The mean of no rows is 0 / 0.
      mean.values.fill(NaN);
      variance.values.fill(NaN);
    } else {
      backend.addon.batchNormTraining(
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
  },
);
