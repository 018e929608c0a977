/** What batch normalisation in training and its gradient have in common: checked shapes, laid-out parameters. */
import type { BatchNormActivation } from "@convkit/ops/kernel-names";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { NativeBackend } from "./backend.js";
import type { BatchNormParams } from "./native-addon.js";
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
export function perChannel(backend: NativeBackend, info: TensorInfo, channels: number): Float32Array {
  util.assert(
    info.shape.length === 1 && info.shape[0] === channels,
    () => `Expected one value per channel, shape [${channels}]. Received: [${info.shape}].`,
  );
  return backend.float32(info);
}
