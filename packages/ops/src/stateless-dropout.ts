/**
 * Dropout whose mask is a function of a seed: the same on every backend, and never stored, as the gradient
 * recomputes it. Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html, in the "inverted" form
 * that scales by 1 / (1 − rate) while training, so that inference needs nothing.
 */
import * as tf from "@tensorflow/tfjs";
import { runFusedKernel } from "./fused-kernel.js";
import { StatelessDropout, type StatelessDropoutAttrs } from "./kernel-names.js";

/**
 * Sets each element of `x` to 0 with probability `rate`, and divides the others by `1 − rate`.
 *
 * @param x float32, any shape.
 * @returns the shape of `x`; the caller disposes it.
 * @throws {RangeError} if `rate` is not in [0, 1) or `seed` is no uint32.
 */
export function statelessDropout(x: tf.Tensor, { rate, seed }: StatelessDropoutAttrs): tf.Tensor {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`Expected \`rate\` in [0, 1). Received: ${rate}.`);
  if (seed >>> 0 !== seed) throw new RangeError(`Expected \`seed\` to be a uint32. Received: ${seed}.`);
  const drop = tf.customGrad((input) => ({
    value: applyMask(input as tf.Tensor, { rate, seed }),
    gradFunc: (dy: tf.Tensor) => applyMask(dy, { rate, seed }),
  }));
  return drop(x);
}

function applyMask(x: tf.Tensor, attrs: StatelessDropoutAttrs): tf.Tensor {
  const fused = runFusedKernel(StatelessDropout, { x }, attrs);
  return fused ? (fused[0] as tf.Tensor) : tf.mul(x, tf.tensor(dropoutMask(x.size, attrs), x.shape));
}

/** 0 or 1 / (1 − rate) per element. */
function dropoutMask(size: number, { rate, seed }: StatelessDropoutAttrs): Float32Array {
  const threshold = rate * 2 ** 32;
  const scale = 1 / (1 - rate);
  const mask = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    if (hashIndex(i, seed) >= threshold) mask[i] = scale;
  }
  return mask;
}

/**
 * A uint32 for place `index` of the sequence `seed`: lowbias32 over a Weyl sequence, as `kernel-names` writes it
 * out. Chris Wellons 2018, https://nullprogram.com/blog/2018/07/31/
 */
export function hashIndex(index: number, seed: number): number {
  let h = (Math.imul(index, 0x9e3779b9) + seed) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}
