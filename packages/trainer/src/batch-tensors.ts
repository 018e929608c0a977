/** A loader's batch as tensors. */
import type { Batch } from "@convkit/data";
import * as tf from "@tensorflow/tfjs";
import type { MixedTarget } from "./cross-entropy.js";

/**
 * float32 [N, H, W, C]. It may share the batch's memory, which the loader fills again: dispose it before the next batch
 * is asked for.
 */
export function imagesTensor({ images, shape }: Batch): tf.Tensor4D {
  return tf.tensor4d(images, [...shape]);
}

/** int32 [N], class indices. */
export function labelsTensor({ labels }: Batch): tf.Tensor1D {
  return tf.tensor1d(labels, "int32");
}

/** float32 [N, C], of pictures that have label sets; undefined where each is of one class. */
export function targetsTensor({ targets, labels }: Batch): tf.Tensor2D | undefined {
  return targets && tf.tensor2d(targets, [labels.length, targets.length / labels.length]);
}

/** float32 [N]; undefined where all pictures count alike. */
export function weightsTensor({ weights }: Batch): tf.Tensor1D | undefined {
  return weights && tf.tensor1d(weights, "float32");
}

/** undefined of a batch whose pictures are each their own. */
export function mixedTarget({ mixed }: Batch): MixedTarget | undefined {
  return (
    mixed && {
      labels: tf.tensor1d(mixed.labels, "int32"),
      sampleWeights: mixed.weights && tf.tensor1d(mixed.weights, "float32"),
      weight: mixed.weight,
    }
  );
}
