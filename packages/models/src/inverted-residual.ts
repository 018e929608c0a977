/**
 * The block of the mobile networks: a 1×1 convolution widens, a depthwise one filters, another 1×1 narrows, and the
 * narrow ends are what is added. Sandler et al. 2018, §3.3, https://arxiv.org/abs/1801.04381
 * Squeeze-and-excitation weighs the wide channels by a small network on their means: Hu et al. 2017, §3,
 * https://arxiv.org/abs/1709.01507
 */
import * as tf from "@tensorflow/tfjs";
import { connect, type NamedLayers } from "./named-layers.js";

export type MobileActivation = "relu" | "relu6" | "swish" | "hard-swish";

export type SqueezeExcite = {
  /** Of the hidden layer. */
  filters: number;
  activation: "relu" | "swish";
  gate: "sigmoid" | "hard-sigmoid";
};

export type InvertedResidualOptions = {
  /** Channels in the middle; there is no widening where they are the input's. */
  expanded: number;
  filters: number;
  kernelSize: number;
  strides: number;
  activation: MobileActivation;
  squeezeExcite?: SqueezeExcite;
  /** Rate of stochastic depth; only a block that adds its input has it. */
  dropPath?: number;
};

/** [N, H, W, C] → [N, ⌈H/strides⌉, ⌈W/strides⌉, filters]; padded as PyTorch pads. */
export function invertedResidual(
  layers: NamedLayers,
  name: string,
  { x, options }: { x: tf.SymbolicTensor; options: InvertedResidualOptions },
): tf.SymbolicTensor {
  const { expanded, filters, kernelSize, strides, activation, squeezeExcite, dropPath = 0 } = options;
  const channels = x.shape.at(-1) as number;
  const initializer = "he-fan-out";

  let y = x;
  if (expanded !== channels) {
    y = layers.conv(`${name}-expand-conv`, y, { filters: expanded, kernelSize: 1, initializer });
    y = normAndActivate(layers, `${name}-expand`, { x: y, activation });
  }
  const padding = strides > 1 ? Math.floor(kernelSize / 2) : "same";
  y = layers.depthwiseConv(`${name}-depthwise-conv`, y, { kernelSize, strides, padding, initializer });
  y = normAndActivate(layers, `${name}-depthwise`, { x: y, activation });
  if (squeezeExcite) y = exciteChannels(layers, `${name}-se`, { x: y, options: squeezeExcite });
  y = layers.conv(`${name}-project-conv`, y, { filters, kernelSize: 1, initializer });
  y = layers.batchNorm(`${name}-project-norm`, y);
  if (strides > 1 || filters !== channels) return y;
  if (dropPath > 0) y = layers.dropPath(`${name}-drop`, y, dropPath);
  return layers.add(`${name}-add`, [y, x]);
}

/** `name`-norm, `name`-act. */
export function normAndActivate(
  layers: NamedLayers,
  name: string,
  { x, activation }: { x: tf.SymbolicTensor; activation: MobileActivation },
): tf.SymbolicTensor {
  const normalized = layers.batchNorm(`${name}-norm`, x);
  if (activation === "hard-swish") return layers.hardSwish(`${name}-act`, normalized);
  return layers.activation(`${name}-act`, normalized, activation);
}

/** [N, H, W, C] → the same shape, each channel of each picture times a factor between 0 and 1. */
function exciteChannels(
  layers: NamedLayers,
  name: string,
  { x, options }: { x: tf.SymbolicTensor; options: SqueezeExcite },
): tf.SymbolicTensor {
  const { filters, activation, gate } = options;
  const channels = x.shape.at(-1) as number;
  const args = { kernelSize: 1, useBias: true, initializer: "he-fan-out" } as const;
  const means = layers.globalAveragePool(`${name}-pool`, x);
  let y = connect(tf.layers.reshape({ name: `${name}-reshape`, targetShape: [1, 1, channels] }), means);
  y = layers.conv(`${name}-reduce`, y, { filters, ...args });
  y = layers.activation(`${name}-act`, y, activation);
  y = layers.conv(`${name}-expand`, y, { filters: channels, ...args });
  const factors =
    gate === "sigmoid"
      ? layers.activation(`${name}-gate`, y, "sigmoid")
      : layers.hardSigmoid(`${name}-gate`, y);
  return connect(tf.layers.multiply({ name: `${name}-scale` }), [x, factors]);
}
