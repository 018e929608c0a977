/**
 * Cross-entropy from logits with label smoothing: Szegedy et al. 2015, §7, https://arxiv.org/abs/1512.00567
 *
 * With t = (1 − ε)·onehot + ε/C, or the mixture of two such:  loss = −Σ t·log softmax(z),  ∂loss/∂z = (softmax(z) − t) / N.
 * The gradient is written out, so that the backward pass is one subtraction instead of logSoftmax's chain.
 *
 * With class weights w as PyTorch's `CrossEntropyLoss(weight=w, label_smoothing=ε)`: t becomes w·t, and N the sum of the
 * labels' weights; the loss of mixed labels is the mixture of two such losses. Then
 *   loss = −Σ t·log softmax(z),  ∂loss/∂z = softmax(z)·Σt − t,  with t divided by that sum already.
 * Weights of pictures multiply both t and the labels' weights; of mixed pictures each of the two losses has those of its own. Soft labels stand for the one-hot ones; as in PyTorch, N then
 * is the number of pictures, or the sum of their weights, whatever the classes weigh.
 * Differs from PyTorch: a batch of nothing but weight 0 has a loss of 0 rather than NaN.
 */
import { softmaxCrossEntropy } from "@convkit/ops";
import * as tf from "@tensorflow/tfjs";
import { oneHotTargets } from "./one-hot-targets.js";

export interface CrossEntropyOptions {
  /** ε in [0, 1): the share of the target spread evenly over all classes. */
  readonly labelSmoothing?: number;
  /** Of a batch whose pictures were mixed with each other. */
  readonly mixed?: MixedTarget | undefined;
  /** [C]: how much pictures of each class count beside each other. All alike if null or left out. */
  readonly classWeights?: readonly number[] | null;
  /** float32 [N]: how much each picture counts; all alike if left out. */
  readonly sampleWeights?: tf.Tensor1D | undefined;
}

export interface MixedTarget {
  /** int32 [N]: class of what each picture was mixed with. */
  readonly labels: tf.Tensor1D;
  /** float32 [N]: how much what it was mixed with counts; as much as itself if left out. */
  readonly sampleWeights?: tf.Tensor1D | undefined;
  /** Share of a picture's own label, 0…1. */
  readonly weight: number;
}

/**
 * Mean over the batch, in nats; with weights the mean by them.
 *
 * @param logits float32 [N, C].
 * @param labels int32 [N], class indices; or float32 [N, C], each picture's probabilities.
 * @returns a scalar that the caller disposes.
 */
export function crossEntropy(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D | tf.Tensor2D,
  options: CrossEntropyOptions = {},
): tf.Scalar {
  const { labelSmoothing = 0, mixed, classWeights, sampleWeights } = options;
  const [count, classes] = logits.shape;
  const smoothed = (classOf: tf.Tensor1D) => oneHotTargets(classOf, classes, labelSmoothing);
  const isWeighted = classWeights || sampleWeights || mixed?.sampleWeights;
  if (isWeighted || !isHard(labels)) return weightedCrossEntropy(logits, labels, options);
  const fused = tf.customGrad<tf.Scalar>((...inputs) => {
    const [input, save] = inputs as [tf.Tensor2D, (tensors: tf.Tensor[]) => void];
    const own = smoothed(labels);
    const target = mixed
      ? tf.add(tf.mul(own, mixed.weight), tf.mul(smoothed(mixed.labels), 1 - mixed.weight))
      : own;
    const atOnce = softmaxCrossEntropy({ logits: input, targets: target }, { divisor: count });
    if (atOnce) return withGradient(atOnce, save);
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

/** Of a kernel that computed both. */
function withGradient(
  [loss, dlogits]: [tf.Tensor, tf.Tensor],
  save: (tensors: tf.Tensor[]) => void,
): { value: tf.Scalar; gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor } {
  save([dlogits]);
  return { value: loss as tf.Scalar, gradFunc: (dy, saved) => tf.mul(saved[0]!, dy) };
}

function weightedCrossEntropy(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D | tf.Tensor2D,
  { labelSmoothing = 0, mixed, classWeights, sampleWeights }: CrossEntropyOptions,
): tf.Scalar {
  const [count, classes] = logits.shape;
  const smoothing = labelSmoothing / classes;
  /** [N, C], divided by what the mean divides by. */
  const targetOf = (
    labelled: tf.Tensor1D | tf.Tensor2D,
    ofPictures: tf.Tensor1D | undefined,
    weights: tf.Tensor1D,
  ): tf.Tensor2D => {
    const rows: tf.Tensor2D = ofPictures ? tf.reshape(ofPictures, [count, 1]) : tf.ones([count, 1]);
    const own = isHard(labelled) ? (tf.oneHot(labelled, classes, 1, 0, "float32") as tf.Tensor2D) : labelled;
    const counted = isHard(labelled) ? tf.mul(tf.mul(own, weights), rows) : rows;
    const smoothed = tf.add(tf.mul(own, 1 - labelSmoothing), smoothing);
    return tf.divNoNan(tf.mul(tf.mul(smoothed, weights), rows), tf.sum(counted));
  };
  const fused = tf.customGrad<tf.Scalar>((...inputs) => {
    const [input, save] = inputs as [tf.Tensor2D, (tensors: tf.Tensor[]) => void];
    const weights = classWeights ? tf.tensor1d([...classWeights]) : tf.ones<tf.Rank.R1>([classes]);
    const own = targetOf(labels, sampleWeights, weights);
    const target = mixed
      ? tf.add(
          tf.mul(own, mixed.weight),
          tf.mul(targetOf(mixed.labels, mixed.sampleWeights ?? sampleWeights, weights), 1 - mixed.weight),
        )
      : own;
    const atOnce = softmaxCrossEntropy({ logits: input, targets: target }, { divisor: 1 });
    if (atOnce) return withGradient(atOnce, save);
    const logProbabilities = tf.logSoftmax(input);
    save([logProbabilities, target]);
    return {
      value: tf.neg(tf.sum(tf.mul(target, logProbabilities))),
      gradFunc: (dy, saved) => {
        const [logProbability, targets] = saved as [tf.Tensor2D, tf.Tensor2D];
        const shares = tf.sum(targets, 1, true);
        return tf.mul(tf.sub(tf.mul(tf.exp(logProbability), shares), targets), dy);
      },
    };
  });
  return tf.tidy(() => fused(logits));
}

function isHard(labels: tf.Tensor1D | tf.Tensor2D): labels is tf.Tensor1D {
  return labels.rank === 1;
}

/**
 * Of label sets: of each row the share of labels that are right at a probability of ½, Keras's `BinaryAccuracy`, summed over
 * the rows. A label is there where more than half of the target is. A scalar that the caller disposes.
 */
export function countCorrectLabels(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  return tf.tidy(() => {
    const isRight = tf.equal(tf.greaterEqual(logits, 0), tf.greater(targets, 0.5));
    return tf.div(tf.sum(tf.cast(isRight, "float32")), logits.shape[1]);
  });
}

/** How many rows have their largest logit at their label: a scalar that the caller disposes. */
export function countCorrect(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), labels), "float32")));
}
