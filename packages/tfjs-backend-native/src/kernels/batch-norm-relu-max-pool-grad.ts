/** BatchNormReluMaxPoolGrad of @convkit/ops: backward through 2×2 max pooling, ReLU and batch normalisation. */
import {
  BatchNormReluMaxPoolGrad,
  type BatchNormReluMaxPoolGradAttrs,
  type BatchNormReluMaxPoolGradInputs,
} from "@convkit/ops/kernel-names";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { areFloat32, planPooledBatchNorm, runBackward } from "../batch-norm-plan.js";
import { defineKernel } from "../kernel.js";

export const batchNormReluMaxPoolGrad = defineKernel<
  BatchNormReluMaxPoolGradInputs<TensorInfo>,
  BatchNormReluMaxPoolGradAttrs
>(BatchNormReluMaxPoolGrad, ({ inputs, attrs, backend }) => {
  const { dy, x, mean, variance, scale, offset } = inputs;
  if (!areFloat32([dy, x, mean, variance, scale, offset])) return "dtype";
  const plan = planPooledBatchNorm(backend, inputs);
  util.assertShapesMatch(dy.shape, plan.pooledShape, "Error in BatchNormReluMaxPoolGrad: ");
  return runBackward(backend, backend.addon.batchNormReluMaxPoolGrad, inputs, {
    plan,
    epsilon: attrs.epsilon,
  });
});
