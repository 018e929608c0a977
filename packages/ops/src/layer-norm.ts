/**
 * Layer normalisation over the last axis, with its gradient, as one op.
 * Ba, Kiros and Hinton 2016, §3, https://arxiv.org/abs/1607.06450
 *
 * tfjs's own layer repeats mean, variance, scale and offset to the size of its input and keeps all of them for the
 * gradient. Here they stay as small as they are, and the gradient keeps the input, mean and deviation alone.
 */
import * as tf from "@tensorflow/tfjs";

export type LayerNormInputs = {
  /** float32 [..., C] */
  x: tf.Tensor;
  /** [C]; absent means 1. */
  scale?: tf.Tensor;
  /** [C]; absent means 0. */
  offset?: tf.Tensor;
};

/**
 * `scale · (x − mean) / √(variance + epsilon) + offset` with the mean and the biased variance of each row's C values.
 * Differentiable once, in `x`, `scale` and `offset`.
 *
 * @returns [..., C]; the caller disposes it.
 */
export function layerNorm({ x, scale, offset }: LayerNormInputs, epsilon: number): tf.Tensor {
  const parameters = [scale, offset].filter((parameter) => parameter !== undefined);
  const normalize = tf.customGrad((...args) => {
    const save = args.at(-1) as tf.GradSaveFunc;
    const rows = asRows(x);
    const { mean, variance } = tf.moments(rows, 1, true);
    const rsqrt = tf.rsqrt(tf.add(variance, epsilon));
    let y = tf.mul(tf.sub(rows, mean), rsqrt);
    if (scale) y = tf.mul(y, scale);
    if (offset) y = tf.add(y, offset);
    save([x, mean, rsqrt, ...(scale ? [scale] : [])]);

    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [savedX, savedMean, savedRsqrt, savedScale] = saved as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const dyRows = asRows(dy);
      const normalized = tf.mul(tf.sub(asRows(savedX), savedMean), savedRsqrt);
      // With g = scale · dy: dx = (g − mean(g) − x̂ · mean(g · x̂)) / √(variance + epsilon).
      const g = scale ? tf.mul(dyRows, savedScale) : dyRows;
      const slope = tf.mean(tf.mul(g, normalized), 1, true);
      const centred = tf.sub(tf.sub(g, tf.mean(g, 1, true)), tf.mul(normalized, slope));
      return [
        tf.mul(centred, savedRsqrt).reshape(savedX.shape),
        ...(scale ? [tf.sum(tf.mul(dyRows, normalized), 0)] : []),
        ...(offset ? [tf.sum(dyRows, 0)] : []),
      ];
    };
    return { value: y.reshape(x.shape), gradFunc };
  });
  return normalize(x, ...parameters);
}

/** [..., C] → [n, C] */
function asRows(x: tf.Tensor): tf.Tensor2D {
  const channels = x.shape.at(-1) ?? 1;
  return x.reshape([x.size / channels, channels]);
}
