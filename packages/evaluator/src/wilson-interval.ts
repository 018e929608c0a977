/**
 * How exactly a fraction is known from so many pictures: the Wilson score interval, which stays within 0…1 and
 * holds near 0 and 1, where the textbook's ± does not.
 * Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953
 */

/** The 0.975 quantile of the normal distribution: two sides of 95 %. */
const Z = 1.959964;

/**
 * The 95 % interval [low, high] of the fraction `hits / count`: with p = hits / count and n = count,
 * (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n). [0, 1] of no pictures.
 */
export function wilsonInterval(hits: number, count: number): [number, number] {
  if (count === 0) return [0, 1];
  const p = hits / count;
  const middle = p + Z ** 2 / (2 * count);
  const reach = Z * Math.sqrt((p * (1 - p)) / count + Z ** 2 / (4 * count ** 2));
  const scale = 1 + Z ** 2 / count;
  return [Math.max(0, (middle - reach) / scale), Math.min(1, (middle + reach) / scale)];
}
