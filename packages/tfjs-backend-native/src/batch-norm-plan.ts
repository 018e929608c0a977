/** What batch normalisation in training and its gradient have in common: checked shapes, laid-out parameters, the calls. */
import type { BatchNormActivation } from "@convkit/ops/kernel-names";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { NativeBackend } from "./backend.js";
import type { BatchNormParams, NativeAddon } from "./native-addon.js";
import { NORM_ACTIVATION } from "./op-codes.js";

export type BatchNormPlan = {
  channels: number;
  /** Pixels: elements of `x` over channels. */
  rows: number;
  /** One value per channel, or null where the caller gave none. */
  scale: Float32Array | null;
  offset: Float32Array | null;
  params: BatchNormParams;
};

type BatchNormInputs = { x: TensorInfo; scale?: TensorInfo; offset?: TensorInfo };

const params = new Int32Array(3);

/** @throws if `scale` or `offset` is not [C]. `params` is valid until the next call. */
export function planBatchNorm(
  backend: NativeBackend,
  { x, scale, offset }: BatchNormInputs,
  activation: BatchNormActivation,
): BatchNormPlan {
  const channels = x.shape.at(-1) ?? 1;
  const rows = channels === 0 ? 0 : util.sizeFromShape(x.shape) / channels;
  params[0] = rows;
  params[1] = channels;
  params[2] = NORM_ACTIVATION[activation];
  return {
    channels,
    rows,
    scale: scale == null ? null : perChannel(backend, scale, channels),
    offset: offset == null ? null : perChannel(backend, offset, channels),
    params,
  };
}

export type PooledBatchNormPlan = BatchNormPlan & { pooledShape: [number, number, number, number] };

/**
 * `rows` are rows of windows, of all images.
 * @throws if `x` is not [N, H, W, C] with H and W even, or `scale` or `offset` not [C]. `params` is valid until the next call.
 */
export function planPooledBatchNorm(
  backend: NativeBackend,
  { x, scale, offset }: BatchNormInputs,
): PooledBatchNormPlan {
  const [images = 0, height = 1, width = 1, channels = 0] = x.shape;
  util.assert(
    x.shape.length === 4 && height % 2 === 0 && width % 2 === 0,
    () => `Expected a tensor [N, H, W, C] of even height and width. Received: [${x.shape}].`,
  );
  const pooledShape: PooledBatchNormPlan["pooledShape"] = [images, height / 2, width / 2, channels];
  const isEmpty = util.sizeFromShape(x.shape) === 0;
  params[0] = (images * height) / 2;
  params[1] = width / 2;
  params[2] = channels;
  return {
    channels,
    rows: isEmpty ? 0 : params[0],
    scale: scale == null ? null : perChannel(backend, scale, channels),
    offset: offset == null ? null : perChannel(backend, offset, channels),
    params,
    pooledShape,
  };
}

/** @throws if the tensor is not [channels]. */
function perChannel(backend: NativeBackend, info: TensorInfo, channels: number): Float32Array {
  util.assert(
    info.shape.length === 1 && info.shape[0] === channels,
    () => `Expected one value per channel, shape [${channels}]. Received: [${info.shape}].`,
  );
  return backend.float32(info);
}

type BackwardInputs = BatchNormInputs & { dy: TensorInfo; mean: TensorInfo; variance: TensorInfo };

/** Whether a kernel of float32 can take them; the absent ones are no matter. */
export function areFloat32(inputs: readonly (TensorInfo | undefined)[]): boolean {
  return inputs.every((input) => input == null || input.dtype === "float32");
}

/** @returns y [yShape], the mean and the biased variance. */
export function runForward(
  backend: NativeBackend,
  kernel: NativeAddon["batchNormTraining"],
  { x }: BatchNormInputs,
  { plan, yShape, epsilon }: { plan: BatchNormPlan; yShape: number[]; epsilon: number },
): TensorInfo[] {
  const xValues = backend.float32(x);
  const y = backend.output(yShape, "float32");
  const mean = backend.output([plan.channels], "float32");
  const variance = backend.output([plan.channels], "float32");
  if (plan.rows === 0) {
    // The mean of no rows is 0 / 0.
    mean.values.fill(NaN);
    variance.values.fill(NaN);
  } else {
    const { scale, offset, params } = plan;
    kernel(xValues, scale, offset, y.values, mean.values, variance.values, params, epsilon);
  }
  return [y.info, mean.info, variance.info];
}

/** @returns dx, dscale and doffset. */
export function runBackward(
  backend: NativeBackend,
  kernel: NativeAddon["batchNormTrainingGrad"],
  { dy, x, mean, variance }: BackwardInputs,
  { plan, epsilon }: { plan: BatchNormPlan; epsilon: number },
): TensorInfo[] {
  const { channels, rows, scale, offset, params } = plan;
  const dyValues = backend.float32(dy);
  const xValues = backend.float32(x);
  const meanValues = perChannel(backend, mean, channels);
  const varianceValues = perChannel(backend, variance, channels);
  const dx = backend.output(x.shape, "float32");
  const dscale = backend.output([channels], "float32");
  const doffset = backend.output([channels], "float32");
  if (rows === 0) {
    dscale.values.fill(0);
    doffset.values.fill(0);
  } else {
    const statistics = [meanValues, varianceValues] as const;
    const gradients = [dx.values, dscale.values, doffset.values] as const;
    kernel(dyValues, xValues, ...statistics, scale, offset, ...gradients, params, epsilon);
  }
  return [dx.info, dscale.info, doffset.info];
}
