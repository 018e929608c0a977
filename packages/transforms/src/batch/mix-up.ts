/**
 * MixUp: every picture of a batch becomes λ·itself + (1 − λ)·the one before it, and its label likewise, λ ~ Beta(α, α)
 * drawn once for the batch. Zhang et al. 2018, "mixup: Beyond Empirical Risk Minimization", § 2,
 * https://arxiv.org/abs/1710.09412; torchvision's `MixUp`.
 */
import type { ImageBatchShape } from "../image-batch.js";
import { eachPair } from "./pairing.js";

/**
 * In place.
 * @param images float32 [count, height, width, channels]; mixing commutes with Normalize.
 * @param weight λ, 0…1.
 */
export function mixUp(images: Float32Array, shape: ImageBatchShape, weight: number): void {
  eachPair(images, shape, (image, partner) => {
    for (let i = 0; i < image.length; i++) {
      image[i] = weight * (image[i] as number) + (1 - weight) * (partner[i] as number);
    }
  });
}
