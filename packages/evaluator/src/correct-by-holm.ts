/** p-values of many tests at once, so that one of them is small by chance no oftener than one alone: Holm 1979, https://www.jstor.org/stable/4615733 */

/**
 * The k-th smallest of m counts m − k + 1 fold, and none less than a smaller one. NaN stays, and counts as the largest.
 * @returns in the order given.
 */
export function correctByHolm(pValues: readonly number[]): number[] {
  const order = [...pValues.keys()].sort((a, b) => rankOf(pValues[a]!) - rankOf(pValues[b]!));
  const corrected = [...pValues];
  let least = 0;
  for (const [rank, index] of order.entries()) {
    least = Math.max(least, Math.min(1, pValues[index]! * (pValues.length - rank)));
    corrected[index] = least;
  }
  return corrected;
}

const rankOf = (pValue: number) => (Number.isNaN(pValue) ? 2 : pValue);
