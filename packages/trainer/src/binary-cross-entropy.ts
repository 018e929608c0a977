/**
 * Binary cross-entropy from logits: each class by itself, so that a picture may be of several. As PyTorch's
 * `BCEWithLogitsLoss`, the mean over all classes of all pictures; with one label each as timm's `BinaryCrossEntropy`, which
 * Wightman et al. 2021, "ResNet strikes back", §3, trains by, https://arxiv.org/abs/2110.00476
 *
 *   loss = Σᵢ wᵢ · mean_c(max(z, 0) − z·t + log(1 + e^−|z|)),  ∂loss/∂z = wᵢ · (sigmoid(z) − t) / C,  with Σw = 1.
 *
 * With weights p of the positives, PyTorch's `pos_weight`, which do not divide the mean:
 *   loss = Σᵢ wᵢ · mean_c((1 − t)·z + q·log(1 + e^−z)),  ∂loss/∂z = wᵢ · (q·sigmoid(z) − p·t) / C,  with q = 1 + (p − 1)·t.
 */
import * as tf from "@tensorflow/tfjs";
import { rowShares } from "./row-weights.js";

export interface BinaryCrossEntropyOptions {
  /** float32 [N]: how much each picture counts; all alike if left out. A batch of nothing but 0 has a loss of 0. */
  readonly sampleWeights?: tf.Tensor1D | undefined;
  /** [C]: how much pictures of a class count in its part beside those that are not of it. All alike if null or left out. */
  readonly positiveWeights?: readonly number[] | null | undefined;
}

/**
 * Mean over classes and batch, in nats.
 *
 * @param logits float32 [N, C].
 * @param targets float32 [N, C], each from 0, not of the class, to 1.
 * @returns a scalar that the caller disposes.
 */
export function binaryCrossEntropy(
  logits: tf.Tensor2D,
  targets: tf.Tensor2D,
  { sampleWeights, positiveWeights }: BinaryCrossEntropyOptions = {},
): tf.Scalar {
  const [count, classes] = logits.shape;
  const fused = tf.customGrad<tf.Scalar>((...inputs) => {
    const [input, save] = inputs as [tf.Tensor2D, (tensors: tf.Tensor[]) => void];
    const shares: tf.Tensor2D = tf.div(rowShares(sampleWeights, count), classes);
    const positives = positiveWeights ? tf.tensor1d([...positiveWeights]) : tf.scalar(1);
    const weighed: tf.Tensor2D = tf.mul(targets, positives);
    const factors: tf.Tensor2D = tf.add(tf.sub(weighed, targets), 1);
    save([input, weighed, factors, shares]);
    const distance = tf.log1p(tf.exp(tf.neg(tf.abs(input))));
    // (1 − t)·z + q·(max(z, 0) − z + log(1 + e^−|z|)), and q − (1 − t) = p·t.
    const losses = tf.sub(tf.mul(factors, tf.add(tf.relu(input), distance)), tf.mul(input, weighed));
    return {
      value: tf.sum(tf.mul(losses, shares)),
      gradFunc: (dy, saved) => {
        const [logit, positive, factor, share] = saved as tf.Tensor2D[];
        const slopes = tf.sub(tf.mul(tf.sigmoid(logit!), factor!), positive!);
        return tf.mul(tf.mul(slopes, share!), dy);
      },
    };
  });
  return tf.tidy(() => fused(logits));
}
