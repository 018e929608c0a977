/** Mirrors top and bottom with a probability; torchvision's `RandomVerticalFlip`. */
import { consecutive } from "./pixel-map.js";
import type { PixelMove } from "./pixel-move.js";

/** @param p probability of mirroring, 0…1. */
export function randomVerticalFlip(p: number): Required<PixelMove<boolean>> {
  return {
    outputShape: (shape) => shape,
    sample: (rng) => rng.bernoulli(p),
    map({ height, width }, isFlipped = false) {
      const rows = consecutive(0, height);
      return { rows: isFlipped ? rows.reverse() : rows, columns: consecutive(0, width) };
    },
  };
}
