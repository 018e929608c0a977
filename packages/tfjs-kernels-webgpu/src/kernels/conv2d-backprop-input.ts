/**
 * The gradient of a convolution with respect to its input: the output's gradient under the filter's taps, by the filter across.
 * With strides, a pixel of the input meets one tap of `stride` in a row alone, by its phase, and so each phase is a product of
 * its own, with the taps that it meets: V. Dumoulin and F. Visin 2016, §4.6, https://arxiv.org/abs/1603.07285, without the
 * zeros that it inserts.
 */
import { Conv2DBackpropInput, type TensorInfo } from "@tensorflow/tfjs-core";
import {
  type Channels,
  type ConvAttrs,
  fitsOutput,
  isPointwise,
  planConv,
  USUAL_BATCH,
} from "../conv-plan.js";
import type { GemmForm } from "../gemm/gemm-program.js";
import { gemm } from "../gemm/gemm.js";
import { filterAcross, pixelsUnderTaps } from "../gemm/operands.js";
import { plainForm } from "../gemm/plain-form.js";
import { defineKernel } from "../kernel.js";

type Inputs = { dy: TensorInfo; filter: TensorInfo };
type Attrs = ConvAttrs & { inputShape: [number, number, number, number] };

export const conv2DBackpropInput = defineKernel<Inputs, Attrs>(
  Conv2DBackpropInput,
  ({ inputs: { dy, filter }, attrs, backend }) => {
    const { inputShape } = attrs;
    const conv = planConv({ tensors: [dy, filter], xShape: inputShape, filterShape: filter.shape }, attrs);
    if (conv === undefined || !fitsOutput(conv, dy)) return undefined;
    const { strideHeight, strideWidth } = conv;
    // Of the phase that has most.
    const pixels = Math.ceil(conv.inHeight / strideHeight) * Math.ceil(conv.inWidth / strideWidth);
    const taps = Math.ceil(conv.filterHeight / strideHeight) * Math.ceil(conv.filterWidth / strideWidth);
    const sizes = { m: conv.batchSize * pixels, n: conv.inChannels, k: taps * conv.outChannels };
    return gemm(backend, {
      ...sizes,
      form: isPointwise(conv) ? plainForm({ ...sizes, transposeB: true }) : inputGradientForm(conv),
      a: dy,
      b: filter,
      outputShape: inputShape,
      usualM: USUAL_BATCH * pixels,
      phases: strideHeight * strideWidth,
      uniforms: {
        M: sizes.m,
        N: sizes.n,
        K: sizes.k,
        batch: conv.batchSize,
        inputH: conv.inHeight,
        inputW: conv.inWidth,
        pictureH: conv.outHeight,
        pictureW: conv.outWidth,
        channels: conv.outChannels,
        filterH: conv.filterHeight,
        filterW: conv.filterWidth,
        strideY: strideHeight,
        strideX: strideWidth,
        padTop: conv.padInfo.top,
        padLeft: conv.padInfo.left,
      },
    });
  },
);

export function inputGradientForm({ outChannels }: Channels): GemmForm {
  const isVec4 = outChannels % 4 === 0;
  return {
    name: "conv2d-backprop-input",
    a: pixelsUnderTaps(isVec4),
    b: filterAcross(isVec4),
    uniforms: [
      ...["N", "batch", "inputH", "inputW", "pictureH", "pictureW", "channels"],
      ...["filterH", "filterW", "strideY", "strideX", "padTop", "padLeft"],
    ],
    // Pixel y meets tap phaseY + t · strideY of place (y + padTop − phaseY) / strideY − t; the phase's first pixel is firstY.
    define: `
  let split = z / (strideY * strideX);
  let phaseY = z % (strideY * strideX) / strideX;
  let phaseX = z % strideX;
  let firstY = ((phaseY - padTop) % strideY + strideY) % strideY;
  let firstX = ((phaseX - padLeft) % strideX + strideX) % strideX;
  let gridH = (inputH - firstY + strideY - 1) / strideY;
  let gridW = (inputW - firstX + strideX - 1) / strideX;
  let tapsY = (filterH - phaseY + strideY - 1) / strideY;
  let tapsX = (filterW - phaseX + strideX - 1) / strideX;
  let M = batch * gridH * gridW;
  let K = tapsY * tapsX * channels;
  let shiftY = (firstY + padTop - phaseY) / strideY;
  let shiftX = (firstX + padLeft - phaseX) / strideX;
  let scaleY = 1; let scaleX = 1; let stepY = -1; let stepX = -1;`,
    outputRow:
      "(m / (gridH * gridW) * inputH + firstY + m / gridW % gridH * strideY) * inputW + firstX + m % gridW * strideX",
  };
}
