/** Random depthwise convolutions, their fused forms and their gradients. */
import type { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs-core";
import { normal, oneOf, type OpCase, type OpGenerator, sumOfProducts } from "./op-case.js";
import { activations, convCase, type Sizes, small, terms } from "./random-convolution.js";

/** The last number of the filter is how many outputs each channel has. */
const narrow: Sizes = { ...small, filters: 3 };
const wide: Sizes = { channels: 70, filters: 2, side: 17, zeros: false };

function depthwiseCase(rng: Rng, sizes: Sizes): OpCase {
  const conv = convCase(rng, sizes);
  const { x, filter, strides, dilations, pad, dimRoundingMode, description } = conv;
  const dilated = dilations.some((dilation) => dilation > 1);
  return {
    description: `depthwise ${description}`,
    inputs: [x, filter],
    run: ([xTensor, filterTensor]) =>
      tf.depthwiseConv2d(
        xTensor as tf.Tensor4D,
        filterTensor as tf.Tensor4D,
        strides,
        pad,
        "NHWC",
        dilations,
        dimRoundingMode,
      ),
    tolerance: sumOfProducts(25),
    // tfjs has no gradient of dilated convolutions.
    ...(!dilated && { gradientTolerance: sumOfProducts(terms(conv).backward) }),
  };
}

function fusedDepthwiseCase(rng: Rng): OpCase {
  const conv = convCase(rng, narrow);
  const { x, filter, strides, dilations, pad, dimRoundingMode, description } = conv;
  // Its type, unlike the op, knows no explicit padding.
  const padding = pad as number;
  const activation = oneOf(rng, activations);
  const outC = (filter.shape[2] as number) * (filter.shape[3] as number);
  const bias = normal(rng, [outC]);
  const prelu = normal(rng, [outC]);
  const leakyreluAlpha = rng.uniform();
  const differentiable = activation === "linear" && dilations.every((dilation) => dilation === 1);
  return {
    description: `fused depthwise ${description} activation ${activation}`,
    inputs: [x, filter, bias, ...(activation === "prelu" ? [prelu] : [])],
    run: ([xTensor, filterTensor, biasTensor, preluActivationWeights]) =>
      tf.fused.depthwiseConv2d({
        x: xTensor as tf.Tensor4D,
        filter: filterTensor as tf.Tensor4D,
        strides,
        pad: padding,
        dilations,
        dimRoundingMode,
        bias: biasTensor,
        activation,
        leakyreluAlpha,
        ...(activation === "prelu" && { preluActivationWeights }),
      }),
    tolerance: sumOfProducts(25),
    ...(differentiable && { gradientTolerance: sumOfProducts(terms(conv).backward) }),
  };
}

const { DepthwiseConv2dNative, DepthwiseConv2dNativeBackpropInput, DepthwiseConv2dNativeBackpropFilter } = tf;

export const depthwiseCases: readonly OpGenerator[] = [
  {
    name: "depthwise conv2d and its gradients",
    kernels: [DepthwiseConv2dNative, DepthwiseConv2dNativeBackpropInput, DepthwiseConv2dNativeBackpropFilter],
    fallbacks: ["empty input"],
    cases: 200,
    generate: (rng) => depthwiseCase(rng, narrow),
  },
  {
    name: "depthwise conv2d of many channels",
    kernels: [DepthwiseConv2dNative, DepthwiseConv2dNativeBackpropInput, DepthwiseConv2dNativeBackpropFilter],
    cases: 20,
    generate: (rng) => depthwiseCase(rng, wide),
  },
  {
    name: "fused depthwise conv2d",
    kernels: [tf.FusedDepthwiseConv2D],
    fallbacks: ["empty input"],
    cases: 150,
    generate: fusedDepthwiseCase,
  },
];
