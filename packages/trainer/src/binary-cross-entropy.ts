/**
 * Binary cross-entropy from logits: each class by itself, so that a picture may be of several. As PyTorch's
 * `BCEWithLogitsLoss`, the mean over all classes of all pictures; with one label each as timm's `BinaryCrossEntropy`, which
 * Wightman et al. 2021, "ResNet strikes back", §3, trains by, https://arxiv.org/abs/2110.00476
 *
 *   loss = Σᵢ wᵢ · mean_c(max(z, 0) − z·t + log(1 + e^−|z|)),  ∂loss/∂z = wᵢ · (sigmoid(z) − t) / C,  with Σw = 1.
 */
import * as tf from "@tensorflow/tfjs";
import { rowShares } from "./row-weights.js";

export interface BinaryCrossEntropyOptions {
  /** float32 [N]: how much each picture counts; all alike if left out. A batch of nothing but 0 has a loss of 0. */
  readonly sampleWeights?: tf.Tensor1D | undefined;
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
  { sampleWeights }: BinaryCrossEntropyOptions = {},
): tf.Scalar {
  const [count, classes] = logits.shape;
  const fused = tf.customGrad<tf.Scalar>((...inputs) => {
    const [input, save] = inputs as [tf.Tensor2D, (tensors: tf.Tensor[]) => void];
    const shares: tf.Tensor2D = tf.div(rowShares(sampleWeights, count), classes);
    save([input, targets, shares]);
    const distance = tf.log1p(tf.exp(tf.neg(tf.abs(input))));
    const losses = tf.add(tf.sub(tf.relu(input), tf.mul(input, targets)), distance);
    return {
      value: tf.sum(tf.mul(losses, shares)),
      gradFunc: (dy, saved) => {
        const [logit, target, share] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
        return tf.mul(tf.mul(tf.sub(tf.sigmoid(logit), target), share), dy);
      },
    };
  });
  return tf.tidy(() => fused(logits));
}
