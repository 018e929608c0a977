/**
 * Focal loss: cross-entropy that counts a picture less the surer it is classified. Lin et al. 2017, §3.2,
 * https://arxiv.org/abs/1708.02002
 *
 * With p the softmax at the label, a = (1 − p)^γ and w the pictures' weights, made to sum to 1:
 *   loss = −Σ w·a·log p,  ∂loss/∂z = w·(γ·p·a·log p / (1 − p) − a)·(onehot − softmax(z)).
 * Differs from the paper, whose classes are each a sigmoid: here they exclude each other. Its α is the class weights.
 */
import * as tf from "@tensorflow/tfjs";
import { rowShares, rowWeights, type RowWeightsOptions } from "./row-weights.js";

export interface FocalLossOptions extends RowWeightsOptions {
  /** From 0, cross-entropy, up. Default 2. */
  readonly gamma?: number;
}

/**
 * Mean over the batch, by its weights, in nats. A batch of nothing but weight 0 has a loss of 0.
 *
 * @param logits float32 [N, C].
 * @param labels int32 [N], class indices.
 * @returns a scalar that the caller disposes.
 */
export function focalLoss(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  { gamma = 2, classWeights, sampleWeights }: FocalLossOptions = {},
): tf.Scalar {
  const [count, classes] = logits.shape;
  const fused = tf.customGrad<tf.Scalar>((...inputs) => {
    const [input, save] = inputs as [tf.Tensor2D, (tensors: tf.Tensor[]) => void];
    const shares = rowShares(rowWeights(labels, { classWeights, sampleWeights }), count);
    const own = tf.oneHot(labels, classes, 1, 0, "float32") as tf.Tensor2D;
    const logProbabilities = tf.logSoftmax(input);
    /** [N, 1] */
    const atLabel: tf.Tensor2D = tf.sum(tf.mul(own, logProbabilities), 1, true);
    // 1 − p, exact where p is near 1.
    const missing: tf.Tensor2D = tf.neg(tf.expm1(atLabel));
    const focus: tf.Tensor2D = tf.mul(shares, tf.pow(missing, gamma));
    save([logProbabilities, own, atLabel, missing, focus]);
    return {
      value: tf.neg(tf.sum(tf.mul(focus, atLabel))),
      gradFunc: (dy, saved) => {
        const [logProbability, oneHot, logAtLabel, rest, factor] = saved as tf.Tensor2D[];
        // p·log p / (1 − p) at p = 1, where `factor` is 0 but for γ = 0, is counted as 0.
        const slope = tf.divNoNan(tf.mul(tf.exp(logAtLabel!), logAtLabel!), rest!);
        const rows = tf.mul(factor!, tf.sub(tf.mul(slope, gamma), 1));
        return tf.mul(tf.mul(rows, tf.sub(oneHot!, tf.exp(logProbability!))), dy);
      },
    };
  });
  return tf.tidy(() => fused(logits));
}
