/** Mirrors left and right with a probability; torchvision's `RandomHorizontalFlip`. */
import { consecutive } from "./pixel-map.js";
import type { PixelMove } from "./pixel-move.js";

/** @param p probability of mirroring, 0…1. */
export function randomHorizontalFlip(p: number): Required<PixelMove<boolean>> {
  return {
    outputShape: (shape) => shape,
    sample: (rng) => rng.bernoulli(p),
    map({ height, width }, isFlipped = false) {
      const columns = consecutive(0, width);
      return { rows: consecutive(0, height), columns: isFlipped ? columns.reverse() : columns };
    },
  };
}
