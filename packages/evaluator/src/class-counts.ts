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

/** No counts yet: hits, predicted, support. */
export function emptyCounts(classCount: number) {
  return [0, 1, 2].map(() => new Float64Array(classCount)) as [Float64Array, Float64Array, Float64Array];
}

/**
 * Counts sets of labels over and over, pictures weighing each time otherwise. Goes over the few labels alone that a picture has or is said to
 * have: of most labels of most pictures there is nothing to count.
 *
 * @param has 1 where a picture has a label, else 0, [picture][label].
 * @param isSaid whether the network says the one at that place.
 * @returns the counts under a weight for each picture.
 */
export function labelSetCounter(
  has: ArrayLike<number>,
  isSaid: (place: number) => boolean,
  labelCount: number,
): (weights: Float64Array) => ClassCounts {
  // A code is 4 · label, + 1 where the picture has it, + 2 where it is said.
  const [pictures, codes]: [number[], number[]] = [[], []];
  for (let place = 0; place < has.length; place++) {
    const code = has[place]! + 2 * Number(isSaid(place));
    if (code === 0) continue;
    pictures.push(Math.floor(place / labelCount));
    codes.push(4 * (place % labelCount) + code);
  }
  return (weights) => {
    const [hits, predicted, support] = emptyCounts(labelCount);
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i]!;
      const weight = weights[pictures[i]!]!;
      if (code & 1) support[code >>> 2]! += weight;
      if (code & 2) predicted[code >>> 2]! += weight;
      if ((code & 3) === 3) hits[code >>> 2]! += weight;
    }
    return { hits, predicted, support };
  };
}

export function totalOf(counts: ArrayLike<number>): number {
  let total = 0;
  for (let k = 0; k < counts.length; k++) total += counts[k]!;
  return total;
}
