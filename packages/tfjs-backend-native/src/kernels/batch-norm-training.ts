/** BatchNormTraining of @convkit/ops: batch statistics, normalisation and activation in one call. */
import {
  BatchNormTraining,
  type BatchNormTrainingAttrs,
  type BatchNormTrainingInputs,
} from "@convkit/ops/kernel-names";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { areFloat32, planBatchNorm, runForward } from "../batch-norm-plan.js";
import { defineKernel } from "../kernel.js";

export const batchNormTraining = defineKernel<BatchNormTrainingInputs<TensorInfo>, BatchNormTrainingAttrs>(
  BatchNormTraining,
  ({ inputs, attrs, backend }) => {
    const { x, scale, offset } = inputs;
    if (!areFloat32([x, scale, offset])) return "dtype";
    const plan = planBatchNorm(backend, inputs, attrs.activation);
    const { addon } = backend;
    return runForward(backend, addon.batchNormTraining, inputs, {
      plan,
      yShape: x.shape,
      epsilon: attrs.epsilon,
    });
  },
);
