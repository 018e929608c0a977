/**
 * RandAugment (Cubuk et al. 2019, https://arxiv.org/abs/1909.13719): so many operations by chance, all of one strength;
 * torchvision's `RandAugment`. TrivialAugment Wide (Müller and Hutter 2021, https://arxiv.org/abs/2103.10158): one
 * operation, of a strength by chance; torchvision's `TrivialAugmentWide`.
 */
import { eachImage } from "../each-image.js";
import { checkFill, type WarpOptions } from "../geometry/warp.js";
import type { Transform } from "../transform.js";
import { drawMagnitude, drawName, magnitudeSpace, type MagnitudeSpace } from "./magnitudes.js";
import { applyOperation, type DrawnOperation } from "./operations.js";

export interface RandAugmentOptions extends WarpOptions {
  readonly numOps: number;
  /** Less than `numMagnitudeBins`. */
  readonly magnitude: number;
  readonly numMagnitudeBins: number;
}

/** Of AutoAugment's paper: 150 of the 331 pixels of its pictures. */
export const shiftOfPaper = (length: number) => (150 / 331) * length;

const RAND_AUGMENT: MagnitudeSpace = new Map([
  ["Identity", null],
  ...magnitudeSpace({ shear: 0.3, translate: shiftOfPaper, rotate: 30, enhance: 0.9, posterize: [8, 4] }),
]);

export function randAugment(options: RandAugmentOptions): Transform<readonly DrawnOperation[] | null> {
  const { numOps, magnitude, numMagnitudeBins } = options;
  const part = magnitude / (numMagnitudeBins - 1);
  return eachImage<readonly DrawnOperation[]>({
    sample: (rng, size) =>
      Array.from({ length: numOps }, () =>
        drawMagnitude(rng, RAND_AUGMENT, { name: drawName(rng, RAND_AUGMENT), part, size }),
      ),
    check: ({ channels }) => checkFill(options.fill, channels),
    change(image, operations) {
      for (const operation of operations) applyOperation(image, operation, options);
    },
  });
}

const TRIVIAL_AUGMENT_WIDE: MagnitudeSpace = new Map([
  ["Identity", null],
  ...magnitudeSpace({ shear: 0.99, translate: () => 32, rotate: 135, enhance: 0.99, posterize: [8, 2] }),
]);

export interface TrivialAugmentWideOptions extends WarpOptions {
  readonly numMagnitudeBins: number;
}

export function trivialAugmentWide(options: TrivialAugmentWideOptions): Transform<DrawnOperation | null> {
  const { numMagnitudeBins } = options;
  return eachImage<DrawnOperation>({
    sample(rng, size) {
      const name = drawName(rng, TRIVIAL_AUGMENT_WIDE);
      const part = rng.int(numMagnitudeBins) / (numMagnitudeBins - 1);
      return drawMagnitude(rng, TRIVIAL_AUGMENT_WIDE, { name, part, size });
    },
    check: ({ channels }) => checkFill(options.fill, channels),
    change: (image, operation) => applyOperation(image, operation, options),
  });
}
