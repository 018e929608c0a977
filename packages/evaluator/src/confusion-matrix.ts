/** Which class was taken for which. */
import type { Predictions } from "@convkit/schema";
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
