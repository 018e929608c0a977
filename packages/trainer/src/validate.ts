/** Loss and accuracy over a labelled split, by the network as it will be used. */
import type { Loader } from "@convkit/data";
import * as tf from "@tensorflow/tfjs";
import { imagesTensor, labelsTensor } from "./batch-tensors.js";
import type { LogValues } from "./callback.js";
import { countCorrect, crossEntropy } from "./cross-entropy.js";

/**
 * `val_loss` is the plain cross-entropy in nats, without the training loss's label smoothing (as timm does), so
 * that it is comparable between runs and with an evaluation report's loss.
 * @param signal ends it early; the logs then cover the batches up to there.
 */
export async function validate(
  model: tf.LayersModel,
  loader: Loader,
  signal?: AbortSignal,
): Promise<LogValues> {
  let loss = 0;
  let correct = 0;
  let count = 0;
  for await (const batch of loader.epoch(0)) {
    const metrics = tf.tidy(() => {
      const labels = labelsTensor(batch);
      const logits = model.apply(imagesTensor(batch)) as tf.Tensor2D;
      return tf.stack([crossEntropy(logits, labels), countCorrect(logits, labels)]);
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
