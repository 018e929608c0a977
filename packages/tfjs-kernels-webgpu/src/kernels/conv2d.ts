/** Convolutions as products of matrices: pixels under the filter's taps, which are not laid out in memory, by the filter. */
import { Conv2D, FusedConv2D, type TensorInfo } from "@tensorflow/tfjs-core";
import type { WebgpuBackend } from "../backend.js";
import {
  type ConvAttrs,
  type Channels,
  type ConvInfo,
  isPointwise,
  PICTURE_UNIFORMS,
  pictureUniforms,
  planConv,
  USUAL_BATCH,
} from "../conv-plan.js";
import { type GemmForm } from "../gemm/gemm-program.js";
import { gemm } from "../gemm/gemm.js";
import { acrossK, pixelsUnderTaps } from "../gemm/operands.js";
import { plainForm } from "../gemm/plain-form.js";
import { defineKernel } from "../kernel.js";

interface ConvInputs {
  x: TensorInfo;
  filter: TensorInfo;
}

interface FusedConvInputs extends ConvInputs {
  bias?: TensorInfo;
  preluActivationWeights?: TensorInfo;
}

export const conv2D = defineKernel<ConvInputs, ConvAttrs>(Conv2D, ({ inputs, attrs, backend }) =>
  convolve(backend, inputs, attrs, {}),
);

export const fusedConv2D = defineKernel<FusedConvInputs, ConvAttrs & { activation: string }>(
  FusedConv2D,
  ({ inputs: { bias, preluActivationWeights, ...inputs }, attrs, backend }) => {
    const { activation } = attrs;
    if (preluActivationWeights || (activation !== "linear" && activation !== "relu")) return undefined;
    return convolve(backend, inputs, attrs, { bias, isRelu: activation === "relu" });
  },
);

function convolve(
  backend: WebgpuBackend,
  { x, filter }: ConvInputs,
  attrs: ConvAttrs,
  { bias, isRelu = false }: { bias?: TensorInfo | undefined; isRelu?: boolean },
): TensorInfo | undefined {
  const tensors = [x, filter, ...(bias ? [bias] : [])];
  const conv = planConv({ tensors, xShape: x.shape, filterShape: filter.shape }, attrs);
  if (conv === undefined || (bias && !isPerChannel(bias, conv))) return undefined;
  const pixels = conv.outHeight * conv.outWidth;
  const sizes = {
    m: conv.batchSize * pixels,
    n: conv.outChannels,
    k: conv.filterHeight * conv.filterWidth * conv.inChannels,
  };
  return gemm(backend, {
    ...sizes,
    form: isPointwise(conv) ? plainForm(sizes) : convForm(conv),
    a: x,
    b: filter,
    bias,
    isRelu,
    outputShape: conv.outShape,
    usualM: USUAL_BATCH * pixels,
    uniforms: { ...pictureUniforms(conv), M: sizes.m, N: sizes.n, K: sizes.k },
  });
}

function isPerChannel({ shape }: TensorInfo, { outChannels }: ConvInfo): boolean {
  return shape.at(-1) === outChannels && shape.slice(0, -1).every((size) => size === 1);
}

export function convForm({ inChannels, outChannels }: Channels): GemmForm {
  return {
    name: "conv2d",
    a: pixelsUnderTaps(inChannels % 4 === 0),
    b: acrossK("b", outChannels % 4 === 0),
    uniforms: ["M", "N", "K", ...PICTURE_UNIFORMS],
    define: "let split = z;",
    outputRow: "m",
  };
}
