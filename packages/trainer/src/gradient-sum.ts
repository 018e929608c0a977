/** The gradients of several batches as those of one large one, for batches that memory does not hold at once. */
import * as tf from "@tensorflow/tfjs";

/** Weighs each batch by its pictures: the mean is that of all pictures together. */
export class GradientSum {
  readonly #sums = new Map<string, tf.Tensor>();
  #count = 0;

  /** @param gradients means over `count` pictures, by weight name; the caller disposes them. */
  add(gradients: ReadonlyMap<string, tf.Tensor>, count: number): void {
    this.#count += count;
    for (const [name, gradient] of gradients) {
      const before = this.#sums.get(name);
      const sum = tf.tidy(() => {
        const weighed = tf.mul(gradient, count);
        return before ? tf.add(before, weighed) : weighed;
      });
      before?.dispose();
      this.#sums.set(name, tf.keep(sum));
    }
  }

  /** The mean gradients, which the caller disposes; the sum begins anew. */
  take(): Map<string, tf.Tensor> {
    const means = new Map([...this.#sums].map(([name, sum]) => [name, tf.div(sum, this.#count)]));
    this.dispose();
    return means;
  }

  dispose(): void {
    tf.dispose([...this.#sums.values()]);
    this.#sums.clear();
    this.#count = 0;
  }
}
