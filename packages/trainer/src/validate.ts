/** Loss and accuracy over a labelled split, by the network as it will be used: with averaged weights, if there are any. */
import type { Loader } from "@convkit/data";
import * as tf from "@tensorflow/tfjs";
import { imagesTensor, labelsTensor } from "./batch-tensors.js";
import type { LogValues } from "./callback.js";
import { countCorrect } from "./cross-entropy.js";
import type { Loss } from "./loss.js";
import { copyValues, weightsByName, type NamedVariables } from "./named-tensors.js";
import type { WeightAverage } from "./weight-averages.js";

export interface ValidateOptions {
  readonly loss: Loss;
  /** Ends it early; the logs then cover the batches up to there. */
  readonly signal?: AbortSignal | undefined;
}

/** `val_loss` is the mean over the pictures, in nats; each counts alike. */
async function validate(
  model: tf.LayersModel,
  loader: Loader,
  { loss: lossOf, signal }: ValidateOptions,
): Promise<LogValues> {
  let loss = 0;
  let correct = 0;
  let count = 0;
  for await (const batch of loader.epoch(0)) {
    const metrics = tf.tidy(() => {
      const labels = labelsTensor(batch);
      const logits = model.apply(imagesTensor(batch)) as tf.Tensor2D;
      return tf.stack([lossOf(logits, { labels }), countCorrect(logits, labels)]);
    });
    const [batchLoss, batchCorrect] = await metrics.data();
    metrics.dispose();
    loss += batchLoss! * batch.labels.length;
    correct += batchCorrect!;
    count += batch.labels.length;
    if (signal?.aborted) break;
  }
  return { val_loss: loss / count, val_accuracy: correct / count };
}

/**
 * As `validate`. Where there is an average that is to be used in the end (`ema`), `val_loss` and `val_accuracy` are of its
 * weights, and `raw_val_loss` and `raw_val_accuracy` of those that are trained.
 */
export async function validateAveraged(
  model: tf.LayersModel,
  loader: Loader,
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
