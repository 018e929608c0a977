/** A network that has forgotten what it learned, in all of its layers or in some, and gets it back. */
import type { Rng } from "@convkit/random";
import * as tf from "@tensorflow/tfjs";

/**
 * Shuffles the values within each weight, so that none is where training has put it and all that depends on their size, as the
 * scale of the logits does, stays alike. Weights of batch normalisation are shuffled too; a weight of one value cannot be.
 *
 * @param layers e.g. all `model.layers`; a weight that several share is shuffled once.
 * @returns what puts the weights back as they were; it can be called once.
 */
export async function randomiseWeights(layers: readonly tf.layers.Layer[], rng: Rng): Promise<() => void> {
  const weights = new Map(layers.flatMap((layer) => layer.weights).map((weight) => [weight.id, weight]));
  const kept = [...weights.values()].map((weight) => ({ weight, values: weight.read().clone() }));
  const restore = (): void => {
    for (const { weight, values } of kept.splice(0)) {
      weight.write(values);
      values.dispose();
    }
  };
  try {
    for (const { weight, values } of kept) {
      const own = (await values.data<"float32">()).slice();
      const order = rng.split(weight.originalName).permutation(own.length);
      const shuffled = own.map((_, i) => own[order[i]!]!);
      tf.tidy(() => void weight.write(tf.tensor(shuffled, values.shape)));
    }
  } catch (error) {
    restore();
    throw error;
  }
  return restore;
}
