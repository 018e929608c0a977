/** BatchNormReluMaxPool of @convkit/ops: statistics, normalisation, ReLU and 2×2 max pooling in one call. */
import {
  BatchNormReluMaxPool,
  type BatchNormReluMaxPoolAttrs,
  type BatchNormReluMaxPoolInputs,
} from "@convkit/ops/kernel-names";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { areFloat32, planPooledBatchNorm, runForward } from "../batch-norm-plan.js";
import { defineKernel } from "../kernel.js";

export const batchNormReluMaxPool = defineKernel<
  BatchNormReluMaxPoolInputs<TensorInfo>,
  BatchNormReluMaxPoolAttrs
>(BatchNormReluMaxPool, ({ inputs, attrs, backend }) => {
  const { x, scale, offset } = inputs;
  if (!areFloat32([x, scale, offset])) return "dtype";
  const plan = planPooledBatchNorm(backend, inputs);
  const { addon } = backend;
  return runForward(backend, addon.batchNormReluMaxPool, inputs, {
    plan,
    yShape: plan.pooledShape,
    epsilon: attrs.epsilon,
  });
});
