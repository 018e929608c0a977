/**
 * The kernels of this package that a backend may accelerate: their names, and what each takes and gives.
 * Everything is float32, where nothing else is said. A backend registers a kernel under one of these names with `tf.registerKernel`; the
 * ops of this package ask `tf.getKernel` for it and compose stock ops where it is absent.
 *
 * Pure constants and types: a backend imports this without pulling in tfjs. `T` is `tf.TensorInfo` inside a
 * kernel and `tf.Tensor` at the call.
 */

/** What is applied to the output of batch normalisation in the same pass. */
export type BatchNormActivation = "linear" | "relu" | "gelu";

/**
 * Batch statistics and normalisation in one go, over every axis but the last.
 *
 *     mean = Σx / n        variance = Σ(x − mean)² / n        n = size(x) / C
 *     y = activation(scale · (x − mean) · (variance + epsilon)^−½ + offset)
 */
export const BatchNormTraining = "BatchNormTraining";
export type BatchNormTrainingInputs<T> = {
  /** [..., C] */
  x: T;
  /** [C]; absent means 1. */
  scale?: T;
  /** [C]; absent means 0. */
  offset?: T;
};
export type BatchNormTrainingAttrs = {
  epsilon: number;
  activation: BatchNormActivation;
};
/** `variance` is the biased one. */
export type BatchNormTrainingOutputs<T> = [y: T, mean: T, variance: T];

/**
 * The gradient of `BatchNormTraining` with respect to `x`, `scale` and `offset`, the statistics' own dependence
 * on `x` included. With `x̂ = (x − mean) · (variance + epsilon)^−½` and `z = scale · x̂ + offset`, `dy` is first, for "relu",
 * set to 0 wherever `z > 0` does not hold, and for "gelu" multiplied by its slope at `z` (recomputed from `x`; the forward
 * output is not an input):
 *
 *     doffset = Σdy        dscale = Σ(dy · x̂)
 *     dx = scale · (variance + epsilon)^−½ · (dy − doffset / n − x̂ · dscale / n)
 */
export const BatchNormTrainingGrad = "BatchNormTrainingGrad";
export type BatchNormTrainingGradInputs<T> = {
  /** [..., C], as `x`. */
  dy: T;
  x: T;
  /** [C], as `BatchNormTraining` gave it. */
  mean: T;
  /** [C], as `BatchNormTraining` gave it. */
  variance: T;
  scale?: T;
  offset?: T;
};
export type BatchNormTrainingGradAttrs = BatchNormTrainingAttrs;
/** `dscale` and `doffset` are given whether or not `scale` and `offset` were. */
export type BatchNormTrainingGradOutputs<T> = [dx: T, dscale: T, doffset: T];

/**
 * `BatchNormTraining` with a ReLU, and a max pooling of 2×2 windows and stride 2 behind it; statistics are of all of `x`.
 */
export const BatchNormReluMaxPool = "BatchNormReluMaxPool";
export type BatchNormReluMaxPoolInputs<T> = {
  /** [N, H, W, C], H and W even. */
  x: T;
  scale?: T;
  offset?: T;
};
export type BatchNormReluMaxPoolAttrs = { epsilon: number };
/** `y` is [N, H / 2, W / 2, C]. */
export type BatchNormReluMaxPoolOutputs<T> = BatchNormTrainingOutputs<T>;

/**
 * The gradient of `BatchNormReluMaxPool`: of each window the first of its greatest pixels, in row order, gets `dy`, if it
 * passed the ReLU; then as `BatchNormTrainingGrad`.
 */
export const BatchNormReluMaxPoolGrad = "BatchNormReluMaxPoolGrad";
/** `dy` is [N, H / 2, W / 2, C]. */
export type BatchNormReluMaxPoolGradInputs<T> = BatchNormTrainingGradInputs<T>;
export type BatchNormReluMaxPoolGradAttrs = BatchNormReluMaxPoolAttrs;
export type BatchNormReluMaxPoolGradOutputs<T> = BatchNormTrainingGradOutputs<T>;

/**
 * The Gaussian error linear unit: Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415, by the error function itself.
 *
 *     y = x · Φ(x)        Φ(x) = (1 + erf(x / √2)) / 2
 */
export const Gelu = "Gelu";
export type GeluInputs<T> = { x: T };
export type GeluOutputs<T> = T;

/**
 * The gradient of `Gelu`; φ is the density of the standard normal distribution.
 *
 *     dx = dy · (Φ(x) + x · φ(x))        φ(x) = exp(−x² / 2) / √(2π)
 */
export const GeluGrad = "GeluGrad";
export type GeluGradInputs<T> = { dy: T; x: T };
export type GeluGradOutputs<T> = T;

/**
 * One step of stochastic gradient descent with momentum and weight decay, which is decoupled from the momentum or, as
 * an L2 penalty would have it, goes through it.
 *
 *     gradient = coupled ? grad + weightDecay · param : grad
 *     velocity' = momentum · velocity + gradient
 *     update = nesterov ? gradient + momentum · velocity' : velocity'
 *     param' = param − learningRate · (coupled ? update : update + weightDecay · param)
 */
export const SgdUpdate = "SgdUpdate";
export type SgdUpdateInputs<T> = {
  param: T;
  grad: T;
  velocity: T;
};
export type SgdUpdateAttrs = {
  learningRate: number;
  momentum: number;
  nesterov: boolean;
  weightDecay: number;
  /** Absent means false. */
  coupled?: boolean;
};
export type SgdUpdateOutputs<T> = [param: T, velocity: T];

/**
 * One step of AdamW: Loshchilov and Hutter 2019, algorithm 2, https://arxiv.org/abs/1711.05101
 *
 *     firstMoment' = beta1 · firstMoment + (1 − beta1) · grad
 *     secondMoment' = beta2 · secondMoment + (1 − beta2) · grad²
 *     m̂ = firstMoment' / (1 − beta1^step)        v̂ = secondMoment' / (1 − beta2^step)
 *     param' = param − learningRate · (m̂ / (√v̂ + epsilon) + weightDecay · param)
 */
export const AdamWUpdate = "AdamWUpdate";
export type AdamWUpdateInputs<T> = {
  param: T;
  grad: T;
  firstMoment: T;
  secondMoment: T;
};
export type AdamWUpdateAttrs = {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  /** 1 at the first update. */
  step: number;
};
export type AdamWUpdateOutputs<T> = [param: T, firstMoment: T, secondMoment: T];

/**
 * One step of RMSprop with momentum and decoupled weight decay, as PyTorch has it: `epsilon` stands outside the root, and
 * the learning rate outside the momentum.
 *
 *     meanSquare' = smoothing · meanSquare + (1 − smoothing) · grad²
 *     velocity' = momentum · velocity + grad / (√meanSquare' + epsilon)
 *     param' = param − learningRate · (velocity' + weightDecay · param)
 */
export const RmsPropUpdate = "RmsPropUpdate";
export type RmsPropUpdateInputs<T> = {
  param: T;
  grad: T;
  meanSquare: T;
  velocity: T;
};
export type RmsPropUpdateAttrs = {
  learningRate: number;
  smoothing: number;
  momentum: number;
  epsilon: number;
  weightDecay: number;
};
export type RmsPropUpdateOutputs<T> = [param: T, meanSquare: T, velocity: T];

/**
 * One step of Lion: Chen et al. 2023, algorithm 2, https://arxiv.org/abs/2302.06675
 *
 *     update = sign(beta1 · average + (1 − beta1) · grad)
 *     average' = beta2 · average + (1 − beta2) · grad
 *     param' = param − learningRate · (update + weightDecay · param)
 */
export const LionUpdate = "LionUpdate";
export type LionUpdateInputs<T> = {
  param: T;
  grad: T;
  average: T;
};
export type LionUpdateAttrs = {
  learningRate: number;
  beta1: number;
  beta2: number;
  weightDecay: number;
};
export type LionUpdateOutputs<T> = [param: T, average: T];

/**
 * Cross-entropy of rows of logits z with targets t, and its gradient in the logits. Targets need not sum to 1.
 *
 *     loss = −Σ t · log softmax(z) / divisor        dlogits = (softmax(z) · Σt − t) / divisor        Σt of each row
 */
export const SoftmaxCrossEntropy = "SoftmaxCrossEntropy";
export type SoftmaxCrossEntropyInputs<T> = {
  /** [N, C] */
  logits: T;
  /** [N, C] */
  targets: T;
};
export type SoftmaxCrossEntropyAttrs = { divisor: number };
/** `loss` is a scalar. */
export type SoftmaxCrossEntropyOutputs<T> = [loss: T, dlogits: T];

/**
 * A step of a moving average towards a value.
 *
 *     average' = average + (factor · value − average) · share
 */
export const MoveTowards = "MoveTowards";
export type MoveTowardsInputs<T> = {
  average: T;
  value: T;
};
export type MoveTowardsAttrs = {
  /** Of the way, in [0, 1]. */
  share: number;
  /** Absent means 1. */
  factor?: number;
};

/**
 * Steps of many variables at once, in the place of what the variables hold: for backends where a call costs as much as what a
 * small one computes. Of all kernels the only one that changes its inputs, so no other tensor may share their memory. Without
 * outputs.
 */
export const UpdateVariables = "UpdateVariables";
/** What a step changes, in its outputs' order, and what it only reads. */
export const VARIABLE_UPDATES = {
  SgdUpdate: { changed: ["param", "velocity"], read: ["grad"] },
  AdamWUpdate: { changed: ["param", "firstMoment", "secondMoment"], read: ["grad"] },
  RmsPropUpdate: { changed: ["param", "meanSquare", "velocity"], read: ["grad"] },
  LionUpdate: { changed: ["param", "average"], read: ["grad"] },
  MoveTowards: { changed: ["average"], read: ["value"] },
} as const;
export type VariableUpdateName = keyof typeof VARIABLE_UPDATES;
/** Of each step what it changes, then what it reads, in the order of `VARIABLE_UPDATES`; float32. */
export type UpdateVariablesInputs<T> = readonly T[];
export type UpdateVariablesAttrs = {
  update: VariableUpdateName;
  /** Of each step, those of the kernel of that name. */
  steps: readonly Readonly<Record<string, number | boolean>>[];
};

/**
 * Dropout whose mask is a function of `seed` and the element's place alone, so that it is the same on every
 * backend and the backward pass recomputes it instead of keeping it: the gradient is this kernel on `dy`.
 *
 * Element `i` (flat index) is kept, and scaled by 1 / (1 − rate), if and only if `hash(i) ≥ rate · 2³²`. All
 * arithmetic is on uint32; the finaliser is "lowbias32", https://nullprogram.com/blog/2018/07/31/
 *
 *     h = i · 0x9E3779B9 + seed
 *     h ^= h >>> 16;  h *= 0x7feb352d;  h ^= h >>> 15;  h *= 0x846ca68b;  h ^= h >>> 16
 */
export const StatelessDropout = "StatelessDropout";
export type StatelessDropoutInputs<T> = {
  x: T;
};
export type StatelessDropoutAttrs = {
  /** In [0, 1). */
  rate: number;
  /** An integer in [0, 2³²). */
  seed: number;
};
export type StatelessDropoutOutputs<T> = [y: T];

/**
 * The end of a pipeline of pictures, on their way from bytes to the network: moved, looked up, erased and mixed in one pass. Of
 * picture n, row y, column x and channel c, where `rows`, `columns` and `rectangle` are n's parts of `places`:
 *
 *     own(n)    = values[c, 256]                                    y, x within the rectangle
 *               = values[c, bytes[n, rows[y], columns[x], c]]       otherwise; the byte is 0 where rows[y] or columns[x] is −1
 *     image     = own(n)                                            no mix
 *               = weight · own(n) + (1 − weight) · own(n − 1)       mix "MixUp"; the picture before the first is the last
 *               = own(n − 1) within the box, own(n) outside         mix "CutMix"
 */
export const FinishImages = "FinishImages";
export type FinishImagesInputs<T> = {
  /** int32 [⌈N · H · W · C / 4⌉]: uint8 [N, H, W, C] of `bytesShape`, four to an integer, the first in its lowest byte. */
  bytes: T;
  /** int32 [N, height + width + 4] of `shape`: rows, columns, and the rectangle's top, left, height and width. */
  places: T;
  /** float32 [C, 257] */
  values: T;
};
export type FinishImagesAttrs = {
  /** [H, W]. */
  bytesShape: readonly [number, number];
  /** Of the result. */
  shape: readonly [number, number, number, number];
  mix: ImageMix | null;
};
export type ImageMix =
  | { readonly name: "MixUp"; readonly weight: number }
  | {
      readonly name: "CutMix";
      readonly box: {
        readonly top: number;
        readonly left: number;
        readonly height: number;
        readonly width: number;
      };
    };
export type FinishImagesOutputs<T> = [images: T];
