/**
 * What follows the product in a fused convolution or matrix product: bias, then activation. The addon does both
 * in the same pass when there is one bias per output channel and it knows the activation; the rest is done by
 * the kernels of these ops, one after the other.
 */
import {
  Add,
  type backend_util,
  Elu,
  getKernel,
  LeakyRelu,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  Prelu,
  Relu,
  Relu6,
  Sigmoid,
  type TensorInfo,
  util,
} from "@tensorflow/tfjs-core";
import { activationCode, LINEAR } from "./activation.js";
import type { NativeBackend } from "./backend.js";
import { BACKEND_NAME } from "./kernel.js";

export type EpilogueInputs = { bias?: TensorInfo; preluActivationWeights?: TensorInfo };
export type EpilogueAttrs = { activation?: backend_util.Activation; leakyreluAlpha?: number };

export type Epilogue = {
  /** For the addon: one element per output channel, or none. */
  bias: Float32Array | null;
  /** For the addon. */
  activation: number;
  /** For the addon. */
  alpha: number;
  /** Applies what the addon did not; consumes its argument. */
  finish: (result: TensorInfo) => TensorInfo;
};

const DEFAULT_LEAKY_ALPHA = 0.2;

export function planEpilogue(
  backend: NativeBackend,
  { bias, preluActivationWeights }: EpilogueInputs,
  { activation = "linear", leakyreluAlpha: alpha = DEFAULT_LEAKY_ALPHA }: EpilogueAttrs,
  channels: number,
): Epilogue {
  util.assert(
    activation !== "prelu" || preluActivationWeights != null,
    () => "Error in fused op: the activation prelu needs preluActivationWeights.",
  );
  const channelBias = bias == null ? null : perChannel(backend, bias, channels);
  const code = channelBias === undefined ? undefined : activationCode(activation);
  const finish = (result: TensorInfo): TensorInfo => {
    let current = result;
    if (bias != null && channelBias === undefined) {
      current = replace(backend, current, { kernelName: Add, inputs: { a: current, b: bias } });
    }
    if (code !== undefined || activation === "linear") return current;
    return replace(backend, current, activationStep(current, activation, { alpha, preluActivationWeights }));
  };
  return { bias: channelBias ?? null, activation: code ?? LINEAR, alpha, finish };
}

/** The bias as `channels` elements, or undefined if it differs from row to row. */
function perChannel(backend: NativeBackend, bias: TensorInfo, channels: number): Float32Array | undefined {
  if (bias.dtype !== "float32") return undefined;
  const size = util.sizeFromShape(bias.shape);
  const last = bias.shape.at(-1) ?? 1;
  if (size === 1) return new Float32Array(channels).fill(backend.float32(bias)[0] as number);
  return size === channels && last === channels ? backend.float32(bias) : undefined;
}

type ActivationOptions = { alpha: number; preluActivationWeights: TensorInfo | undefined };

/** The kernel that applies an activation by itself. */
function activationStep(
  x: TensorInfo,
  activation: Exclude<backend_util.Activation, "linear">,
  { alpha, preluActivationWeights }: ActivationOptions,
): KernelStep {
  switch (activation) {
    case "relu":
      return { kernelName: Relu, inputs: { x } };
    case "relu6":
      return { kernelName: Relu6, inputs: { x } };
    case "elu":
      return { kernelName: Elu, inputs: { x } };
    case "sigmoid":
      return { kernelName: Sigmoid, inputs: { x } };
    case "leakyrelu":
      return { kernelName: LeakyRelu, inputs: { x }, attrs: { alpha } };
    case "prelu":
      return { kernelName: Prelu, inputs: { x, alpha: preluActivationWeights } };
    default:
      throw new Error(
        `Activation ${activation satisfies never} has not been implemented for the native backend.`,
      );
  }
}

type KernelStep = { kernelName: string; inputs: NamedTensorInfoMap; attrs?: NamedAttrMap };

/** Runs another kernel of this backend on `consumed` and disposes of it. */
function replace(
  backend: NativeBackend,
  consumed: TensorInfo,
  { kernelName, inputs, attrs = {} }: KernelStep,
): TensorInfo {
  const result = getKernel(kernelName, BACKEND_NAME).kernelFunc({ inputs, attrs, backend }) as TensorInfo;
  backend.disposeIntermediateTensorInfo(consumed);
  return result;
}
