/**
 * Batch normalisation by the batch's own statistics, with its gradient, as one op.
 * Ioffe and Szegedy 2015, §3 and algorithm 1, https://arxiv.org/abs/1502.03167
 *
 * tfjs composes it of some twenty elementwise ops, forward and backward, each a pass over the activations. Here
 * it is one node on the gradient tape: two fused kernels where the backend has them, elsewhere ops that compute
 * the same without leaving intermediates on the tape.
 */
import * as tf from "@tensorflow/tfjs";
import { hasFusedKernel, runFusedKernel } from "./fused-kernel.js";
import { gelu, geluGrad } from "./gelu.js";
import {
  BatchNormReluMaxPool,
  BatchNormReluMaxPoolGrad,
  BatchNormTraining,
  BatchNormTrainingGrad,
  type BatchNormActivation,
  type BatchNormReluMaxPoolAttrs,
  type BatchNormReluMaxPoolInputs,
  type BatchNormTrainingAttrs,
  type BatchNormTrainingGradInputs,
  type BatchNormTrainingGradOutputs,
  type BatchNormTrainingInputs,
  type BatchNormTrainingOutputs,
} from "./kernel-names.js";

/** Both are [C]; `variance` is the biased one. They live until the callback returns. */
export type OnBatchStatistics = (mean: tf.Tensor1D, variance: tf.Tensor1D) => void;

/**
 * `activation(scale · (x − mean) / √(variance + epsilon) + offset)` with the mean and variance of this batch over
 * every axis but the last. Differentiable once, in `x`, `scale` and `offset`.
 *
 * @param inputs `x` float32 [..., C]; `scale` and `offset` [C], each optional.
 * @param onStatistics is handed the batch's statistics, off the gradient tape; `customGrad` can return one
 *   tensor only, so this is how they get out.
 * @returns [..., C]; the caller disposes it.
 */
export function batchNormTraining(
  inputs: BatchNormTrainingInputs<tf.Tensor>,
  attrs: BatchNormTrainingAttrs,
  onStatistics?: OnBatchStatistics,
): tf.Tensor {
  return normalize(
    inputs,
    { forward: (given) => forward(given, attrs), backward: (given) => backward(given, attrs) },
    onStatistics,
  );
}

/**
 * `batchNormTraining` with a ReLU, then max pooling of 2×2 windows and stride 2: where the backend has a kernel for it,
 * nothing between them is written.
 *
 * @param inputs `x` float32 [N, H, W, C], H and W even; `scale` and `offset` [C], each optional.
 * @returns [N, H / 2, W / 2, C]; the caller disposes it.
 */
export function batchNormReluMaxPool(
  inputs: BatchNormReluMaxPoolInputs<tf.Tensor>,
  attrs: BatchNormReluMaxPoolAttrs,
  onStatistics?: OnBatchStatistics,
): tf.Tensor {
  if (!hasFusedKernel(BatchNormReluMaxPool, inputs)) {
    return tf.tidy(() => {
      const activated = batchNormTraining(inputs, { ...attrs, activation: "relu" }, onStatistics);
      return tf.maxPool(activated as tf.Tensor4D, 2, 2, "valid");
    });
  }
  const run = (name: string, given: Record<string, tf.Tensor>) =>
    runFusedKernel(name, given, attrs) as BatchNormTrainingOutputs<tf.Tensor>;
  return normalize(
    inputs,
    {
      forward: (given) => run(BatchNormReluMaxPool, given),
      backward: (given) => run(BatchNormReluMaxPoolGrad, given),
    },
    onStatistics,
  );
}

interface Directions {
  readonly forward: (inputs: BatchNormTrainingInputs<tf.Tensor>) => BatchNormTrainingOutputs<tf.Tensor>;
  readonly backward: (
    inputs: BatchNormTrainingGradInputs<tf.Tensor>,
  ) => BatchNormTrainingGradOutputs<tf.Tensor>;
}

/** One node on the gradient tape. */
function normalize(
  { x, scale, offset }: BatchNormTrainingInputs<tf.Tensor>,
  { forward, backward }: Directions,
  onStatistics: OnBatchStatistics | undefined,
): tf.Tensor {
  const parameters = { ...(scale && { scale }), ...(offset && { offset }) };
  const node = tf.customGrad((...args) => {
    const save = args.at(-1) as tf.GradSaveFunc;
    const [value, mean, variance] = forward({ x, ...parameters });
    onStatistics?.(mean as tf.Tensor1D, variance as tf.Tensor1D);
    save([x, mean, variance, ...Object.values(parameters)]);

    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [savedX, savedMean, savedVariance, ...rest] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const savedParameters = Object.fromEntries(Object.keys(parameters).map((key, i) => [key, rest[i]]));
      const [dx, dscale, doffset] = backward({
        dy,
        x: savedX,
        mean: savedMean,
        variance: savedVariance,
        ...savedParameters,
      });
      return [dx, ...(scale ? [dscale] : []), ...(offset ? [doffset] : [])];
    };
    return { value, gradFunc };
  });
  return node(x, ...Object.values(parameters));
}

function forward(
  inputs: BatchNormTrainingInputs<tf.Tensor>,
  attrs: BatchNormTrainingAttrs,
): BatchNormTrainingOutputs<tf.Tensor> {
  const fused = runFusedKernel(BatchNormTraining, inputs, attrs);
  if (fused) return fused as BatchNormTrainingOutputs<tf.Tensor>;

  const x = asRows(inputs.x);
  const { mean, variance } = tf.moments(x, 0);
  const y = tf.batchNorm2d(
    x,
    mean as tf.Tensor1D,
    variance as tf.Tensor1D,
    inputs.offset as tf.Tensor1D | undefined,
    inputs.scale as tf.Tensor1D | undefined,
    attrs.epsilon,
  );
  return [activate(y, attrs.activation).reshape(inputs.x.shape), mean, variance];
}

function backward(
  inputs: BatchNormTrainingGradInputs<tf.Tensor>,
  attrs: BatchNormTrainingAttrs,
): BatchNormTrainingGradOutputs<tf.Tensor> {
  const fused = runFusedKernel(BatchNormTrainingGrad, inputs, attrs);
  if (fused) return fused as BatchNormTrainingGradOutputs<tf.Tensor>;

  const { mean, variance, scale = tf.scalar(1), offset = tf.scalar(0) } = inputs;
  const x = asRows(inputs.x);
  const rsqrt = tf.rsqrt(tf.add(variance, attrs.epsilon));
  const normalized = tf.mul(tf.sub(x, mean), rsqrt);
  const activated = tf.add(tf.mul(normalized, scale), offset);
  const dy = activationGrad(asRows(inputs.dy), activated, attrs.activation);

  const dscale = tf.sum(tf.mul(dy, normalized), 0);
  const doffset = tf.sum(dy, 0);
  const count = x.shape[0];
  const centred = dy.sub(doffset.div(count)).sub(tf.mul(normalized, dscale.div(count)));
  return [tf.mul(centred, tf.mul(scale, rsqrt)).reshape(inputs.x.shape), dscale, doffset];
}

function activate(x: tf.Tensor, activation: BatchNormActivation): tf.Tensor {
  switch (activation) {
    case "linear":
      return x;
    case "relu":
      return tf.relu(x);
    case "gelu":
      return gelu(x);
    default:
      throw new TypeError(`Expected an activation. Received: ${String(activation satisfies never)}.`);
  }
}

/** @param x what the activation was given. */
function activationGrad(dy: tf.Tensor, x: tf.Tensor, activation: BatchNormActivation): tf.Tensor {
  switch (activation) {
    case "linear":
      return dy;
    case "relu":
      return tf.mul(dy, tf.step(x));
    case "gelu":
      return geluGrad(dy, x);
    default:
      throw new TypeError(`Expected an activation. Received: ${String(activation satisfies never)}.`);
  }
}

/** [..., C] → [n, C] */
function asRows(x: tf.Tensor): tf.Tensor2D {
  const channels = x.shape.at(-1) ?? 1;
  return x.reshape([x.size / channels, channels]);
}
