/** Which picture of a batch is mixed with which: each with the one before it, the first with the last. */
import { valuesPerImage, type ImageBatchShape } from "../image-batch.js";

/** `values` of the pictures that each is mixed with: rolled by one, as torchvision rolls its batches. */
export function rolled<Values extends Int32Array | Float32Array>(values: Values): Values {
  const partners = values.slice() as Values;
  const count = values.length;
  for (let i = 0; i < count; i++) partners[i] = values[(i + count - 1) % count] as number;
  return partners;
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
