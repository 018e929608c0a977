/**
 * Keeps gradients from exploding, as Keras's `clipvalue`, `clipnorm` and `global_clipnorm` do.
 * Pascanu et al. 2013, "On the difficulty of training recurrent neural networks", §3.2, https://arxiv.org/abs/1211.5063
 */
import type { GradientClippingSpec } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";

/**
 * value: each number into [−limit, limit]. norm: each weight's gradient g · min(1, limit / ‖g‖). global-norm: all
 * gradients by one factor, min(1, limit / √Σ‖g‖²).
 *
 * @param gradients by weight name; left as they are.
 * @returns new tensors that the caller disposes.
 */
export function clipGradients(
  gradients: ReadonlyMap<string, tf.Tensor>,
  { name: method, limit }: GradientClippingSpec,
): Map<string, tf.Tensor> {
  const entries = [...gradients];
  if (entries.length === 0) return new Map();
  const clipped = tf.tidy(() => {
    switch (method) {
      case "value":
        return entries.map(([, gradient]) => tf.clipByValue(gradient, -limit, limit));
      case "norm":
        return entries.map(([, gradient]) => tf.mul(gradient, factorOf(squaredNorm(gradient), limit)));
      case "global-norm": {
        const squares = entries.map(([, gradient]) => squaredNorm(gradient));
        const factor = factorOf(tf.addN(squares), limit);
        return entries.map(([, gradient]) => tf.mul(gradient, factor));
      }
      default:
        throw new TypeError(`Expected a way of clipping. Received: ${String(method satisfies never)}.`);
    }
  });
  return new Map(entries.map(([name], i) => [name, clipped[i]!]));
}

function squaredNorm(gradient: tf.Tensor): tf.Tensor {
  return tf.sum(tf.square(gradient));
}

/** 1 where the norm is within the limit, so that such gradients stay as they are, bit for bit. */
function factorOf(squaredNorm: tf.Tensor, limit: number): tf.Tensor {
  return tf.div(limit, tf.maximum(tf.sqrt(squaredNorm), limit));
}
