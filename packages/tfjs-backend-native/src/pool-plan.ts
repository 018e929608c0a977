/** From tfjs's description of a pooling to the addon's parameters, checked. */
import { backend_util, util } from "@tensorflow/tfjs-core";
import { setIntParams } from "./int-params.js";
import type { PoolParams } from "./native-addon.js";

export type PoolAttrs = {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  dimRoundingMode?: "floor" | "round" | "ceil";
};

/**
 * The sizes of a pooling of `x` [N, H, W, C].
 *
 * @throws tfjs's own errors if they do not fit each other.
 */
export function planPool(
  x: number[],
  { filterSize, strides, pad, dimRoundingMode }: PoolAttrs,
): backend_util.Conv2DInfo {
  util.assert(x.length === 4, () => `Error in pool: x must be rank 4 but got rank ${x.length}.`);
  util.assert(
    backend_util.stridesOrDilationsArePositive(strides),
    () => `Error in pool: strides must be larger than 0, but got ${strides}.`,
  );
  const shape = x as [number, number, number, number];
  const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  util.assert(
    info.outHeight >= 0 && info.outWidth >= 0,
    () =>
      `Error in pool: the window, ${info.filterHeight}×${info.filterWidth}, must fit into the padded input, ` +
      `which was ${info.inHeight}×${info.inWidth} before padding.`,
  );
  return info;
}

/** Whether the pooling leaves everything as it is. */
export function isIdentity(info: backend_util.Conv2DInfo): boolean {
  return info.filterHeight === 1 && info.filterWidth === 1 && util.arraysEqual(info.inShape, info.outShape);
}

const params = new Int32Array(12) satisfies PoolParams;

/**
 * The addon's parameters, valid until the next call.
 *
 * @throws if one of them is not a whole number that the addon can count to.
 */
export function poolParams(info: backend_util.Conv2DInfo): PoolParams {
  const { batchSize, inHeight, inWidth, inChannels, filterHeight, filterWidth, outHeight, outWidth } = info;
  const { strideHeight, strideWidth, padInfo } = info;
  setIntParams(
    params,
    {
      ...{ batchSize, inHeight, inWidth, inChannels, filterHeight, filterWidth, outHeight, outWidth },
      ...{ strideHeight, strideWidth, padTop: padInfo.top, padLeft: padInfo.left },
    },
    "pooling",
  );
  return params;
}
