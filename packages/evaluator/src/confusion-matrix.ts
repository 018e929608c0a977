/** Which class was taken for which. */
import type { Predictions } from "@convkit/schema";
import { classCounts } from "./class-counts.js";
import { predictedClasses } from "./predicted-classes.js";

/** Counts of labelled pictures, [label][prediction]. */
export function confusionMatrix(predictions: Predictions): number[][] {
  const classCount = predictions.classNames.length;
  const matrix = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  const predicted = predictedClasses(predictions);
  predictions.labels.forEach((label, row) => {
    if (label >= 0) matrix[label]![predicted[row]!]!++;
  });
  return matrix;
}

/**
 * Counts as shares: of each label's pictures (rows sum to 1, the diagonal is the recall), or of what was predicted as each class
 * (columns sum to 1, the diagonal is the precision). scikit-learn's `normalize="true"` and `"pred"`: of nothing, 0.
 */
export function normaliseConfusionMatrix(
  matrix: readonly (readonly number[])[],
  over: "labels" | "predictions",
): number[][] {
  const { support, predicted } = classCounts(matrix);
  return matrix.map((row, label) =>
    row.map((count, prediction) => {
      const whole = over === "labels" ? support[label]! : predicted[prediction]!;
      return whole === 0 ? 0 : count / whole;
    }),
  );
}

export interface Confusion {
  readonly label: number;
  readonly prediction: number;
  readonly count: number;
  /** Of the label's pictures, the fraction taken for `prediction`. */
  readonly share: number;
}

/** The pairs of classes most often confused, the most frequent first; equal counts by share, then by index. */
export function topConfusions(matrix: readonly (readonly number[])[], count: number): Confusion[] {
  const confusions = matrix.flatMap((row, label) => {
    const support = row.reduce((total, n) => total + n, 0);
    return row.flatMap((n, prediction) =>
      n > 0 && prediction !== label ? [{ label, prediction, count: n, share: n / support }] : [],
    );
  });
  return confusions.sort((a, b) => b.count - a.count || b.share - a.share).slice(0, count);
}
