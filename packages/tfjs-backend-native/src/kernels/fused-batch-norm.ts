/**
 * FusedBatchNorm, the inference formula: y = (x − mean) · scale / √(variance + epsilon) + offset with one value
 * per channel. tfjs also allows a whole tensor of each; that goes to the copied kernel.
 */
import { FusedBatchNorm, type FusedBatchNormAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { defineKernel } from "../kernel.js";

type Inputs = {
  x: TensorInfo;
  mean: TensorInfo;
  variance: TensorInfo;
  scale?: TensorInfo;
  offset?: TensorInfo;
};

const DEFAULT_EPSILON = 0.001;
const params = new Int32Array(3);

export const fusedBatchNorm = defineKernel<Inputs, FusedBatchNormAttrs>(
  FusedBatchNorm,
  ({ inputs, attrs, backend }) => {
    const { x, mean, variance, scale, offset } = inputs;
    const perChannel = [mean, variance, scale, offset].filter((statistic) => statistic != null);
    for (const statistic of perChannel) {
      util.assert(
        statistic.shape.length === mean.shape.length,
        () => "Batch normalization requires mean, variance, scale and offset to have equal ranks.",
      );
    }
    if ([x, ...perChannel].some(({ dtype }) => dtype !== "float32")) return "dtype";
    const channels = x.shape.at(-1) ?? 1;
    if (perChannel.some(({ shape }) => util.sizeFromShape(shape) !== channels || shape.at(-1) !== channels)) {
      return "per-element statistics";
    }
    const xValues = backend.float32(x);
    const y = backend.output(x.shape, "float32");
    if (xValues.length === 0) return y.info;
    params[0] = xValues.length / channels;
    params[1] = channels;
    backend.addon.fusedBatchNorm(
      xValues,
      backend.float32(mean),
      backend.float32(variance),
      scale == null ? null : backend.float32(scale),
      offset == null ? null : backend.float32(offset),
      y.values,
      params,
      attrs.varianceEpsilon ?? DEFAULT_EPSILON,
    );
    return y.info;
  },
);
