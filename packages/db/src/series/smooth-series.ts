/**
 * Exponential moving average without the pull to zero of its first points: TensorBoard's smoothing, computed on all
 * points of a curve and not on those that happen to be drawn (tensorboard #6829).
 *   s_t = w·s_{t−1} + (1 − w)·x_t,  drawn: s_t / (1 − wᵗ)
 */

/**
 * @param weight in [0, 1): 0 changes nothing.
 * @returns as many values; where x is not finite it is passed on as it is, and counts for nothing.
 */
export function smoothSeries(values: ArrayLike<number>, weight: number): Float64Array {
  const smoothed = new Float64Array(values.length);
  let average = 0;
  let debias = 1;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!;
    if (!Number.isFinite(value)) {
      smoothed[index] = value;
      continue;
    }
    average = weight * average + (1 - weight) * value;
    debias *= weight;
    smoothed[index] = average / (1 - debias);
  }
  return smoothed;
}
