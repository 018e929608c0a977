/**
 * A curve with fewer points that looks the same: the lowest and the highest point of every bucket stay, so a spike of
 * a single step is never hidden, and so do the first and last point of all and what is not a number.
 * The min–max half of M4 (Jugel et al. 2014, §4.2, https://doi.org/10.14778/2732951.2732953), on buckets of equally many
 * points.
 */

/**
 * @param values of the curve in its order.
 * @param limit at most so many points, 5 or more.
 * @returns ascending indices of the points to draw; all of them if they are few enough.
 */
export function reduceSeries(values: ArrayLike<number>, limit: number): Uint32Array {
  const size = values.length;
  if (size <= limit) return Uint32Array.from({ length: size }, (_, index) => index);
  const hasStrays = someNotFinite(values);
  const buckets = Math.max(1, Math.floor((limit - 2) / (hasStrays ? 3 : 2)));
  const kept = [0];
  const keep = (index: number) => index > kept.at(-1)! && kept.push(index);
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const start = 1 + Math.floor((bucket * (size - 2)) / buckets);
    const end = 1 + Math.floor(((bucket + 1) * (size - 2)) / buckets);
    let low = -1;
    let high = -1;
    let stray = -1;
    for (let index = start; index < end; index += 1) {
      const value = values[index]!;
      if (!Number.isFinite(value)) stray = stray < 0 ? index : stray;
      else {
        if (low < 0 || value < values[low]!) low = index;
        if (high < 0 || value > values[high]!) high = index;
      }
    }
    for (const index of [low, high, stray].filter((found) => found >= 0).sort((a, b) => a - b)) keep(index);
  }
  keep(size - 1);
  return Uint32Array.from(kept);
}

function someNotFinite(values: ArrayLike<number>): boolean {
  for (let index = 0; index < values.length; index += 1) if (!Number.isFinite(values[index]!)) return true;
  return false;
}
