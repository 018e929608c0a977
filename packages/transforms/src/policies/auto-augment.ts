/**
 * AutoAugment (Cubuk et al. 2019, https://arxiv.org/abs/1805.09501): one of 25 pairs of operations by chance, each of the
 * two made with its own probability; torchvision's `AutoAugment`.
 */
import { eachWarpedImage, type WarpOptions } from "../geometry/warp.js";
import type { Transform } from "../transform.js";
import { AUTO_AUGMENT_POLICIES, type AutoAugmentPolicy } from "./auto-augment-policies.js";
import { AUTO_AUGMENT_SPACE, drawMagnitude, type MagnitudeSpace } from "./magnitudes.js";
import { applyOperations, type DrawnOperation } from "./operations.js";

const SPACE: MagnitudeSpace = new Map([...AUTO_AUGMENT_SPACE, ["Invert", null]]);
/** The paper's strengths are 0…9. */
const STRONGEST = 9;

export interface AutoAugmentOptions extends WarpOptions {
  /** The data set on which it was found. */
  readonly policy: AutoAugmentPolicy;
}

export function autoAugment(options: AutoAugmentOptions): Transform<readonly DrawnOperation[] | null> {
  const pairs = AUTO_AUGMENT_POLICIES[options.policy];
  return eachWarpedImage<readonly DrawnOperation[]>(options, {
    sample(rng, size) {
      const pair = pairs[rng.int(pairs.length)]!;
      return pair
        .filter(([, probability]) => rng.bernoulli(probability))
        .map(([name, , strength]) =>
          drawMagnitude(rng, SPACE, { name, part: (strength ?? 0) / STRONGEST, size }),
        );
    },
    change: (image, operations) => applyOperations(image, operations, options),
  });
}
