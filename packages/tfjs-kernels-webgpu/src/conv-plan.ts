/** Which convolutions the kernels of this package serve, and the integers that say how they are laid out. */
import { backend_util, type TensorInfo, util } from "@tensorflow/tfjs-core";

export type ConvInfo = backend_util.Conv2DInfo;
export type Channels = Pick<ConvInfo, "inChannels" | "outChannels">;

export interface ConvAttrs {
  readonly strides: [number, number] | number;
  readonly pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  readonly dataFormat: "NHWC" | "NCHW";
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
  /** Gradients exist of convolutions without them alone. */
  readonly dilations?: [number, number] | number;
}

/**
 * What a matrix's rows are multiplied by where they are pictures: tiles are chosen for a batch of so many, so that the last batch
 * of an epoch, a smaller one, takes the programs of the others.
 */
export const USUAL_BATCH = 32;

interface ConvTensors {
  readonly tensors: readonly TensorInfo[];
  readonly xShape: readonly number[];
  readonly filterShape: readonly number[];
}

/** @returns undefined unless it is of float32, NHWC, and each filter takes all channels. */
export function planConv(
  { tensors, xShape, filterShape }: ConvTensors,
  { strides, pad, dataFormat, dimRoundingMode, dilations = 1 }: ConvAttrs,
): ConvInfo | undefined {
  if (dataFormat !== "NHWC" || filterShape[2] !== xShape[3]) return undefined;
  if (tensors.some(({ dtype }) => dtype !== "float32")) return undefined;
  const conv = backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
  );
  const { batchSize, inChannels, outHeight, outWidth, outChannels } = conv;
  return batchSize * inChannels * outHeight * outWidth * outChannels > 0 ? conv : undefined;
}

/** Whether the output's gradient is of the output's shape; `conv2dTranspose` lets its caller name an input that does not fit. */
export function fitsOutput(conv: ConvInfo, dy: TensorInfo): boolean {
  return util.arraysEqual(dy.shape, conv.outShape);
}

/** Whether each pixel of the output is made of the one in its place alone: then pictures are matrices [pixels, channels]. */
export function isPointwise(conv: ConvInfo): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth, inHeight, inWidth, outHeight, outWidth } =
    conv;
  return (
    filterHeight * filterWidth * strideHeight * strideWidth === 1 &&
    conv.padInfo.top === 0 &&
    conv.padInfo.left === 0 &&
    inHeight === outHeight &&
    inWidth === outWidth
  );
}

/** What `pixelsUnderTaps` and `pixelsUnderPlaces` expect: the output's places over the pixels of the input. */
export const PICTURE_UNIFORMS = [
  "gridH",
  "gridW",
  "scaleY",
  "scaleX",
  "shiftY",
  "shiftX",
  "stepY",
  "stepX",
  "tapsY",
  "tapsX",
  "pictureH",
  "pictureW",
  "channels",
] as const;

export function pictureUniforms(conv: ConvInfo): Record<(typeof PICTURE_UNIFORMS)[number], number> {
  return {
    gridH: conv.outHeight,
    gridW: conv.outWidth,
    scaleY: conv.strideHeight,
    scaleX: conv.strideWidth,
    shiftY: -conv.padInfo.top,
    shiftX: -conv.padInfo.left,
    stepY: conv.dilationHeight,
    stepX: conv.dilationWidth,
    tapsY: conv.filterHeight,
    tapsX: conv.filterWidth,
    pictureH: conv.inHeight,
    pictureW: conv.inWidth,
    channels: conv.inChannels,
  };
}
