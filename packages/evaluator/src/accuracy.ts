/** Accuracy and top-k accuracy. Pictures without a label (-1) are left out; without any label left, NaN. */
import type { Predictions } from "@convkit/schema";

/** Fraction of labelled pictures whose most probable class is their label. */
export function accuracy(predictions: Predictions): number {
  return topKAccuracy(predictions, 1);
}

/**
 * Fraction of labelled pictures whose label is among the k most probable classes. Equally probable classes rank by
 * their index, the lower first, so that exactly k classes are "among the k" and k = 1 is the accuracy.
 */
export function topKAccuracy(predictions: Predictions, k: number): number {
  let labelled = 0;
  let hits = 0;
  predictions.labels.forEach((label, row) => {
    if (label < 0) return;
    labelled++;
    if (rankOfLabel(predictions, row) < k) hits++;
  });
  return hits / labelled;
}

/** How many classes come before a picture's label. */
export function rankOfLabel({ labels, classNames, probabilities }: Predictions, row: number): number {
  const classCount = classNames.length;
  const label = labels[row]!;
  const own = probabilities[row * classCount + label]!;
  let rank = 0;
  for (let other = 0; other < classCount; other++) {
    const p = probabilities[row * classCount + other]!;
    if (p > own || (p === own && other < label)) rank++;
  }
  return rank;
}
