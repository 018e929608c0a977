/**
 * Conv2DBackpropInput: the gradient of Conv2D with respect to its input, and the transposed convolution. Takes
 * `dilations` on top of tfjs's attributes; tfjs itself has no gradient of dilated convolutions.
 */
import {
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  type TensorInfo,
  util,
} from "@tensorflow/tfjs-core";
import { type ConvAttrs, convParams, planConv } from "../conv-plan.js";
import { defineKernel } from "../kernel.js";

type Attrs = Conv2DBackpropInputAttrs & Pick<ConvAttrs, "dilations">;

export const conv2dBackpropInput = defineKernel<{ dy: TensorInfo; filter: TensorInfo }, Attrs>(
  Conv2DBackpropInput,
  ({ inputs: { dy, filter }, attrs, backend }) => {
    if (dy.dtype !== "float32" || filter.dtype !== "float32") return "dtype";
    const shapes = { x: attrs.inputShape, filter: filter.shape, opName: "conv2dDerInput" };
    const plan = planConv(shapes, attrs);
    if (typeof plan === "string") return plan;
    if (!util.arraysEqual(dy.shape, plan.outShape)) return "inconsistent shapes";
    const dyValues = backend.float32(dy);
    const filterValues = backend.float32(filter);
    const inSize = util.sizeFromShape(plan.inShape);
    if (inSize > 0 && (dyValues.length === 0 || filterValues.length === 0)) return "empty input";
    const params = convParams(plan);
    const dx = backend.output(plan.inShape, "float32");
    if (inSize > 0) backend.addon.conv2dBackpropInput(dyValues, filterValues, dx.values, params);
    return dx.info;
  },
);
