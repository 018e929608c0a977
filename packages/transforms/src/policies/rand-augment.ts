/**
 * RandAugment (Cubuk et al. 2019, https://arxiv.org/abs/1909.13719): so many operations by chance, all of one strength;
 * torchvision's `RandAugment`. TrivialAugment Wide (Müller and Hutter 2021, https://arxiv.org/abs/2103.10158): one
 * operation, of a strength by chance; torchvision's `TrivialAugmentWide`.
 */
import { eachWarpedImage, type WarpOptions } from "../geometry/warp.js";
import type { Transform } from "../transform.js";
import {
  AUTO_AUGMENT_SPACE,
  drawMagnitude,
  drawName,
  magnitudeSpace,
  type MagnitudeSpace,
} from "./magnitudes.js";
import { applyOperation, applyOperations, type DrawnOperation } from "./operations.js";

export interface RandAugmentOptions extends WarpOptions {
  readonly numOps: number;
  /** Less than `numMagnitudeBins`. */
  readonly magnitude: number;
  readonly numMagnitudeBins: number;
}

const RAND_AUGMENT: MagnitudeSpace = new Map([["Identity", null], ...AUTO_AUGMENT_SPACE]);

export function randAugment(options: RandAugmentOptions): Transform<readonly DrawnOperation[] | null> {
  const { numOps, magnitude, numMagnitudeBins } = options;
  const part = magnitude / (numMagnitudeBins - 1);
  return eachWarpedImage<readonly DrawnOperation[]>(options, {
    sample: (rng, size) =>
      Array.from({ length: numOps }, () =>
        drawMagnitude(rng, RAND_AUGMENT, { name: drawName(rng, RAND_AUGMENT), part, size }),
      ),
    change: (image, operations) => applyOperations(image, operations, options),
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
  return eachWarpedImage<DrawnOperation>(options, {
    sample(rng, size) {
      const name = drawName(rng, TRIVIAL_AUGMENT_WIDE);
      const part = rng.int(numMagnitudeBins) / (numMagnitudeBins - 1);
      return drawMagnitude(rng, TRIVIAL_AUGMENT_WIDE, { name, part, size });
    },
    change: (image, operation) => applyOperation(image, operation, options),
  });
}
