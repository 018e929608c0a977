/**
 * Average precision: how well scores rank the pictures that have a label before those that have not, whatever the
 * threshold. scikit-learn's `average_precision_score`, without interpolation:
 * https://scikit-learn.org/stable/modules/generated/sklearn.metrics.average_precision_score.html
 *
 *   AP = Σₙ (Rₙ − Rₙ₋₁) · Pₙ, over the distinct scores from the highest down, each taken as a threshold.
 *
 * Differs from it: NaN without a picture that has the label, where scikit-learn says 0 and warns.
 */

/** @param has of each picture 1 or 0, beside its score. */
export function averagePrecision(has: ArrayLike<number>, scores: ArrayLike<number>): number {
  const ranked = Array.from(scores, (score, picture) => ({ score, has: has[picture] as number })).sort(
    (a, b) => b.score - a.score,
  );
  const total = ranked.reduce((sum, picture) => sum + picture.has, 0);
  let found = 0;
  let counted = 0;
  let sum = 0;
  for (const [rank, { score, has: isHit }] of ranked.entries()) {
    found += isHit;
    // Pictures of one score stand or fall together.
    if (ranked[rank + 1]?.score === score) continue;
    sum += ((found - counted) / total) * (found / (rank + 1));
    counted = found;
  }
  return total === 0 ? Number.NaN : sum;
}
