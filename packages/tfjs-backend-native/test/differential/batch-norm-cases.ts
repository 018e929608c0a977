/** Random batch normalisations: inference, training, and the fused gradient against autodiff of composed ops. */
import {
  BatchNormReluMaxPool,
  BatchNormReluMaxPoolGrad,
  BatchNormTraining,
  type BatchNormTrainingAttrs,
  BatchNormTrainingGrad,
} from "@convkit/ops/kernel-names";
import type { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs-core";
import { between, type Input, normal, oneOf, type OpCase, type OpGenerator, uniform } from "./op-case.js";

function inputShape(rng: Rng): number[] {
  const rank = between(rng, 2, 4);
  const channels = oneOf(rng, [1, 2, 3, 16, 17, 31, 33, 64, 100]);
  return [...Array.from({ length: rank - 1 }, () => between(rng, 1, 7)), channels];
}

function inferenceCase(rng: Rng): OpCase {
  const shape = rng.bernoulli(0.05) ? [0, 3, 3, 2] : inputShape(rng);
  const channels = shape.at(-1) as number;
  const statistics = rng.bernoulli(0.1) ? shape : [channels];
  const [hasScale, hasOffset] = [rng.bernoulli(0.7), rng.bernoulli(0.7)];
  const epsilon = oneOf(rng, [undefined, 1e-3, 1e-5]);
  return {
    description: `x [${shape}] statistics [${statistics}] scale ${hasScale} offset ${hasOffset} epsilon ${epsilon}`,
    inputs: [
      normal(rng, shape),
      normal(rng, statistics),
      uniform(rng, statistics, 0.1, 2),
      normal(rng, statistics),
      normal(rng, statistics),
    ],
    run: ([x, mean, variance, offset, scale]) =>
      tf.batchNorm(
        x as tf.Tensor,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        hasOffset ? (offset as tf.Tensor1D) : undefined,
        hasScale ? (scale as tf.Tensor1D) : undefined,
        epsilon,
      ),
    tolerance: { absolute: 1e-5, relative: 1e-5 },
  };
}

type TrainingCase = {
  x: Input;
  scale: Input;
  offset: Input;
  attrs: BatchNormTrainingAttrs;
  hasScale: boolean;
  hasOffset: boolean;
};

function trainingCase(rng: Rng): TrainingCase & { description: string } {
  const shape = inputShape(rng);
  const channels = shape.at(-1) as number;
  const attrs: BatchNormTrainingAttrs = {
    epsilon: oneOf(rng, [1e-3, 1e-5]),
    activation: oneOf(rng, ["linear", "relu", "gelu"]),
  };
  const [hasScale, hasOffset] = [rng.bernoulli(0.7), rng.bernoulli(0.7)];
  // Away from 0, where a rounding decides which side of the ReLU an element is on.
  const offset = normal(rng, [channels]);
  return {
    x: normal(rng, shape),
    scale: uniform(rng, [channels], 0.5, 1.5),
    offset,
    attrs,
    hasScale,
    hasOffset,
    description: `x [${shape}] scale ${hasScale} offset ${hasOffset} ${JSON.stringify(attrs)}`,
  };
}

type Optional = tf.Tensor | undefined;

function composed(
  x: tf.Tensor,
  scale: Optional,
  offset: Optional,
  attrs: BatchNormTrainingAttrs,
): tf.Tensor[] {
  const axes = x.shape.map((_, axis) => axis).slice(0, -1);
  const mean = tf.mean(x, axes);
  const variance = tf.mean(tf.square(tf.sub(x, mean)), axes);
  const normalised = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, attrs.epsilon)));
  const scaled = scale === undefined ? normalised : tf.mul(normalised, scale);
  const shifted = offset === undefined ? scaled : tf.add(scaled, offset);
  return [activated(shifted, attrs.activation), mean, variance];
}

function activated(x: tf.Tensor, activation: BatchNormTrainingAttrs["activation"]): tf.Tensor {
  if (activation === "gelu") return tf.mul(x, tf.mul(tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1), 0.5));
  return activation === "relu" ? tf.relu(x) : x;
}

function forwardCase(rng: Rng): OpCase {
  const { x, scale, offset, attrs, hasScale, hasOffset, description } = trainingCase(rng);
  const given = (tensors: tf.Tensor[]): [tf.Tensor, Optional, Optional] => [
    tensors[0] as tf.Tensor,
    hasScale ? tensors[1] : undefined,
    hasOffset ? tensors[2] : undefined,
  ];
  return {
    description,
    inputs: [x, scale, offset],
    run: (tensors) => {
      const [xTensor, scaleTensor, offsetTensor] = given(tensors);
      const inputs = { x: xTensor, scale: scaleTensor, offset: offsetTensor } as tf.NamedTensorMap;
      return tf.engine().runKernel<tf.Tensor[]>(BatchNormTraining, inputs, attrs);
    },
    reference: (tensors) => composed(...given(tensors), attrs),
    tolerance: normalised(x),
  };
}

/**
 * Where a channel has few rows its variance may be near 0, and its square root multiplies what was rounded. The
 * normalised value is at most √rows whatever the variance, so an absolute error is what to bound.
 */
function normalised(x: Input): { absolute: number; relative: number } {
  const rows = x.values.length / (x.shape.at(-1) as number);
  return { absolute: 2e-5 * Math.sqrt(rows), relative: 2e-5 };
}

function backwardCase(rng: Rng): OpCase {
  const { x, scale, offset, attrs, hasScale, hasOffset, description } = trainingCase(rng);
  const dy = normal(rng, x.shape);
  // One row has no variance, and tiny ones no conditioning: the gradient is compared from four rows on.
  if (x.values.length / (x.shape.at(-1) as number) < 4) return backwardCase(rng);
  return {
    description: `gradient of ${description}`,
    inputs: [x, scale, offset, dy],
    run: ([xTensor, scaleTensor, offsetTensor, dyTensor]) => {
      const given = {
        x: xTensor,
        scale: hasScale ? scaleTensor : undefined,
        offset: hasOffset ? offsetTensor : undefined,
      };
      const forward = { ...given } as tf.NamedTensorMap;
      const [, mean, variance] = tf.engine().runKernel<tf.Tensor[]>(BatchNormTraining, forward, attrs);
      const backward = { dy: dyTensor, ...given, mean, variance } as tf.NamedTensorMap;
      return tf.engine().runKernel<tf.Tensor[]>(BatchNormTrainingGrad, backward, attrs);
    },
    reference: ([xTensor, scaleTensor, offsetTensor, dyTensor]) => {
      const channels = [x.shape.at(-1) as number];
      const gradients = tf.grads(
        (...[xs, ss, os]: tf.Tensor[]) => composed(xs as tf.Tensor, ss, os, attrs)[0] as tf.Tensor,
      );
      return gradients(
        [
          xTensor as tf.Tensor,
          hasScale ? (scaleTensor as tf.Tensor) : tf.ones(channels),
          hasOffset ? (offsetTensor as tf.Tensor) : tf.zeros(channels),
        ],
        dyTensor,
      );
    },
    tolerance: { absolute: 1e-4 * Math.sqrt(x.values.length), relative: 1e-4 },
  };
}

/** `y` with the statistics, or gradients; against stock ops one after the other. */
function pooledCase(rng: Rng, which: "forward" | "backward"): OpCase {
  const size = () => between(rng, 1, 5);
  const pooled: [number, number, number, number] = [
    size(),
    size(),
    size(),
    oneOf(rng, [1, 2, 3, 16, 17, 31, 33, 64, 100]),
  ];
  const [images, height, width, channels] = pooled;
  const { attrs, hasScale, hasOffset } = trainingCase(rng);
  const { epsilon } = attrs;
  const x = normal(rng, [images, height * 2, width * 2, channels]);
  const relu = { epsilon, activation: "relu" as const };
  const parametersOf = (scale: Optional, offset: Optional) => ({
    ...(hasScale && { scale: scale as tf.Tensor }),
    ...(hasOffset && { offset: offset as tf.Tensor }),
  });
  const stock = (xs: tf.Tensor, scale: Optional, offset: Optional) => {
    const [y, ...statistics] = composed(xs, scale, offset, relu) as [tf.Tensor4D, tf.Tensor, tf.Tensor];
    return [tf.maxPool(y, 2, 2, "valid"), ...statistics];
  };
  const inputs = [x, uniform(rng, [channels], 0.5, 1.5), normal(rng, [channels]), normal(rng, pooled)];
  const description = `${which} of x [${x.shape}] scale ${hasScale} offset ${hasOffset} epsilon ${epsilon}`;
  if (which === "forward") {
    return {
      description,
      inputs,
      run: ([xs, scale, offset]) =>
        tf
          .engine()
          .runKernel<tf.Tensor[]>(
            BatchNormReluMaxPool,
            { x: xs as tf.Tensor, ...parametersOf(scale, offset) },
            { epsilon },
          ),
      reference: ([xs, scale, offset]) =>
        stock(xs as tf.Tensor, hasScale ? scale : undefined, hasOffset ? offset : undefined),
      tolerance: normalised(x),
    };
  }
  return {
    description,
    inputs,
    run: ([xs, scale, offset, dy]) => {
      const given = { x: xs as tf.Tensor, ...parametersOf(scale, offset) };
      const [, mean, variance] = tf
        .engine()
        .runKernel<tf.Tensor[]>(BatchNormReluMaxPool, given, { epsilon }) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const backward = { dy: dy as tf.Tensor, ...given, mean, variance };
      return tf.engine().runKernel<tf.Tensor[]>(BatchNormReluMaxPoolGrad, backward, { epsilon });
    },
    reference: ([xs, scale, offset, dy]) =>
      tf.grads((...[x2, s, o]: tf.Tensor[]) => stock(x2 as tf.Tensor, s, o)[0] as tf.Tensor)(
        [
          xs as tf.Tensor,
          hasScale ? (scale as tf.Tensor) : tf.ones([channels]),
          hasOffset ? (offset as tf.Tensor) : tf.zeros([channels]),
        ],
        dy,
      ),
    tolerance: { absolute: 1e-4 * Math.sqrt(x.values.length), relative: 1e-4 },
  };
}

export const batchNormCases: readonly OpGenerator[] = [
  { name: "batchNorm, inference", kernels: [tf.FusedBatchNorm], cases: 150, generate: inferenceCase },
  { name: "BatchNormTraining", kernels: [BatchNormTraining], cases: 150, generate: forwardCase },
  {
    name: "BatchNormTrainingGrad",
    kernels: [BatchNormTraining, BatchNormTrainingGrad],
    cases: 150,
    generate: backwardCase,
  },
  {
    name: "BatchNormReluMaxPool",
    kernels: [BatchNormReluMaxPool],
    cases: 100,
    generate: (rng) => pooledCase(rng, "forward"),
  },
  {
    name: "BatchNormReluMaxPoolGrad",
    kernels: [BatchNormReluMaxPool, BatchNormReluMaxPoolGrad],
    cases: 100,
    generate: (rng) => pooledCase(rng, "backward"),
  },
];
