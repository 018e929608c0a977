/** Random convolutions, their fused forms and their gradients. */
import type { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs-core";
import { between, normal, oneOf, type OpCase, type OpGenerator, sumOfProducts } from "./op-case.js";
import {
  activations,
  convCase,
  type ConvCase,
  large,
  small,
  terms,
  winogradCase,
} from "./random-convolution.js";
import { convInputGradient, convFilterGradient, type ConvGeometry } from "./reference-convolution.js";

function conv2dCase(conv: ConvCase, differentiable: boolean): OpCase {
  const { x, filter, strides, dilations, pad, dimRoundingMode, description } = conv;
  const dilated = dilations.some((dilation) => dilation > 1);
  return {
    description,
    inputs: [x, filter],
    run: ([xTensor, filterTensor]) =>
      tf.conv2d(
        xTensor as tf.Tensor4D,
        filterTensor as tf.Tensor4D,
        strides,
        pad,
        "NHWC",
        dilations,
        dimRoundingMode,
      ),
    tolerance: sumOfProducts(terms(conv).forward),
    ...(differentiable && !dilated && { gradientTolerance: sumOfProducts(terms(conv).backward) }),
  };
}

function fusedConv2dCase(rng: Rng): OpCase {
  const conv = convCase(rng, small);
  const { strides, dilations, pad, dimRoundingMode } = conv;
  const activation = oneOf(rng, activations);
  const outC = conv.filter.shape[3] as number;
  const bias = normal(rng, oneOf(rng, [[outC], [1], []]));
  const prelu = normal(rng, [outC]);
  const leakyreluAlpha = rng.uniform();
  // With another activation tfjs composes the op of others while it records gradients.
  const differentiable = activation === "linear" && dilations.every((dilation) => dilation === 1);
  return {
    description: `${conv.description} activation ${activation} bias [${bias.shape}]`,
    inputs: [conv.x, conv.filter, bias, ...(activation === "prelu" ? [prelu] : [])],
    run: ([x, filter, biasTensor, preluActivationWeights]) =>
      tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        strides,
        pad,
        dilations,
        dimRoundingMode,
        bias: biasTensor,
        activation,
        leakyreluAlpha,
        ...(activation === "prelu" && { preluActivationWeights: preluActivationWeights }),
      }),
    tolerance: sumOfProducts(terms(conv).forward),
    ...(differentiable && { gradientTolerance: sumOfProducts(terms(conv).backward) }),
  };
}

/** The gradient kernels called directly, dilations included, against plain loops in float64. */
function gradientKernelCase(rng: Rng, conv: ConvCase): OpCase {
  const { x, filter, strides, dilations, pad, dimRoundingMode, description } = conv;
  const xShape = x.shape as [number, number, number, number];
  const filterShape = filter.shape as [number, number, number, number];
  const geometry = tf.backend_util.computeConv2DInfo(
    xShape,
    filterShape,
    strides,
    dilations,
    pad,
    dimRoundingMode,
  ) satisfies ConvGeometry;
  const dy = normal(rng, geometry.outShape);
  const attrs = { strides, pad, dilations, dataFormat: "NHWC", ...(dimRoundingMode && { dimRoundingMode }) };
  return {
    description: `gradients of ${description}`,
    inputs: [x, filter, dy],
    run: ([xTensor, filterTensor, dyTensor]) => [
      tf
        .engine()
        .runKernel<tf.Tensor>(
          tf.Conv2DBackpropInput,
          { dy: dyTensor as tf.Tensor, filter: filterTensor as tf.Tensor },
          { ...attrs, inputShape: xShape },
        ),
      tf
        .engine()
        .runKernel<tf.Tensor>(
          tf.Conv2DBackpropFilter,
          { x: xTensor as tf.Tensor, dy: dyTensor as tf.Tensor },
          { ...attrs, filterShape },
        ),
    ],
    reference: () => [
      tf.tensor(convInputGradient(geometry, dy.values, filter.values), xShape),
      tf.tensor(convFilterGradient(geometry, x.values, dy.values), filterShape),
    ],
    tolerance: sumOfProducts(terms(conv).backward),
  };
}

function transposedCase(rng: Rng): OpCase {
  const [channels, filters] = [between(rng, 1, 6), between(rng, 1, 6)];
  const filterSize = between(rng, 1, 4);
  const strides = between(rng, 1, 3);
  const pad = oneOf(rng, ["same", "valid"] as const);
  const [height, width] = [between(rng, 1, 7), between(rng, 1, 7)];
  const reach = pad === "same" ? [0, 0] : [filterSize - 1, filterSize - 1];
  const outShape: [number, number, number, number] = [
    between(rng, 1, 2),
    (height - 1) * strides + 1 + (reach[0] as number),
    (width - 1) * strides + 1 + (reach[1] as number),
    filters,
  ];
  const x = normal(rng, [outShape[0], height, width, channels]);
  const filter = normal(rng, [filterSize, filterSize, filters, channels]);
  const tolerance = sumOfProducts(filterSize * filterSize * channels);
  return {
    description: `transposed x [${x.shape}] filter [${filter.shape}] out [${outShape}] strides ${strides} pad ${pad}`,
    inputs: [x, filter],
    run: ([xTensor, filterTensor]) =>
      tf.conv2dTranspose(xTensor as tf.Tensor4D, filterTensor as tf.Tensor4D, outShape, strides, pad),
    tolerance,
    gradientTolerance: sumOfProducts(
      outShape[1] * outShape[2] * outShape[0] + filterSize * filterSize * filters,
    ),
  };
}

const { Conv2D, FusedConv2D, Conv2DBackpropInput, Conv2DBackpropFilter } = tf;

export const convolutionCases: readonly OpGenerator[] = [
  {
    name: "conv2d and its gradients",
    kernels: [Conv2D, Conv2DBackpropInput, Conv2DBackpropFilter],
    fallbacks: ["empty input"],
    cases: 450,
    generate: (rng) => conv2dCase(convCase(rng, small), true),
  },
  {
    name: "conv2d past one register tile",
    kernels: [Conv2D],
    cases: 15,
    generate: (rng) => conv2dCase(convCase(rng, large), false),
  },
  {
    name: "conv2d by Winograd",
    kernels: [Conv2D],
    cases: 15,
    generate: (rng) => conv2dCase(winogradCase(rng), false),
  },
  {
    name: "conv2d gradient kernels by Winograd",
    kernels: [Conv2DBackpropInput, Conv2DBackpropFilter],
    cases: 15,
    generate: (rng) => gradientKernelCase(rng, winogradCase(rng)),
  },
  {
    name: "fused conv2d",
    kernels: [FusedConv2D],
    fallbacks: ["empty input"],
    cases: 300,
    generate: fusedConv2dCase,
  },
  {
    name: "conv2d gradient kernels with dilations",
    kernels: [Conv2DBackpropInput, Conv2DBackpropFilter],
    cases: 200,
    generate: (rng) => gradientKernelCase(rng, convCase(rng, { ...small, zeros: false })),
  },
  {
    name: "conv2d gradient kernels past one register tile",
    kernels: [Conv2DBackpropInput, Conv2DBackpropFilter],
    cases: 15,
    generate: (rng) => gradientKernelCase(rng, convCase(rng, large)),
  },
  {
    name: "transposed conv2d and its gradients",
    kernels: [Conv2D, Conv2DBackpropInput, Conv2DBackpropFilter],
    cases: 120,
    generate: transposedCase,
  },
];
