/**
 * AutoAugment (Cubuk et al. 2019, https://arxiv.org/abs/1805.09501): one of 25 pairs of operations by chance, each of the
 * two made with its own probability; torchvision's `AutoAugment`.
 */
import { eachImage } from "../each-image.js";
import { checkFill, type WarpOptions } from "../geometry/warp.js";
import type { Transform } from "../transform.js";
import { AUTO_AUGMENT_POLICIES, type AutoAugmentPolicy } from "./auto-augment-policies.js";
import { drawMagnitude, magnitudeSpace, type MagnitudeSpace } from "./magnitudes.js";
import { applyOperation, type DrawnOperation } from "./operations.js";
import { shiftOfPaper } from "./rand-augment.js";

const SPACE: MagnitudeSpace = new Map([
  ...magnitudeSpace({ shear: 0.3, translate: shiftOfPaper, rotate: 30, enhance: 0.9, posterize: [8, 4] }),
  ["Invert", null],
]);
/** The paper's strengths are 0…9. */
const STRONGEST = 9;

export interface AutoAugmentOptions extends WarpOptions {
  /** The data set on which it was found. */
  readonly policy: AutoAugmentPolicy;
}

export function autoAugment(options: AutoAugmentOptions): Transform<readonly DrawnOperation[] | null> {
  const pairs = AUTO_AUGMENT_POLICIES[options.policy];
  return eachImage<readonly DrawnOperation[]>({
    sample(rng, size) {
      const pair = pairs[rng.int(pairs.length)]!;
      return pair
        .filter(([, probability]) => rng.bernoulli(probability))
        .map(([name, , strength]) =>
          drawMagnitude(rng, SPACE, { name, part: (strength ?? 0) / STRONGEST, size }),
        );
    },
    check: ({ channels }) => checkFill(options.fill, channels),
    change(image, operations) {
      for (const operation of operations) applyOperation(image, operation, options);
    },
  });
}
