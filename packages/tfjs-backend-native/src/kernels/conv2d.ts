/** Conv2D: y = x ∗ filter, NHWC. */
import { Conv2D, type Conv2DAttrs, type TensorInfo } from "@tensorflow/tfjs-core";
import { convParams, planConv } from "../conv-plan.js";
import { defineKernel } from "../kernel.js";

export const conv2d = defineKernel<{ x: TensorInfo; filter: TensorInfo }, Conv2DAttrs>(
  Conv2D,
  ({ inputs: { x, filter }, attrs, backend }) => {
    if (x.dtype !== "float32" || filter.dtype !== "float32") return "dtype";
    const plan = planConv({ x: x.shape, filter: filter.shape, opName: "conv2d" }, attrs);
    if (typeof plan === "string") return plan;
    const xValues = backend.float32(x);
    const filterValues = backend.float32(filter);
    const outSize = plan.batchSize * plan.outHeight * plan.outWidth * plan.outChannels;
    if (outSize > 0 && (xValues.length === 0 || filterValues.length === 0)) return "empty input";
    const params = convParams(plan);
    const y = backend.output(plan.outShape, "float32");
    if (outSize > 0) backend.addon.conv2d(xValues, filterValues, null, y.values, params, 0);
    return y.info;
  },
);
