/**
 * The precision–recall curve: of what a threshold finds, the share that has the label, over the share of the label's pictures that
 * it finds. scikit-learn's `precision_recall_curve`, in the other direction, from a recall of 0 up, and with every threshold. The
 * area under it is the average precision, `averagePrecision`: steps, since straight lines between the points would promise too
 * much (Davis & Goadrich 2006, https://doi.org/10.1145/1143844.1143874).
 */
import type { CurvePoints } from "@convkit/schema";
import { thresholdCounts, type ThresholdCounts } from "./threshold-counts.js";

/**
 * From a recall of 0 and a precision of 1, by convention, a point for each distinct score from the highest down. No points where
 * no picture has the label.
 * @param has of each picture 1 or 0, beside its score.
 */
export function precisionRecallCurve(has: ArrayLike<number>, scores: ArrayLike<number>): CurvePoints {
  return precisionRecallPoints(thresholdCounts(has, scores));
}

export function precisionRecallPoints({
  truePositives,
  falsePositives,
  positives,
}: ThresholdCounts): CurvePoints {
  if (positives === 0) return { x: [], y: [] };
  return {
    x: [0, ...truePositives.map((count) => count / positives)],
    y: [1, ...truePositives.map((count, i) => count / (count + falsePositives[i]!))],
  };
}
