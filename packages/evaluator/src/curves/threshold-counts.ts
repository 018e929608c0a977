/**
 * What each threshold on a score would find: the one pass over ranked pictures that both curves, their areas and the average
 * precision are made of.
 */

/** At each distinct score, from the highest down, taken as a threshold: how many score at least that. */
export interface ThresholdCounts {
  /** Of those that have the label. */
  readonly truePositives: readonly number[];
  /** Of those that have not. */
  readonly falsePositives: readonly number[];
  /** All that have the label, and all that have not. */
  readonly positives: number;
  readonly negatives: number;
}

/**
 * Decisions of one score stand or fall together. A NaN among the scores makes one threshold of all.
 * @param has of each decision 1 or 0, beside its score.
 */
export function thresholdCounts(has: ArrayLike<number>, scores: ArrayLike<number>): ThresholdCounts {
  let positives = 0;
  for (let i = 0; i < has.length; i++) positives += has[i]!;
  // Two lists sorted as plain numbers and merged: much faster than sorting pairs by a comparison.
  const ofPositives = new Float64Array(positives);
  const ofNegatives = new Float64Array(has.length - positives);
  let p = 0;
  let n = 0;
  for (let i = 0; i < has.length; i++) {
    if (has[i] === 1) ofPositives[p++] = scores[i]!;
    else ofNegatives[n++] = scores[i]!;
  }
  ofPositives.sort();
  ofNegatives.sort();
  const truePositives: number[] = [];
  const falsePositives: number[] = [];
  while (p > 0 || n > 0) {
    const score = Math.max(
      p > 0 ? ofPositives[p - 1]! : Number.NEGATIVE_INFINITY,
      n > 0 ? ofNegatives[n - 1]! : Number.NEGATIVE_INFINITY,
    );
    // Written so that a NaN ends the loop.
    while (p > 0 && !(ofPositives[p - 1]! < score)) p--;
    while (n > 0 && !(ofNegatives[n - 1]! < score)) n--;
    truePositives.push(positives - p);
    falsePositives.push(ofNegatives.length - n);
  }
  return { truePositives, falsePositives, positives, negatives: ofNegatives.length };
}
