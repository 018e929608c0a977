/**
 * Stochastic depth: while training, a residual branch is left out for some pictures of the batch as a whole.
 * Huang et al. 2016, §3, https://arxiv.org/abs/1603.09382, in the "inverted" form that scales what is kept by
 * 1 / (1 − rate), so that inference needs nothing.
 */
import * as tf from "@tensorflow/tfjs";
import { Dropout, type DropoutArgs } from "./dropout.js";
import { statelessDropout } from "./stateless-dropout.js";

/**
 * float32 [N, ...] → the same shape: each of the N is 0 as a whole with probability `rate`, or divided by
 * `1 − rate`. The identity unless called with `training: true`.
 *
 * A `Dropout` in all else: seeded, its state counted and carried over a restart, saved as stock tfjs's Dropout, with
 * the noise shape [null, 1, …] that makes that one drop whole samples too.
 */
export class DropPath extends Dropout {
  /** @nocollapse */
  static override readonly className = "Dropout";

  private rank = 0;

  /** @throws {RangeError} if the rate or the seed is out of range, or missing. */
  constructor(args: DropoutArgs) {
    super(args);
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as tf.Shape;
    this.rank = shape.length;
    super.build(inputShape);
  }

  protected override drop(x: tf.Tensor, seed: number): tf.Tensor {
    const samples = tf.ones(x.shape.map((size, axis) => (axis === 0 ? size : 1)));
    return tf.mul(x, statelessDropout(samples, { rate: this.rate, seed }));
  }

  override getConfig(): tf.serialization.ConfigDict {
    const noiseShape = Array.from({ length: this.rank }, (_, axis) => (axis === 0 ? null : 1));
    return { ...super.getConfig(), noiseShape };
  }
}
