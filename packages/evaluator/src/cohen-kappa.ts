/**
 * How far predictions agree with labels beyond what their frequencies alone would bring.
 * Cohen 1960, https://doi.org/10.1177/001316446002000104; scikit-learn's `cohen_kappa_score`.
 */
import { totalOf, type ClassCounts } from "./class-counts.js";

/**
 * κ = (pₒ − pₑ) / (1 − pₑ), with pₒ the accuracy and pₑ = Σₖ supportₖ · predictedₖ / n². From −1 to 1, 0 by chance. NaN where
 * all pictures are of one class and all are predicted as it: chance could not do otherwise.
 */
export function cohenKappa({ hits, predicted, support }: ClassCounts): number {
  const count = totalOf(support);
  let chance = 0;
  for (let k = 0; k < support.length; k++) chance += support[k]! * predicted[k]!;
  return (totalOf(hits) * count - chance) / (count * count - chance);
}
