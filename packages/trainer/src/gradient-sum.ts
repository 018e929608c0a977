/** The gradients of several batches as those of one large one, for batches that memory does not hold at once. */
import * as tf from "@tensorflow/tfjs";

/** Weighs each batch by the weight of its pictures: the mean is that of all pictures together. */
export class GradientSum {
  readonly #sums = new Map<string, tf.Tensor>();
  #weight = 0;

  /**
   * @param gradients means over a batch, by weight name; the caller disposes them.
   * @param weight what those means divide by, the number of pictures or the sum of their weights; greater than 0.
   */
  add(gradients: ReadonlyMap<string, tf.Tensor>, weight: number): void {
    this.#weight += weight;
    for (const [name, gradient] of gradients) {
      const before = this.#sums.get(name);
      const sum = tf.tidy(() => {
        const weighed = tf.mul(gradient, weight);
        return before ? tf.add(before, weighed) : weighed;
      });
      before?.dispose();
      this.#sums.set(name, tf.keep(sum));
    }
  }

  /** The mean gradients, which the caller disposes; the sum begins anew. */
  take(): Map<string, tf.Tensor> {
    const means = new Map([...this.#sums].map(([name, sum]) => [name, tf.div(sum, this.#weight)]));
    this.dispose();
    return means;
  }

  dispose(): void {
    tf.dispose([...this.#sums.values()]);
    this.#sums.clear();
    this.#weight = 0;
  }
}
