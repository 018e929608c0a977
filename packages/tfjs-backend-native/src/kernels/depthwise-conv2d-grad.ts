/**
 * DepthwiseConv2dNativeBackpropInput and -Filter. With dilations they give the true gradient; the copied kernels
 * ignore them, and tfjs's own gradient refuses to call either.
 */
import {
  DepthwiseConv2dNativeBackpropFilter,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInput,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type TensorInfo,
  util,
} from "@tensorflow/tfjs-core";
import { type ConvAttrs, convParams, planConv } from "../conv-plan.js";
import { defineKernel } from "../kernel.js";

const dataFormat: ConvAttrs["dataFormat"] = "NHWC";

export const depthwiseConv2dBackpropInput = defineKernel<
  { dy: TensorInfo; filter: TensorInfo },
  DepthwiseConv2dNativeBackpropInputAttrs
>(DepthwiseConv2dNativeBackpropInput, ({ inputs: { dy, filter }, attrs, backend }) => {
  if (dy.dtype !== "float32" || filter.dtype !== "float32") return "dtype";
  const shapes = {
    x: attrs.inputShape,
    filter: filter.shape,
    opName: "depthwiseConv2dDerInput",
    depthwise: true,
  };
  const plan = planConv(shapes, { ...attrs, dataFormat });
  if (typeof plan === "string") return plan;
  if (!util.arraysEqual(dy.shape, plan.outShape)) return "inconsistent shapes";
  const dyValues = backend.float32(dy);
  const filterValues = backend.float32(filter);
  const inSize = util.sizeFromShape(plan.inShape);
  if (inSize > 0 && (dyValues.length === 0 || filterValues.length === 0)) return "empty input";
  const dx = backend.output(plan.inShape, "float32");
  if (inSize > 0) {
    backend.addon.depthwiseConv2dBackpropInput(dyValues, filterValues, dx.values, convParams(plan));
  }
  return dx.info;
});

export const depthwiseConv2dBackpropFilter = defineKernel<
  { x: TensorInfo; dy: TensorInfo },
  DepthwiseConv2dNativeBackpropFilterAttrs
>(DepthwiseConv2dNativeBackpropFilter, ({ inputs: { x, dy }, attrs, backend }) => {
  if (x.dtype !== "float32" || dy.dtype !== "float32") return "dtype";
  const shapes = {
    x: x.shape,
    filter: attrs.filterShape,
    opName: "depthwiseConv2dDerFilter",
    depthwise: true,
  };
  const plan = planConv(shapes, { ...attrs, dataFormat });
  if (typeof plan === "string") return plan;
  if (!util.arraysEqual(dy.shape, plan.outShape)) return "inconsistent shapes";
  const xValues = backend.float32(x);
  const dyValues = backend.float32(dy);
  const filterSize = util.sizeFromShape(plan.filterShape);
  if (filterSize > 0 && (xValues.length === 0 || dyValues.length === 0)) return "empty input";
  const dw = backend.output(plan.filterShape, "float32");
  if (filterSize > 0) {
    backend.addon.depthwiseConv2dBackpropFilter(xValues, dyValues, dw.values, convParams(plan));
  }
  return dw.info;
});
