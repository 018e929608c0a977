/**
 * From tfjs's description of a convolution to the addon's: shapes checked as tfjs checks them, since the ops do
 * it but `engine().runKernel` reaches a kernel without them, and the addon's parameters laid out.
 */
import { backend_util, util } from "@tensorflow/tfjs-core";
import { LINEAR } from "./activation.js";
import { setIntParams } from "./int-params.js";
import type { FallbackReason } from "./kernel-counters.js";
import type { ConvParams } from "./native-addon.js";

export type ConvAttrs = {
  strides: [number, number] | number;
  pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  dataFormat: "NHWC" | "NCHW";
  dilations?: [number, number] | number;
  dimRoundingMode?: "floor" | "round" | "ceil";
};

type ConvShapes = { x: number[]; filter: number[]; opName: string; depthwise?: boolean };

/**
 * The sizes of a convolution of `x` [N, H, W, C] with `filter` [H, W, C, K], or why native code does not do it. A
 * depthwise one has C · K output channels.
 *
 * @throws tfjs's own errors if the shapes do not fit each other.
 */
export function planConv(shapes: ConvShapes, attrs: ConvAttrs): backend_util.Conv2DInfo | FallbackReason {
  const { x, filter, opName, depthwise } = shapes;
  util.assert(
    backend_util.stridesOrDilationsArePositive(attrs.strides) &&
      backend_util.stridesOrDilationsArePositive(attrs.dilations ?? 1),
    () => `Error in ${opName}: Strides and dilations should be larger than 0.`,
  );
  if (attrs.dataFormat === "NCHW") return "data format";
  util.assert(x.length === 4, () => `Error in ${opName}: input must be rank 4, but got rank ${x.length}.`);
  util.assert(
    filter.length === 4,
    () => `Error in ${opName}: filter must be rank 4, but got rank ${filter.length}.`,
  );
  util.assert(
    x[3] === filter[2],
    () => `Error in ${opName}: depth of input (${x[3]}) must match input depth for filter ${filter[2]}.`,
  );
  const info = backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    depthwise,
  );
  util.assert(
    info.outHeight >= 0 && info.outWidth >= 0,
    () =>
      `Error in ${opName}: the filter, ${info.effectiveFilterHeight}×${info.effectiveFilterWidth} with its ` +
      `dilation, must fit into the padded input, which was ${info.inHeight}×${info.inWidth} before padding.`,
  );
  return info.padInfo.top < 0 || info.padInfo.left < 0 ? "negative padding" : info;
}

const params = new Int32Array(16) satisfies ConvParams;

/**
 * The addon's parameters, valid until the next call.
 *
 * @throws if one of them is not a whole number that the addon can count to.
 */
export function convParams(info: backend_util.Conv2DInfo, activation: number = LINEAR): ConvParams {
  const { batchSize, inHeight, inWidth, inChannels, filterHeight, filterWidth, outHeight, outWidth } = info;
  const { outChannels, strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo } = info;
  setIntParams(
    params,
    {
      ...{ batchSize, inHeight, inWidth, inChannels, filterHeight, filterWidth, outHeight, outWidth },
      ...{ outChannels, strideHeight, strideWidth, dilationHeight, dilationWidth },
      ...{ padTop: padInfo.top, padLeft: padInfo.left, activation },
    },
    "convolution",
  );
  return params;
}
