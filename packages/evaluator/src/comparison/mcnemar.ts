/**
 * McNemar's exact test: whether two networks are right on equally many of the same pictures. Only pictures on which one is
 * right and the other wrong say anything; were both equally good, each of them would be a fair coin.
 * McNemar 1947, https://doi.org/10.1007/BF02295996; for classifiers Dietterich 1998, https://doi.org/10.1162/089976698300017197
 */

export interface McNemar {
  /** Pictures that the first alone is right on. */
  readonly onlyFirst: number;
  /** Pictures that the second alone is right on. */
  readonly onlySecond: number;
  /** Two-sided; 1 without any such picture. */
  readonly pValue: number;
}

/**
 * p = min(1, 2 · Σₖ₌₀…ₘ C(n, k) / 2ⁿ), with n pictures on which they differ and m the smaller of the two counts: the exact binomial
 * test, which holds for few pictures too, where the χ² of the textbook does not.
 * @param first of each picture whether it is right; `second` of the same ones.
 */
export function mcnemar(first: ArrayLike<boolean>, second: ArrayLike<boolean>): McNemar {
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let picture = 0; picture < first.length; picture++) {
    if (first[picture] && !second[picture]) onlyFirst++;
    if (second[picture] && !first[picture]) onlySecond++;
  }
  const count = onlyFirst + onlySecond;
  // By logarithms: of thousands of coins, C(n, k) is beyond every double.
  let logTerm = -count * Math.LN2;
  let tail = 0;
  for (let k = 0; k <= Math.min(onlyFirst, onlySecond); k++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log((count - k) / (k + 1));
  }
  return { onlyFirst, onlySecond, pValue: Math.min(1, 2 * tail) };
}
