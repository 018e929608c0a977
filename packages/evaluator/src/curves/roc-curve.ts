/**
 * The ROC curve: of a label's pictures the share that a threshold finds (true positive rate) over the share of the others that it
 * finds too (false positive rate). Fawcett 2006, "An introduction to ROC analysis", https://doi.org/10.1016/j.patrec.2005.10.010;
 * scikit-learn's `roc_curve` with `drop_intermediate=False`, and `roc_auc_score`. Differs from it: NaN where pictures are on one
 * side alone, where scikit-learn raises an error.
 */
import type { CurvePoints } from "@convkit/schema";
import { thresholdCounts, type ThresholdCounts } from "./threshold-counts.js";

/**
 * From (0, 0) on, a point for each distinct score from the highest down, the last at (1, 1). No points where pictures are on one
 * side alone.
 * @param has of each picture 1 or 0, beside its score.
 */
export function rocCurve(has: ArrayLike<number>, scores: ArrayLike<number>): CurvePoints {
  return rocPoints(thresholdCounts(has, scores));
}

/**
 * The area under it by trapezoids, which is the probability that a picture of the label scores higher than another, equal scores
 * counted half (Hanley & McNeil 1982, https://doi.org/10.1148/radiology.143.1.7063747). NaN where pictures are on one side alone.
 * @param has of each picture 1 or 0, beside its score.
 */
export function rocAuc(has: ArrayLike<number>, scores: ArrayLike<number>): number {
  return rocArea(thresholdCounts(has, scores));
}

export function rocPoints({
  truePositives,
  falsePositives,
  positives,
  negatives,
}: ThresholdCounts): CurvePoints {
  if (positives === 0 || negatives === 0) return { x: [], y: [] };
  return {
    x: [0, ...falsePositives.map((count) => count / negatives)],
    y: [0, ...truePositives.map((count) => count / positives)],
  };
}

export function rocArea({ truePositives, falsePositives, positives, negatives }: ThresholdCounts): number {
  let doubled = 0;
  let tp = 0;
  let fp = 0;
  for (let i = 0; i < truePositives.length; i++) {
    doubled += (falsePositives[i]! - fp) * (truePositives[i]! + tp);
    tp = truePositives[i]!;
    fp = falsePositives[i]!;
  }
  return doubled / (2 * positives * negatives);
}
