/** Loss and accuracy over a labelled split, by the network as it will be used: with averaged weights, if there are any. */
import type { Loader } from "@convkit/data";
import { labelSetFigures } from "@convkit/evaluator";
import * as tf from "@tensorflow/tfjs";
import { imagesTensor, labelsTensor, targetsTensor, type AnyBatch } from "./batch-tensors.js";
import type { LogValues } from "./callback.js";
import { countCorrect, countCorrectLabels } from "./cross-entropy.js";
import type { Loss } from "./loss.js";
import { copyValues, weightsByName, type NamedVariables } from "./named-tensors.js";
import { readAndDispose, ReadsInFlight } from "./reads-in-flight.js";
import type { WeightAverage } from "./weight-averages.js";

export interface ValidateOptions {
  readonly loss: Loss;
  /** Ends it early; the logs then cover the batches up to there. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * `val_loss` is the mean over the pictures, in nats; each counts alike. Of pictures with label sets, `val_accuracy` is the share
 * of labels that are right at ½, and there are `val_mean_average_precision` and `val_macro_f1`, as a report has them.
 */
async function validate(
  model: tf.LayersModel,
  loader: Loader<AnyBatch>,
  { loss: lossOf, signal }: ValidateOptions,
): Promise<LogValues> {
  let loss = 0;
  let correct = 0;
  let count = 0;
  const targets: number[] = [];
  const probabilities: number[] = [];
  const reads = new ReadsInFlight<[pictures: number, ...values: Float32Array[]]>(
    ([pictures, metrics, sigmoids]) => {
      const [batchLoss, batchCorrect] = metrics!;
      if (sigmoids) for (const probability of sigmoids) probabilities.push(probability);
      loss += batchLoss! * pictures;
      correct += batchCorrect!;
      count += pictures;
    },
  );
  try {
    for await (const batch of loader.epoch(0)) {
      const tensors = tf.tidy(() => {
        const labels = labelsTensor(batch);
        const sets = targetsTensor(batch);
        const logits = model.apply(imagesTensor(batch)) as tf.Tensor2D;
        const right = sets ? countCorrectLabels(logits, sets) : countCorrect(logits, labels);
        return [
          tf.stack([lossOf(logits, { labels, targets: sets }), right]),
          ...(sets ? [tf.sigmoid(logits)] : []),
        ];
      });
      if (batch.targets) for (const target of batch.targets) targets.push(target);
      const pictures = batch.labels.length;
      await reads.add(readAndDispose(tensors).then((values) => [pictures, ...values]));
      if (signal?.aborted) break;
    }
    await reads.land();
  } finally {
    await reads.abandon();
  }
  const logs = { val_loss: loss / count, val_accuracy: correct / count };
  if (targets.length === 0) return logs;
  const { meanAveragePrecision, macroAverage } = labelSetFigures({
    classNames: Array.from({ length: targets.length / count }, (_, label) => String(label)),
    labelSets: Uint8Array.from(targets),
    probabilities: Float32Array.from(probabilities),
  });
  return {
    ...logs,
    val_mean_average_precision: meanAveragePrecision,
    val_macro_f1: macroAverage.f1,
  };
}

/**
 * As `validate`. Where there is an average that is to be used in the end (`ema`), `val_loss`, `val_accuracy` and so on are
 * of its weights, and `raw_val_loss`, `raw_val_accuracy` and so on of those that are trained.
 */
export async function validateAveraged(
  model: tf.LayersModel,
  loader: Loader<AnyBatch>,
  { averages, ...options }: ValidateOptions & { readonly averages: readonly WeightAverage[] },
): Promise<LogValues> {
  const raw = await validate(model, loader, options);
  const ema = averages.find(({ name }) => name === "ema");
  if (!ema || options.signal?.aborted) return raw;
  const logs = await withWeights(model, ema.tensors, () => validate(model, loader, options));
  return {
    ...logs,
    ...Object.fromEntries(Object.entries(raw).map(([key, value]) => [`raw_${key}`, value])),
  };
}

/** Lends the network other weights, which stay as they are. */
async function withWeights<T>(
  model: tf.LayersModel,
  lent: NamedVariables,
  work: () => Promise<T>,
): Promise<T> {
  const weights = weightsByName(model);
  const own = new Map([...weights].map(([name, weight]) => [name, weight.clone()]));
  copyValues(weights, lent);
  try {
    return await work();
  } finally {
    copyValues(weights, own);
    tf.dispose([...own.values()]);
  }
}
