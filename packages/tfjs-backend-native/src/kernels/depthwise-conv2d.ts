/** DepthwiseConv2dNative and FusedDepthwiseConv2D: one filter [H, W, M] per input channel, NHWC. */
import {
  DepthwiseConv2dNative,
  type DepthwiseConv2dNativeAttrs,
  FusedDepthwiseConv2D,
  type FusedDepthwiseConv2DAttrs,
  type FusedDepthwiseConv2DInputs,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import type { NativeBackend } from "../backend.js";
import { convParams, planConv } from "../conv-plan.js";
import { type EpilogueAttrs, type EpilogueInputs, planEpilogue } from "../epilogue.js";
import { defineKernel, type KernelResult } from "../kernel.js";

type Inputs = { x: TensorInfo; filter: TensorInfo } & EpilogueInputs;

function runDepthwise(
  backend: NativeBackend,
  inputs: Inputs,
  attrs: DepthwiseConv2dNativeAttrs & EpilogueAttrs,
): KernelResult {
  const { x, filter } = inputs;
  if (x.dtype !== "float32" || filter.dtype !== "float32") return "dtype";
  const shapes = { x: x.shape, filter: filter.shape, opName: "depthwiseConv2d", depthwise: true };
  const plan = planConv(shapes, attrs);
  if (typeof plan === "string") return plan;
  const xValues = backend.float32(x);
  const filterValues = backend.float32(filter);
  const outSize = plan.batchSize * plan.outHeight * plan.outWidth * plan.outChannels;
  if (outSize > 0 && (xValues.length === 0 || filterValues.length === 0)) return "empty input";
  const { bias, activation, alpha, finish } = planEpilogue(backend, inputs, attrs, plan.outChannels);
  const y = backend.output(plan.outShape, "float32");
  if (outSize === 0) return y.info;
  const params = convParams(plan, activation);
  backend.addon.depthwiseConv2d(xValues, filterValues, bias, y.values, params, alpha);
  return finish(y.info);
}

export const depthwiseConv2d = defineKernel<Inputs, DepthwiseConv2dNativeAttrs>(
  DepthwiseConv2dNative,
  ({ inputs: { x, filter }, attrs, backend }) => runDepthwise(backend, { x, filter }, attrs),
);

export const fusedDepthwiseConv2d = defineKernel<FusedDepthwiseConv2DInputs, FusedDepthwiseConv2DAttrs>(
  FusedDepthwiseConv2D,
  ({ inputs, attrs, backend }) => runDepthwise(backend, inputs, attrs),
);
