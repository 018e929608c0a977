/** The optimizers' updates of @convkit/ops: one step over one parameter, in one pass. */
import {
  AdamWUpdate,
  type AdamWUpdateAttrs,
  type AdamWUpdateInputs,
  LionUpdate,
  type LionUpdateAttrs,
  type LionUpdateInputs,
  RmsPropUpdate,
  type RmsPropUpdateAttrs,
  type RmsPropUpdateInputs,
  SgdUpdate,
  type SgdUpdateAttrs,
  type SgdUpdateInputs,
} from "@convkit/ops/kernel-names";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { defineKernel } from "../kernel.js";

/** @throws if the tensors do not all have the parameter's shape. */
function haveOneShape(kernelName: string, param: TensorInfo, others: TensorInfo[]): void {
  for (const { shape } of others) util.assertShapesMatch(shape, param.shape, `Error in ${kernelName}: `);
}

export const sgdUpdate = defineKernel<SgdUpdateInputs<TensorInfo>, SgdUpdateAttrs>(
  SgdUpdate,
  ({ inputs: { param, grad, velocity }, attrs, backend }) => {
    if ([param, grad, velocity].some(({ dtype }) => dtype !== "float32")) return "dtype";
    haveOneShape(SgdUpdate, param, [grad, velocity]);
    const values = backend.float32(param);
    const newParam = backend.output(param.shape, "float32");
    const newVelocity = backend.output(param.shape, "float32");
    if (values.length > 0) {
      backend.addon.sgdUpdate(
        values,
        backend.float32(grad),
        backend.float32(velocity),
        newParam.values,
        newVelocity.values,
        attrs.learningRate,
        attrs.momentum,
        attrs.weightDecay,
        attrs.nesterov ? 1 : 0,
        attrs.coupled === true ? 1 : 0,
      );
    }
    return [newParam.info, newVelocity.info];
  },
);

export const adamWUpdate = defineKernel<AdamWUpdateInputs<TensorInfo>, AdamWUpdateAttrs>(
  AdamWUpdate,
  ({ inputs: { param, grad, firstMoment, secondMoment }, attrs, backend }) => {
    const others = [grad, firstMoment, secondMoment];
    if ([param, ...others].some(({ dtype }) => dtype !== "float32")) return "dtype";
    haveOneShape(AdamWUpdate, param, others);
    const values = backend.float32(param);
    const newParam = backend.output(param.shape, "float32");
    const newFirst = backend.output(param.shape, "float32");
    const newSecond = backend.output(param.shape, "float32");
    if (values.length > 0) {
      backend.addon.adamWUpdate(
        values,
        backend.float32(grad),
        backend.float32(firstMoment),
        backend.float32(secondMoment),
        newParam.values,
        newFirst.values,
        newSecond.values,
        attrs.learningRate,
        attrs.beta1,
        attrs.beta2,
        attrs.epsilon,
        attrs.weightDecay,
        attrs.step,
      );
    }
    return [newParam.info, newFirst.info, newSecond.info];
  },
);

export const rmsPropUpdate = defineKernel<RmsPropUpdateInputs<TensorInfo>, RmsPropUpdateAttrs>(
  RmsPropUpdate,
  ({ inputs: { param, grad, meanSquare, velocity }, attrs, backend }) => {
    const others = [grad, meanSquare, velocity];
    if ([param, ...others].some(({ dtype }) => dtype !== "float32")) return "dtype";
    haveOneShape(RmsPropUpdate, param, others);
    const values = backend.float32(param);
    const newParam = backend.output(param.shape, "float32");
    const newMeanSquare = backend.output(param.shape, "float32");
    const newVelocity = backend.output(param.shape, "float32");
    if (values.length > 0) {
      backend.addon.rmsPropUpdate(
        values,
        backend.float32(grad),
        backend.float32(meanSquare),
        backend.float32(velocity),
        newParam.values,
        newMeanSquare.values,
        newVelocity.values,
        attrs.learningRate,
        attrs.smoothing,
        attrs.momentum,
        attrs.epsilon,
        attrs.weightDecay,
      );
    }
    return [newParam.info, newMeanSquare.info, newVelocity.info];
  },
);

export const lionUpdate = defineKernel<LionUpdateInputs<TensorInfo>, LionUpdateAttrs>(
  LionUpdate,
  ({ inputs: { param, grad, average }, attrs, backend }) => {
    if ([param, grad, average].some(({ dtype }) => dtype !== "float32")) return "dtype";
    haveOneShape(LionUpdate, param, [grad, average]);
    const values = backend.float32(param);
    const newParam = backend.output(param.shape, "float32");
    const newAverage = backend.output(param.shape, "float32");
    if (values.length > 0) {
      backend.addon.lionUpdate(
        values,
        backend.float32(grad),
        backend.float32(average),
        newParam.values,
        newAverage.values,
        attrs.learningRate,
        attrs.beta1,
        attrs.beta2,
        attrs.weightDecay,
      );
    }
    return [newParam.info, newAverage.info];
  },
);
