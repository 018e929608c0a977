/**
 * Accuracy as if every class had equally many pictures. scikit-learn's `balanced_accuracy_score`; Brodersen et al. 2010,
 * https://doi.org/10.1109/ICPR.2010.764
 */
import type { ClassCounts } from "./class-counts.js";

/** The mean recall of the classes that have pictures; NaN without any. */
export function balancedAccuracy({ hits, support }: ClassCounts): number {
  let sum = 0;
  let present = 0;
  for (let k = 0; k < support.length; k++) {
    if (support[k] === 0) continue;
    sum += hits[k]! / support[k]!;
    present++;
  }
  return sum / present;
}
