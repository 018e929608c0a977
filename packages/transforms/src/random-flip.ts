/** Mirrors pictures with a probability; torchvision's `RandomHorizontalFlip` and `RandomVerticalFlip`. */
import { consecutive, type PixelMap } from "./pixel-map.js";
import type { PixelMove } from "./pixel-move.js";

type RandomFlip = Required<PixelMove<boolean>>;

/** Left and right change places. @param p probability of mirroring, 0…1. */
export const randomHorizontalFlip = (p: number): RandomFlip => randomFlip(p, "columns");

/** Top and bottom change places. @param p probability of mirroring, 0…1. */
export const randomVerticalFlip = (p: number): RandomFlip => randomFlip(p, "rows");

function randomFlip(p: number, mirrored: keyof PixelMap): RandomFlip {
  return {
    outputShape: (shape) => shape,
    sample: (rng) => rng.bernoulli(p),
    map({ height, width }, isFlipped = false) {
      const map = { rows: consecutive(0, height), columns: consecutive(0, width) };
      if (isFlipped) map[mirrored].reverse();
      return map;
    },
  };
}
