/** Numbers as a reader wants them. What is not a number is said to be none. */

const NOT_A_NUMBER = "n/a";
const NARROW_SPACE = "\u202f";

/** 0.9253 → "92.53 %". */
export function formatPercent(fraction: number, digits = 1): string {
  return Number.isFinite(fraction) ? `${(fraction * 100).toFixed(digits)}${NARROW_SPACE}%` : NOT_A_NUMBER;
}

/** 272474 → "272,474". */
export function formatCount(count: number): string {
  return Number.isFinite(count) ? count.toLocaleString("en-US") : NOT_A_NUMBER;
}

/** 0.23456 → "0.2346", 12.345 → "12.35": four significant digits, as losses are read. */
export function formatLoss(loss: number): string {
  if (Number.isNaN(loss)) return NOT_A_NUMBER;
  if (!Number.isFinite(loss)) return loss > 0 ? "∞" : "−∞";
  const size = Math.abs(loss);
  if (size >= 1e5 || (size > 0 && size < 1e-4)) return loss.toExponential(2);
  return loss.toFixed(size < 1 ? 4 : size < 10 ? 3 : size < 100 ? 2 : 1);
}

/** 83_000 → "1 min 23 s". */
export function formatDuration(durationMs: number): string {
  if (!Number.isFinite(durationMs)) return NOT_A_NUMBER;
  const seconds = durationMs / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** [0.912, 0.934] by `formatPercent` → "91.2 – 93.4 %": the unit once. */
export function formatInterval(
  [low, high]: readonly [number, number],
  format: (value: number) => string,
): string {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return NOT_A_NUMBER;
  return `${format(low).replace(`${NARROW_SPACE}%`, "")} – ${format(high)}`;
}

/** 0.0312 → "0.031", 0.0000012 → "< 0.001". */
export function formatPValue(pValue: number): string {
  if (!Number.isFinite(pValue)) return NOT_A_NUMBER;
  return pValue < 0.001 ? "< 0.001" : pValue.toFixed(3);
}
