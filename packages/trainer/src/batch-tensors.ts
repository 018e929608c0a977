/** A loader's batch as tensors, and the loader whose batches suit the backend. */
import {
  createByteLoader,
  createLoader,
  type Batch,
  type ByteBatch,
  type DatasetSplit,
  type LabelledBatch,
  type Loader,
  type LoaderOptions,
} from "@convkit/data";
import { finishImages, hasFinishImages } from "@convkit/ops";
import * as tf from "@tensorflow/tfjs";
import type { MixedTarget } from "./cross-entropy.js";

/** With its pictures as the network gets them, or as bytes that a GPU finishes. */
export type AnyBatch = Batch | ByteBatch;

/**
 * Of bytes, if the backend finishes pictures by itself and the transforms leave that to it.
 * @throws as `createLoader`.
 */
export async function openLoader(split: DatasetSplit, options: LoaderOptions): Promise<Loader<AnyBatch>> {
  const ofBytes = hasFinishImages() ? await createByteLoader(split, options) : null;
  return ofBytes ?? createLoader(split, options);
}

/**
 * float32 [N, H, W, C]. It may share the batch's memory, which the loader fills again: dispose it before the next batch
 * is asked for.
 */
export function imagesTensor(batch: AnyBatch): tf.Tensor4D {
  if ("images" in batch) return tf.tensor4d(batch.images, [...batch.shape]);
  const { unfinished, finish, shape, mix } = batch;
  const { height, width } = finish.bytesShape;
  return finishImages({ ...unfinished, values: finish.values }, { bytesShape: [height, width], shape, mix });
}

/** int32 [N], class indices. */
export function labelsTensor({ labels }: LabelledBatch): tf.Tensor1D {
  return tf.tensor1d(labels, "int32");
}

/** float32 [N, C], of pictures that have label sets; undefined where each is of one class. */
export function targetsTensor({ targets, labels }: LabelledBatch): tf.Tensor2D | undefined {
  return targets && tf.tensor2d(targets, [labels.length, targets.length / labels.length]);
}

/** float32 [N]; undefined where all pictures count alike. */
export function weightsTensor({ weights }: LabelledBatch): tf.Tensor1D | undefined {
  return weights && tf.tensor1d(weights, "float32");
}

/** undefined of a batch whose pictures are each their own. */
export function mixedTarget({ mixed }: LabelledBatch): MixedTarget | undefined {
  return (
    mixed && {
      labels: tf.tensor1d(mixed.labels, "int32"),
      sampleWeights: mixed.weights && tf.tensor1d(mixed.weights, "float32"),
      weight: mixed.weight,
    }
  );
}
