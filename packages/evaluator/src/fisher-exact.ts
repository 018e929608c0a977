/**
 * Whether two shares differ by more than chance, exact however few the pictures are.
 * Fisher 1922, https://doi.org/10.2307/2340521; two-sided as R's `fisher.test` and SciPy's `fisher_exact` have it.
 */

/** Tables as likely as the given one, but for rounding, are as extreme as it: R's slack. */
const SLACK = 1 + 1e-7;

/** One row's pictures with and without what is counted. */
export interface CountPair {
  readonly hits: number;
  readonly misses: number;
}

/**
 * Given the margins, `hits` of the one side are hypergeometric; the p-value is the sum of the probabilities of all tables that
 * are not likelier than this one. 1 where a row or a column is empty.
 */
export function fisherExact(one: CountPair, other: CountPair): number {
  const size = one.hits + one.misses;
  const allHits = one.hits + other.hits;
  const total = size + other.hits + other.misses;
  const lnFactorial = lnFactorials(total);
  const lnChoose = (n: number, k: number) => lnFactorial[n]! - lnFactorial[k]! - lnFactorial[n - k]!;
  const probability = (hits: number) =>
    Math.exp(lnChoose(allHits, hits) + lnChoose(total - allHits, size - hits) - lnChoose(total, size));
  const limit = probability(one.hits) * SLACK;
  let sum = 0;
  for (let hits = Math.max(0, size - (total - allHits)); hits <= Math.min(size, allHits); hits++) {
    const p = probability(hits);
    if (p <= limit) sum += p;
  }
  return Math.min(1, sum);
}

/** ln 0!, ln 1!, …, ln n!. */
function lnFactorials(n: number): Float64Array {
  const values = new Float64Array(n + 1);
  for (let i = 2; i <= n; i++) values[i] = values[i - 1]! + Math.log(i);
  return values;
}
