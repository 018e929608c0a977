/** How much each picture of a batch counts in a loss: by its class, by itself, or by both. */
import * as tf from "@tensorflow/tfjs";

export interface RowWeightsOptions {
  /** [C]: how much pictures of each class count beside each other. All alike if null or left out. */
  readonly classWeights?: readonly number[] | null;
  /** float32 [N]: how much each picture counts; multiplied with its class's. All alike if left out. */
  readonly sampleWeights?: tf.Tensor1D | undefined;
}

/** @returns float32 [N], or undefined where all count alike. The caller disposes it. */
export function rowWeights(
  labels: tf.Tensor1D,
  { classWeights, sampleWeights }: RowWeightsOptions,
): tf.Tensor1D | undefined {
  if (!classWeights) return sampleWeights && tf.clone(sampleWeights);
  return tf.tidy(() => {
    const ofLabels = tf.gather(tf.tensor1d([...classWeights]), labels);
    return sampleWeights ? tf.mul(ofLabels, sampleWeights) : ofLabels;
  });
}

/** What a row's loss is multiplied by in a mean over the batch: [N, 1], which sums to 1, or all 0. */
export function rowShares(weights: tf.Tensor1D | undefined, count: number): tf.Tensor2D {
  return tf.tidy(() =>
    weights ? tf.reshape(tf.divNoNan(weights, tf.sum(weights)), [count, 1]) : tf.fill([count, 1], 1 / count),
  );
}
