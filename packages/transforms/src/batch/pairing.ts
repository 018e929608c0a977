/** Which picture of a batch is mixed with which: each with the one before it, the first with the last. */
import { valuesPerImage, type ImageBatchShape } from "../image-batch.js";

/** `labels` of the pictures that each is mixed with: rolled by one, as torchvision rolls its batches. */
export function rolled(labels: Int32Array): Int32Array<ArrayBuffer> {
  const count = labels.length;
  return Int32Array.from({ length: count }, (_, i) => labels[(i + count - 1) % count] as number);
}

/**
 * Hands each picture over with its partner as it was before any was changed, so that `change` may write into it.
 * @param images float32 [count, height, width, channels].
 */
export function eachPair(
  images: Float32Array,
  shape: ImageBatchShape,
  change: (image: Float32Array, partner: Float32Array) => void,
): void {
  const values = valuesPerImage(shape);
  const imageAt = (i: number) => images.subarray(i * values, (i + 1) * values);
  const last = imageAt(shape.count - 1).slice();
  for (let i = shape.count - 1; i > 0; i--) change(imageAt(i), imageAt(i - 1));
  if (shape.count > 0) change(imageAt(0), last);
}
