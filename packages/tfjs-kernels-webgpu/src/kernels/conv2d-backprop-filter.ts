/**
 * The gradient of a convolution with respect to its filter: pixels under the output's places, across, by the output's gradient.
 * The sums are as long as the batch has places and the sums themselves are few, so that many workgroups share each.
 */
import { Conv2DBackpropFilter, type TensorInfo } from "@tensorflow/tfjs-core";
import {
  type ConvAttrs,
  type Channels,
  isPointwise,
  PICTURE_UNIFORMS,
  pictureUniforms,
  fitsOutput,
  planConv,
} from "../conv-plan.js";
import type { GemmForm } from "../gemm/gemm-program.js";
import { gemm } from "../gemm/gemm.js";
import { acrossK, pixelsUnderPlaces } from "../gemm/operands.js";
import { plainForm } from "../gemm/plain-form.js";
import { defineKernel } from "../kernel.js";

type Inputs = { x: TensorInfo; dy: TensorInfo };
type Attrs = ConvAttrs & { filterShape: [number, number, number, number] };

export const conv2DBackpropFilter = defineKernel<Inputs, Attrs>(
  Conv2DBackpropFilter,
  ({ inputs: { x, dy }, attrs, backend }) => {
    const { filterShape } = attrs;
    const conv = planConv({ tensors: [x, dy], xShape: x.shape, filterShape }, attrs);
    if (conv === undefined || !fitsOutput(conv, dy)) return undefined;
    const sizes = {
      m: conv.filterHeight * conv.filterWidth * conv.inChannels,
      n: conv.outChannels,
      k: conv.batchSize * conv.outHeight * conv.outWidth,
    };
    return gemm(backend, {
      ...sizes,
      form: isPointwise(conv) ? plainForm({ ...sizes, transposeA: true }) : filterGradientForm(conv),
      a: x,
      b: dy,
      outputShape: filterShape,
      usualM: sizes.m,
      uniforms: { ...pictureUniforms(conv), batch: conv.batchSize, M: sizes.m, N: sizes.n, K: sizes.k },
    });
  },
);

export function filterGradientForm({ inChannels, outChannels }: Channels): GemmForm {
  return {
    name: "conv2d-backprop-filter",
    a: pixelsUnderPlaces(inChannels % 4 === 0),
    b: acrossK("b", outChannels % 4 === 0),
    uniforms: ["M", "N", "K", "batch", ...PICTURE_UNIFORMS],
    define: "let split = z;",
    outputRow: "m",
  };
}
