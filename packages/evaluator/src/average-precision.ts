/**
 * Average precision: how well scores rank the pictures that have a label before those that have not, whatever the
 * threshold. scikit-learn's `average_precision_score`, without interpolation:
 * https://scikit-learn.org/stable/modules/generated/sklearn.metrics.average_precision_score.html
 *
 *   AP = Σₙ (Rₙ − Rₙ₋₁) · Pₙ, over the distinct scores from the highest down, each taken as a threshold.
 *
 * Differs from it: NaN without a picture that has the label, where scikit-learn says 0 and warns.
 */
import { thresholdCounts, type ThresholdCounts } from "./curves/threshold-counts.js";

/** @param has of each picture 1 or 0, beside its score. */
export function averagePrecision(has: ArrayLike<number>, scores: ArrayLike<number>): number {
  return averagePrecisionOf(thresholdCounts(has, scores));
}

export function averagePrecisionOf({ truePositives, falsePositives, positives }: ThresholdCounts): number {
  let sum = 0;
  let counted = 0;
  for (const [i, found] of truePositives.entries()) {
    sum += (found - counted) * (found / (found + falsePositives[i]!));
    counted = found;
  }
  // Divided last, so that a perfect ranking is 1 to the last bit; 0 / 0 is NaN.
  return sum / positives;
}
