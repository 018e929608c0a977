/** BatchNormTrainingGrad of @convkit/ops: the whole backward pass of batch normalisation and its ReLU. */
import {
  BatchNormTrainingGrad,
  type BatchNormTrainingGradAttrs,
  type BatchNormTrainingGradInputs,
} from "@convkit/ops/kernel-names";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { areFloat32, planBatchNorm, runBackward } from "../batch-norm-plan.js";
import { defineKernel } from "../kernel.js";

export const batchNormTrainingGrad = defineKernel<
  BatchNormTrainingGradInputs<TensorInfo>,
  BatchNormTrainingGradAttrs
>(BatchNormTrainingGrad, ({ inputs, attrs, backend }) => {
  const { dy, x, mean, variance, scale, offset } = inputs;
  if (!areFloat32([dy, x, mean, variance, scale, offset])) return "dtype";
  util.assertShapesMatch(dy.shape, x.shape, "Error in BatchNormTrainingGrad: ");
  const plan = planBatchNorm(backend, inputs, attrs.activation);
  return runBackward(backend, backend.addon.batchNormTrainingGrad, inputs, { plan, epsilon: attrs.epsilon });
});
