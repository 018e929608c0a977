/** Pictures laid over each other, each by its weight: what AugMix's chains end in. */
import type { Pixels } from "../image-batch.js";
import { mixBytes } from "../kernels/simd-colors.js";

/**
 * In place, in the first of them; rounded to float32 after every one.
 * @param images of one type and length.
 * @param weights one for each; they sum to 1.
 */
export function mixImages(images: readonly Pixels[], weights: readonly number[]): void {
  const areBytes = images.every((image) => image instanceof Uint8Array);
  if (areBytes && mixBytes(images, weights)) return;
  const mix = new Float32Array(images[0]!.length);
  for (const [i, image] of images.entries()) {
    const weight = weights[i] as number;
    for (let at = 0; at < mix.length; at++) {
      mix[at] = (mix[at] as number) + weight * (image[at] as number);
    }
  }
  images[0]!.set(mix);
}
