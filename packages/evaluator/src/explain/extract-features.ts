/** What a network makes of a picture before it judges: the activations that its classifier reads. */
import { splitModel } from "@convkit/models";
import * as tf from "@tensorflow/tfjs";

/** Pictures in one pass of the network; bounds memory. */
const BATCH_SIZE = 64;

/**
 * @param model one that `splitModel` can cut in front of its classifier; it stays whole.
 * @param inputs float32 [N, H, W, C], as the network takes them; not disposed.
 * @returns float32 [N, D], row by row; feature maps [h, w, D] are averaged over their positions.
 */
export async function extractFeatures(model: tf.LayersModel, inputs: tf.Tensor4D): Promise<Float32Array[]> {
  const { features, head } = splitModel(model);
  const rows: Float32Array[] = [];
  try {
    for (let start = 0; start < inputs.shape[0]; start += BATCH_SIZE) {
      const batch = tf.tidy(() => {
        const size = Math.min(BATCH_SIZE, inputs.shape[0] - start);
        const y = features.predict(inputs.slice(start, size)) as tf.Tensor;
        return y.rank === 4 ? y.mean<tf.Tensor2D>([1, 2]) : y.reshape<tf.Tensor2D>([size, -1]);
      });
      const [, width] = batch.shape;
      const values = await batch.data<"float32">();
      for (let row = 0; row < batch.shape[0]; row++) {
        rows.push(values.slice(row * width, (row + 1) * width));
      }
      batch.dispose();
    }
  } finally {
    features.dispose();
    head.dispose();
  }
  return rows;
}
