/** BatchNormTrainingGrad of @convkit/ops: the whole backward pass of batch normalisation and its ReLU. */
import {
  BatchNormTrainingGrad,
  type BatchNormTrainingGradAttrs,
  type BatchNormTrainingGradInputs,
} from "@convkit/ops/kernel-names";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { perChannel, planBatchNorm } from "../batch-norm-plan.js";
import { defineKernel } from "../kernel.js";

export const batchNormTrainingGrad = defineKernel<
  BatchNormTrainingGradInputs<TensorInfo>,
  BatchNormTrainingGradAttrs
>(BatchNormTrainingGrad, ({ inputs, attrs, backend }) => {
  const { dy, x, mean, variance, scale, offset } = inputs;
  const given = [dy, x, mean, variance, scale, offset].filter((input) => input != null);
  if (given.some(({ dtype }) => dtype !== "float32")) return "dtype";
  util.assertShapesMatch(dy.shape, x.shape, "Error in BatchNormTrainingGrad: ");
  const plan = planBatchNorm(backend, inputs, attrs.activation);
  const dyValues = backend.float32(dy);
  const xValues = backend.float32(x);
  const meanValues = perChannel(backend, mean, plan.channels);
  const varianceValues = perChannel(backend, variance, plan.channels);
  const dx = backend.output(x.shape, "float32");
  const dscale = backend.output([plan.channels], "float32");
  const doffset = backend.output([plan.channels], "float32");
  if (plan.rows === 0) {
    dscale.values.fill(0);
    doffset.values.fill(0);
  } else {
    backend.addon.batchNormTrainingGrad(
      dyValues,
      xValues,
      meanValues,
      varianceValues,
      plan.scale,
      plan.offset,
      dx.values,
      dscale.values,
      doffset.values,
      plan.params,
      attrs.epsilon,
    );
  }
  return [dx.info, dscale.info, doffset.info];
});
