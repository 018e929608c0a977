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
  /** int32 [N], class indices. */
  readonly labels: tf.Tensor1D;
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

/** With numbers where the config may have a method's name. */
export type NumericLossSpec = LossSpec extends infer Spec
  ? Spec extends LossSpec
    ? Omit<Spec, "classWeights"> & { readonly classWeights: number[] | null }
    : never
  : never;

/** The loss of mixed labels is the mixture of two losses. */
export function createLoss(spec: NumericLossSpec): Loss {
  const weightOf: Loss["weightOf"] = (batch) => totalWeight(batch, spec.classWeights);
  return Object.assign(lossOf(spec), { weightOf });
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
      const other = one(logits, { labels: mixed.labels, sampleWeights });
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
  const sumOf = (classes: Int32Array): number =>
    classes.reduce((sum, label, i) => sum + (classWeights?.[label] ?? 1) * (weights?.[i] ?? 1), 0);
  if (!mixed) return sumOf(labels);
  return mixed.weight * sumOf(labels) + (1 - mixed.weight) * sumOf(mixed.labels);
}
