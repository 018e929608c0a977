/**
 * Conv2DBackpropFilter: the gradient of Conv2D with respect to its filter. Takes `dilations` on top of tfjs's
 * attributes; tfjs itself has no gradient of dilated convolutions.
 */
import {
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  type TensorInfo,
  util,
} from "@tensorflow/tfjs-core";
import { type ConvAttrs, convParams, planConv } from "../conv-plan.js";
import { defineKernel } from "../kernel.js";

type Attrs = Conv2DBackpropFilterAttrs & Pick<ConvAttrs, "dilations">;

export const conv2dBackpropFilter = defineKernel<{ x: TensorInfo; dy: TensorInfo }, Attrs>(
  Conv2DBackpropFilter,
  ({ inputs: { x, dy }, attrs, backend }) => {
    if (x.dtype !== "float32" || dy.dtype !== "float32") return "dtype";
    const shapes = { x: x.shape, filter: attrs.filterShape, opName: "conv2dDerFilter" };
    const plan = planConv(shapes, attrs);
    if (typeof plan === "string") return plan;
    if (!util.arraysEqual(dy.shape, plan.outShape)) return "inconsistent shapes";
    const xValues = backend.float32(x);
    const dyValues = backend.float32(dy);
    const filterSize = util.sizeFromShape(plan.filterShape);
    if (filterSize > 0 && (xValues.length === 0 || dyValues.length === 0)) return "empty input";
    const params = convParams(plan);
    const dw = backend.output(plan.filterShape, "float32");
    if (filterSize > 0) backend.addon.conv2dBackpropFilter(xValues, dyValues, dw.values, params);
    return dw.info;
  },
);
