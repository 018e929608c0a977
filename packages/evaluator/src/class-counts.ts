/** Of each class: how many pictures are of it, were predicted as it, and both. All figures but the losses are made of these. */

export interface ClassCounts {
  /** Of the class, and predicted as it. */
  readonly hits: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
  readonly support: ArrayLike<number>;
}

/** @param matrix counts, [label][prediction]. */
export function classCounts(matrix: readonly (readonly number[])[]): ClassCounts {
  const predicted = new Float64Array(matrix.length);
  for (const row of matrix) for (const [k, count] of row.entries()) predicted[k]! += count;
  return {
    hits: Float64Array.from(matrix, (row, k) => row[k]!),
    predicted,
    support: Float64Array.from(matrix, (row) => row.reduce((sum, count) => sum + count, 0)),
  };
}

export function totalOf(counts: ArrayLike<number>): number {
  let total = 0;
  for (let k = 0; k < counts.length; k++) total += counts[k]!;
  return total;
}
