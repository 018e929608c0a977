/**
 * Pictures changed against a network, each value by no more than ε (L∞), along the gradient of the loss with respect to the
 * input: the fast gradient sign method (Goodfellow et al. 2015, § 4, https://arxiv.org/abs/1412.6572) and projected gradient descent
 * (Madry et al. 2018, § 2.1, https://arxiv.org/abs/1706.06083).
 */
import type { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";

/** What the network is given for black and for white, of each channel: a pixel's 0 and 255 behind Normalize. */
export interface PixelBounds {
  readonly black: readonly number[];
  readonly white: readonly number[];
}

export interface AttackOptions {
  /** In values of 0…255, from 0 up; each channel's own by its bounds. */
  readonly epsilon: number;
  readonly bounds: PixelBounds;
}

export interface PgdOptions extends AttackOptions {
  /** In values of 0…255. */
  readonly stepSize: number;
  readonly steps: number;
  /** The start is drawn from it, uniformly within ε. */
  readonly rng: Rng;
}

/**
 * x + ε · sign ∇ₓ loss, within the pixels that there are; where the gradient is 0, nothing moves.
 *
 * @param model ends in logits [N, classes].
 * @param inputs float32 [N, H, W, C], as the network takes them; not disposed.
 * @param labels int32 [N].
 * @returns float32 [N, H, W, C], which the caller disposes.
 * @throws {RangeError} if `epsilon` is negative, or the bounds are not of so many channels.
 */
export function fgsm(
  model: tf.LayersModel,
  inputs: tf.Tensor4D,
  labels: tf.Tensor1D,
  options: AttackOptions,
): tf.Tensor4D {
  const { epsilon } = options;
  return tf.tidy(() => {
    const box = boxAround(inputs, options);
    return box.project(box.step(inputs, inputGradient(model, inputs, labels), epsilon));
  });
}

/**
 * From a random start, `steps` times x ← Π(x + stepSize · sign ∇ₓ loss), Π the nearest point within ε and the pixels that there are.
 *
 * @param model ends in logits [N, classes].
 * @param inputs float32 [N, H, W, C], as the network takes them; not disposed.
 * @param labels int32 [N].
 * @returns float32 [N, H, W, C], which the caller disposes.
 * @throws {RangeError} if `epsilon` is negative, or the bounds are not of so many channels.
 */
export function pgd(
  model: tf.LayersModel,
  inputs: tf.Tensor4D,
  labels: tf.Tensor1D,
  { stepSize, steps, rng, ...options }: PgdOptions,
): tf.Tensor4D {
  const start = new Float32Array(inputs.size).map(() => 2 * rng.uniform() - 1);
  return tf.tidy(() => {
    const box = boxAround(inputs, options);
    let attacked = box.project(
      box.step(inputs, tf.tensor4d(start, inputs.shape), options.epsilon, "as it is"),
    );
    for (let step = 0; step < steps; step++) {
      const previous = attacked;
      attacked = tf.tidy(() =>
        box.project(box.step(previous, inputGradient(model, previous, labels), stepSize)),
      );
      previous.dispose();
    }
    return attacked;
  });
}

/** Of the sum of the pictures' cross-entropies, so that each picture's is its own. */
function inputGradient(model: tf.LayersModel, inputs: tf.Tensor4D, labels: tf.Tensor1D): tf.Tensor4D {
  return tf.tidy(() => {
    const loss = (x: tf.Tensor): tf.Scalar => {
      const logits = model.apply(x) as tf.Tensor2D;
      const targets = tf.oneHot(labels, logits.shape[1]);
      return tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(logits))));
    };
    return tf.grad(loss)(inputs) as tf.Tensor4D;
  });
}

interface Box {
  /** Towards a direction's signs, or by the direction as it is, so many values of 0…255. */
  step(from: tf.Tensor4D, direction: tf.Tensor4D, size: number, by?: "sign" | "as it is"): tf.Tensor4D;
  /** To the nearest point within. */
  project(point: tf.Tensor4D): tf.Tensor4D;
}

/** Everything within ε of the inputs that is a picture. */
function boxAround(inputs: tf.Tensor4D, { epsilon, bounds }: AttackOptions): Box {
  const channels = inputs.shape[3];
  if (!(epsilon >= 0)) throw new RangeError(`Expected an epsilon from 0 up. Received: ${epsilon}.`);
  if (bounds.black.length !== channels || bounds.white.length !== channels) {
    throw new RangeError(
      `Expected bounds of ${channels} channels. Received: ${bounds.black.length} and ${bounds.white.length}.`,
    );
  }
  const black = tf.tensor1d([...bounds.black]);
  const white = tf.tensor1d([...bounds.white]);
  const pixel = tf.div(tf.sub(white, black), 255);
  const reach = tf.mul(pixel, epsilon);
  const low = tf.maximum(tf.sub(inputs, reach), black);
  const high = tf.minimum(tf.add(inputs, reach), white);
  return {
    step: (from, direction, size, by = "sign") => {
      const unit = by === "sign" ? tf.sign(direction) : direction;
      return tf.add(from, tf.mul(unit, tf.mul(pixel, size)));
    },
    project: (point) => tf.minimum(tf.maximum(point, low), high),
  };
}
