/** Which classes are taken for which, out of the counts of a confusion matrix. */

export interface ConfusedPair {
  readonly label: number;
  readonly prediction: number;
  readonly count: number;
}

/**
 * The most frequent first; of equal ones, in the matrix's order.
 * @param matrix rows are labels, columns predictions.
 * @param most how many.
 */
export function confusedPairs(matrix: readonly (readonly number[])[], most: number): ConfusedPair[] {
  return matrix
    .flatMap((row, label) =>
      row.flatMap((count, prediction) =>
        count > 0 && prediction !== label ? [{ label, prediction, count }] : [],
      ),
    )
    .sort((a, b) => b.count - a.count)
    .slice(0, most);
}
