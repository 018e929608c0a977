/** The Gaussian error linear unit in float64. */

/** By the series of erf, Abramowitz and Stegun 7.1.6, whose terms are all positive; ±1 where float64 knows no difference. */
function normalDistribution(x: number): number {
  if (Math.abs(x) > 9) return x > 0 ? 1 : 0;
  let term = x / Math.sqrt(2 * Math.PI);
  let sum = 0;
  for (let n = 1; Math.abs(term) > 1e-300 && n < 400; n++) {
    sum += term;
    term *= (x * x) / (2 * n + 1);
  }
  return 0.5 + Math.exp((-x * x) / 2) * sum;
}

export function gelu(x: number): number {
  return x * normalDistribution(x);
}

export function geluSlope(x: number): number {
  return normalDistribution(x) + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
