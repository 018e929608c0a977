/** Mean and deviation over the runs of a group, seeds mostly. */

export interface MeanAndDeviation {
  mean: number;
  /** Of the sample (n − 1); null below two values. */
  deviation: number | null;
  count: number;
}

/** Leaves out null. A NaN makes the mean NaN: a diverged seed must not vanish from its group. */
export function meanAndDeviation(values: Iterable<number | null | undefined>): MeanAndDeviation | null {
  // Welford 1962: one pass, stable for values that differ little.
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (const value of values) {
    if (value === null || value === undefined) continue;
    count++;
    const distance = value - mean;
    mean += distance / count;
    squares += distance * (value - mean);
  }
  if (count === 0) return null;
  return { mean, deviation: count < 2 ? null : Math.sqrt(squares / (count - 1)), count };
}
