/**
 * Mirrors left and right in every other epoch, beginning for half of the pictures with the first, so that two epochs in
 * a row show both sides of each: airbench's alternating flip (Jordan 2024, § 3.6, https://arxiv.org/abs/2404.00498).
 */
import type { PixelMove } from "./pixel-move.js";
import { randomHorizontalFlip } from "./random-flip.js";

export function alternatingFlip(): Required<PixelMove<boolean>> {
  return {
    ...randomHorizontalFlip(0.5),
    sample: (_, __, { epoch, imageRng }) => imageRng().bernoulli(0.5) !== (epoch % 2 === 1),
  };
}
