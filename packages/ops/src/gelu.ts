/**
 * The Gaussian error linear unit as one op. Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415; by the error
 * function, as PyTorch's default, Keras's `gelu(approximate=False)` and tfjs's layers have it.
 *
 * tfjs composes it of five elementwise ops and its gradient of a dozen, each a pass over the activations.
 */
import * as tf from "@tensorflow/tfjs";
import { runFusedKernel } from "./fused-kernel.js";
import { Gelu, GeluGrad } from "./kernel-names.js";

/** x · Φ(x), float32 of any shape. Differentiable once. The caller disposes it. */
export function gelu<T extends tf.Tensor>(x: T): T {
  const differentiable = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    save([input]);
    return {
      value: runFusedKernel(Gelu, { x: input })?.[0] ?? tf.mul(input, normalDistribution(input)),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => geluGrad(dy, saved[0]!),
    };
  });
  return tf.tidy(() => differentiable(x)) as T;
}

/** dy · (Φ(x) + x · φ(x)); the caller disposes it. */
export function geluGrad(dy: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const fused = runFusedKernel(GeluGrad, { dy, x });
  if (fused) return fused[0]!;
  return tf.tidy(() => {
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return tf.mul(dy, tf.add(normalDistribution(x), tf.mul(x, density)));
  });
}

/** Φ(x) */
function normalDistribution(x: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(tf.erf(tf.mul(x, Math.SQRT1_2)), 0.5), 0.5);
}
