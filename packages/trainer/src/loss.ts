/** The loss that a config names, over a batch's labels. */
import type { Batch } from "@convkit/data";
import type { LossSpec } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { binaryCrossEntropy } from "./binary-cross-entropy.js";
import { crossEntropy, type MixedTarget } from "./cross-entropy.js";
import { focalLoss } from "./focal-loss.js";
import { oneHotTargets } from "./one-hot-targets.js";
import { rowWeights } from "./row-weights.js";

export interface LossTarget {
  /** int32 [N], class indices; -1 of all that have targets. */
  readonly labels: tf.Tensor1D;
  /** float32 [N, C], of pictures with any number of labels: 1 of each that a picture has, else 0, and shares of mixed ones. */
  readonly targets?: tf.Tensor2D | undefined;
  /** Of a batch whose pictures were mixed with each other. */
  readonly mixed?: MixedTarget | undefined;
  /** float32 [N]: how much each picture counts; all alike if left out. */
  readonly sampleWeights?: tf.Tensor1D | undefined;
}

export interface Loss {
  /**
   * @param logits float32 [N, C].
   * @returns the mean over the batch by the pictures' weights, in nats: a scalar that the caller disposes.
   */
  (logits: tf.Tensor2D, target: LossTarget): tf.Scalar;
  /**
   * What that mean divides by, so that the means of several batches can be put together as one of all their pictures. Left
   * out: the number of pictures.
   */
  readonly weightOf?: (batch: Pick<Batch, "labels" | "weights" | "mixed">) => number;
}

/** A loss that needs one class a picture, for pictures that have any number of labels. */
export class LossMismatchError extends Error {
  override readonly name = "LossMismatchError";
}

/** With numbers where the config may have a method's name. */
export type NumericLossSpec = LossSpec extends infer Spec
  ? Spec extends LossSpec
    ? Omit<Spec, "classWeights"> & { readonly classWeights: number[] | null }
    : never
  : never;

/**
 * The loss of mixed labels is the mixture of two losses, each the mean by the weights of its own pictures. Of pictures with label sets, whose batches come with `targets`,
 * `binary-cross-entropy` alone is one: label smoothing then moves each target towards ½ as Keras's does, and class weights
 * are PyTorch's `pos_weight`; the others throw a LossMismatchError.
 */
export function createLoss(spec: NumericLossSpec): Loss {
  const weightOf: Loss["weightOf"] = (batch) => totalWeight(batch, spec.classWeights);
  const ofClasses = lossOf(spec);
  const loss: Loss = (logits, target) => {
    if (!target.targets) return ofClasses(logits, target);
    return labelSetLoss(spec, logits, { ...target, targets: target.targets });
  };
  return Object.assign(loss, { weightOf });
}

function lossOf(spec: NumericLossSpec): Loss {
  const { classWeights } = spec;
  switch (spec.name) {
    case "cross-entropy": {
      const { labelSmoothing } = spec;
      return (logits, { labels, mixed, sampleWeights }) =>
        crossEntropy(logits, labels, { labelSmoothing, mixed, classWeights, sampleWeights });
    }
    case "focal": {
      const { gamma } = spec;
      return mixture((logits, { labels, sampleWeights }) =>
        focalLoss(logits, labels, { gamma, classWeights, sampleWeights }),
      );
    }
    case "binary-cross-entropy": {
      const { labelSmoothing } = spec;
      return mixture((logits, { labels, sampleWeights }) =>
        tf.tidy(() =>
          binaryCrossEntropy(logits, oneHotTargets(labels, logits.shape[1], labelSmoothing), {
            sampleWeights: rowWeights(labels, { classWeights, sampleWeights }),
          }),
        ),
      );
    }
    default:
      return spec satisfies never;
  }
}

function labelSetLoss(
  spec: NumericLossSpec,
  logits: tf.Tensor2D,
  { targets, sampleWeights }: LossTarget & { readonly targets: tf.Tensor2D },
): tf.Scalar {
  checkLossOfLabelSets(spec);
  const { labelSmoothing, classWeights: positiveWeights } = spec;
  return tf.tidy(() => {
    const smoothed: tf.Tensor2D = tf.add(tf.mul(targets, 1 - labelSmoothing), labelSmoothing / 2);
    return binaryCrossEntropy(logits, smoothed, { sampleWeights, positiveWeights });
  });
}

/** @throws {LossMismatchError} if the loss needs one class a picture. */
export function checkLossOfLabelSets<Spec extends Pick<LossSpec, "name">>(
  spec: Spec,
): asserts spec is Extract<Spec, { name: "binary-cross-entropy" }> {
  if (spec.name === "binary-cross-entropy") return;
  throw new LossMismatchError(
    `Expected the loss binary-cross-entropy for pictures that have any number of labels (\`data.multiLabel\`). Received: ${spec.name}, ` +
      "which needs one class a picture. Leave `loss` out, or name binary-cross-entropy.",
  );
}

/**
 * What `val_loss` is: without label smoothing, class weights and focus, so that it is comparable between runs and, but for
 * binary cross-entropy, with an evaluation report's loss.
 */
export function validationLossOf({ name }: Pick<LossSpec, "name">): Loss {
  const plain = name === "binary-cross-entropy" ? name : "cross-entropy";
  return createLoss({ name: plain, labelSmoothing: 0, classWeights: null });
}

function mixture(one: Loss): Loss {
  return (logits, { labels, mixed, sampleWeights }) => {
    if (!mixed) return one(logits, { labels, sampleWeights });
    return tf.tidy(() => {
      const own = one(logits, { labels, sampleWeights });
      const other = one(logits, {
        labels: mixed.labels,
        sampleWeights: mixed.sampleWeights ?? sampleWeights,
      });
      return tf.add(tf.mul(own, mixed.weight), tf.mul(other, 1 - mixed.weight));
    });
  };
}

/** The sum of the pictures' weights; of mixed ones the mixture of the two sums, by which their losses are divided. */
function totalWeight(
  { labels, weights, mixed }: Parameters<NonNullable<Loss["weightOf"]>>[0],
  classWeights: readonly number[] | null,
): number {
  if (!classWeights && !weights) return labels.length;
  const sumOf = (classes: Int32Array, ofPictures: Float32Array | undefined): number =>
    classes.reduce((sum, label, i) => sum + (classWeights?.[label] ?? 1) * (ofPictures?.[i] ?? 1), 0);
  const own = sumOf(labels, weights);
  return mixed
    ? mixed.weight * own + (1 - mixed.weight) * sumOf(mixed.labels, mixed.weights ?? weights)
    : own;
}
