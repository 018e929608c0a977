/** FusedConv2D: y = activation(x ∗ filter + bias), NHWC. */
import { FusedConv2D, type FusedConv2DAttrs, type FusedConv2DInputs } from "@tensorflow/tfjs-core";
import { convParams, planConv } from "../conv-plan.js";
import { planEpilogue } from "../epilogue.js";
import { defineKernel } from "../kernel.js";

export const fusedConv2d = defineKernel<FusedConv2DInputs, FusedConv2DAttrs>(
  FusedConv2D,
  ({ inputs, attrs, backend }) => {
    const { x, filter } = inputs;
    if (x.dtype !== "float32" || filter.dtype !== "float32") return "dtype";
    const plan = planConv({ x: x.shape, filter: filter.shape, opName: "fused conv2d" }, attrs);
    if (typeof plan === "string") return plan;
    const xValues = backend.float32(x);
    const filterValues = backend.float32(filter);
    const outSize = plan.batchSize * plan.outHeight * plan.outWidth * plan.outChannels;
    if (outSize > 0 && (xValues.length === 0 || filterValues.length === 0)) return "empty input";
    const { bias, activation, alpha, finish } = planEpilogue(backend, inputs, attrs, plan.outChannels);
    const params = convParams(plan, activation);
    const y = backend.output(plan.outShape, "float32");
    if (outSize === 0) return y.info;
    backend.addon.conv2d(xValues, filterValues, bias, y.values, params, alpha);
    return finish(y.info);
  },
);
