/**
 * Cross-entropy from logits with label smoothing: Szegedy et al. 2015, §7, https://arxiv.org/abs/1512.00567
 *
 * With t = (1 − ε)·onehot + ε/C, or the mixture of two such:  loss = −Σ t·log softmax(z),  ∂loss/∂z = (softmax(z) − t) / N.
 * The gradient is written out, so that the backward pass is one subtraction instead of logSoftmax's chain.
 */
import * as tf from "@tensorflow/tfjs";

export interface CrossEntropyOptions {
  /** ε in [0, 1): the share of the target spread evenly over all classes. */
  readonly labelSmoothing?: number;
  /** Of a batch whose pictures were mixed with each other. */
  readonly mixed?: MixedTarget | undefined;
}

export interface MixedTarget {
  /** int32 [N]: class of what each picture was mixed with. */
  readonly labels: tf.Tensor1D;
  /** Share of a picture's own label, 0…1. */
  readonly weight: number;
}

/**
 * Mean over the batch, in nats.
 *
 * @param logits float32 [N, C].
 * @param labels int32 [N], class indices.
 * @returns a scalar that the caller disposes.
 */
export function crossEntropy(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  { labelSmoothing = 0, mixed }: CrossEntropyOptions = {},
): tf.Scalar {
  const [count, classes] = logits.shape;
  const rest = labelSmoothing / classes;
  const smoothed = (classOf: tf.Tensor1D) =>
    tf.oneHot(classOf, classes, 1 - labelSmoothing + rest, rest, "float32");
  const fused = tf.customGrad<tf.Scalar>((...inputs) => {
    const [input, save] = inputs as [tf.Tensor2D, (tensors: tf.Tensor[]) => void];
    const own = smoothed(labels);
    const target = mixed
      ? tf.add(tf.mul(own, mixed.weight), tf.mul(smoothed(mixed.labels), 1 - mixed.weight))
      : own;
    const logProbabilities = tf.logSoftmax(input);
    save([logProbabilities, target]);
    return {
      value: tf.div(tf.neg(tf.sum(tf.mul(target, logProbabilities))), count),
      gradFunc: (dy, saved) => {
        const [logProbability, targets] = saved as [tf.Tensor2D, tf.Tensor2D];
        return tf.mul(tf.sub(tf.exp(logProbability), targets), tf.div(dy, count));
      },
    };
  });
  return tf.tidy(() => fused(logits));
}

/** How many rows have their largest logit at their label: a scalar that the caller disposes. */
export function countCorrect(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), labels), "float32")));
}
