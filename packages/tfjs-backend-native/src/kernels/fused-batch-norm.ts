/**
 * FusedBatchNorm, the inference formula: y = (x − mean) · scale / √(variance + epsilon) + offset. The statistics
 * are mostly one value per channel; whatever their shape, tfjs repeats them over the flat `x`.
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
    const statistics = [mean, variance, scale, offset].filter((statistic) => statistic != null);
    for (const statistic of statistics) {
      util.assert(
        statistic.shape.length === mean.shape.length,
        () => "Batch normalization requires mean, variance, scale and offset to have equal ranks.",
      );
    }
    if ([x, ...statistics].some(({ dtype }) => dtype !== "float32")) return "dtype";
    const period = util.sizeFromShape(mean.shape);
    const size = util.sizeFromShape(x.shape);
    if (size > 0 && (period === 0 || size % period !== 0)) return "inconsistent shapes";
    if (statistics.some(({ shape }) => util.sizeFromShape(shape) !== period)) return "inconsistent shapes";
    const xValues = backend.float32(x);
    const y = backend.output(x.shape, "float32");
    if (size === 0) return y.info;
    params[0] = size / period;
    params[1] = period;
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
