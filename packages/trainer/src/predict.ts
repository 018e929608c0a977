/** A network's probabilities for every picture of a loader: of one class each, or of each label by itself. */
import type { Loader } from "@convkit/data";
import { applyToViews } from "@convkit/models";
import type { Predictions, TestTimeAugmentation } from "@convkit/schema";
import * as tf from "@tensorflow/tfjs";
import { imagesTensor, type AnyBatch } from "./batch-tensors.js";
import { readAndDispose, ReadsInFlight } from "./reads-in-flight.js";

export interface PredictOptions {
  /** Name of the split, kept with the predictions. */
  readonly split: string;
  readonly classNames: readonly string[];
  /** Left out: by each picture alone. */
  readonly testTimeAugmentation?: TestTimeAugmentation | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @param model ends in logits [N, classes].
 * @param loader one that does not shuffle; its first epoch is read.
 * @throws the signal's reason, once it is aborted.
 */
export async function predict(
  model: tf.LayersModel,
  loader: Pick<Loader<AnyBatch>, "epoch">,
  { split, classNames, testTimeAugmentation, signal }: PredictOptions,
): Promise<Predictions> {
  const ids: string[] = [];
  const labels: number[] = [];
  const rows: Float32Array[] = [];
  const sets: Float32Array[] = [];
  const reads = new ReadsInFlight<Float32Array>((probabilities) => rows.push(probabilities));
  try {
    for await (const batch of loader.epoch(0)) {
      signal?.throwIfAborted();
      const probabilities = tf.tidy(() => {
        const apply = (views: tf.Tensor4D) => model.apply(views) as tf.Tensor2D;
        const logits = applyToViews(apply, imagesTensor(batch), testTimeAugmentation);
        return batch.targets ? tf.sigmoid(logits) : tf.softmax(logits);
      });
      await reads.add(readAndDispose([probabilities]).then(([values]) => values!));
      ids.push(...batch.ids);
      labels.push(...batch.labels);
      if (batch.targets) sets.push(batch.targets);
    }
    await reads.land();
  } finally {
    await reads.abandon();
  }
  return {
    split,
    classNames,
    ids,
    labels: Int32Array.from(labels),
    ...(sets.length > 0 && {
      labelSets: Uint8Array.from(concatenate(sets, ids.length * classNames.length)),
    }),
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
