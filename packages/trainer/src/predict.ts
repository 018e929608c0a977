/** A network's probabilities for every picture of a loader. */
import type { Loader } from "@convkit/data";
import type { Predictions } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { imagesTensor } from "./batch-tensors.js";

export interface PredictOptions {
  /** Name of the split, kept with the predictions. */
  readonly split: string;
  readonly classNames: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * @param model ends in logits [N, classes].
 * @param loader one that does not shuffle; its first epoch is read.
 * @throws the signal's reason, once it is aborted.
 */
export async function predict(
  model: tf.LayersModel,
  loader: Loader,
  { split, classNames, signal }: PredictOptions,
): Promise<Predictions> {
  const ids: string[] = [];
  const labels: number[] = [];
  const rows: Float32Array[] = [];
  for await (const batch of loader.epoch(0)) {
    signal?.throwIfAborted();
    const probabilities = tf.tidy(() => {
      const logits = model.apply(imagesTensor(batch)) as tf.Tensor2D;
      return tf.softmax(logits);
    });
    rows.push((await probabilities.data()) as Float32Array);
    probabilities.dispose();
    ids.push(...batch.ids);
    labels.push(...batch.labels);
  }
  return {
    split,
    classNames,
    ids,
    labels: Int32Array.from(labels),
    probabilities: concatenate(rows, ids.length * classNames.length),
  };
}

function concatenate(rows: readonly Float32Array[], length: number): Float32Array {
  const all = new Float32Array(length);
  let offset = 0;
  for (const row of rows) {
    all.set(row, offset);
    offset += row.length;
  }
  return all;
}
