/** BatchNormReluMaxPoolGrad of @convkit/ops: backward through 2×2 max pooling, ReLU and batch normalisation. */
import {
  BatchNormReluMaxPoolGrad,
  type BatchNormReluMaxPoolGradAttrs,
  type BatchNormReluMaxPoolGradInputs,
} from "@convkit/ops/kernel-names";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { perChannel, planPooledBatchNorm } from "../batch-norm-plan.js";
import { defineKernel } from "../kernel.js";

export const batchNormReluMaxPoolGrad = defineKernel<
  BatchNormReluMaxPoolGradInputs<TensorInfo>,
  BatchNormReluMaxPoolGradAttrs
>(BatchNormReluMaxPoolGrad, ({ inputs, attrs, backend }) => {
  const { dy, x, mean, variance, scale, offset } = inputs;
  const given = [dy, x, mean, variance, scale, offset].filter((input) => input != null);
  if (given.some(({ dtype }) => dtype !== "float32")) return "dtype";
  const plan = planPooledBatchNorm(backend, inputs);
  util.assertShapesMatch(dy.shape, plan.pooledShape, "Error in BatchNormReluMaxPoolGrad: ");
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
    backend.addon.batchNormReluMaxPoolGrad(
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
