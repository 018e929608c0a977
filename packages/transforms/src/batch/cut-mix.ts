/**
 * CutMix: a rectangle of every picture of a batch is that of the one before it, and its share of the picture's area is the
 * share of that one's label. Yun et al. 2019, "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable
 * Features", § 3.1, https://arxiv.org/abs/1905.04899; torchvision's `CutMix`: the rectangle's middle may be any pixel, what
 * lies beyond the edge is cut off, and λ is put right by the area that is left.
 */
import type { Rng } from "@convkit/random";
import type { ImageBatchShape } from "../image-batch.js";
import { eachPair } from "./pairing.js";

/** In pixels. */
export interface CutMixBox {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** @param share λ before it is put right: the rectangle's edges are √(1 − λ) of the picture's. */
export function drawBox(rng: Rng, { height, width }: ImageBatchShape, share: number): CutMixBox {
  const [x, y] = [rng.int(width), rng.int(height)];
  const half = 0.5 * Math.sqrt(1 - share);
  const [halfWidth, halfHeight] = [Math.floor(half * width), Math.floor(half * height)];
  const [left, top] = [Math.max(x - halfWidth, 0), Math.max(y - halfHeight, 0)];
  return {
    top,
    left,
    height: Math.min(y + halfHeight, height) - top,
    width: Math.min(x + halfWidth, width) - left,
  };
}

/** @returns λ: the part of the picture outside `box`, exactly. */
export function shareOutside(box: CutMixBox, { height, width }: ImageBatchShape): number {
  return 1 - (box.height * box.width) / (height * width);
}

/**
 * In place.
 * @param images float32 [count, height, width, channels].
 */
export function cutMix(images: Float32Array, shape: ImageBatchShape, box: CutMixBox): void {
  const { width, channels } = shape;
  eachPair(images, shape, (image, partner) => {
    for (let y = box.top; y < box.top + box.height; y++) {
      const start = (y * width + box.left) * channels;
      image.set(partner.subarray(start, start + box.width * channels), start);
    }
  });
}
