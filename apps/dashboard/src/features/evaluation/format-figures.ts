/** Figures of a report as its cards say them. */

/** [0.9123, 0.9345] by `toFixed(4)` → "0.9123 to 0.9345"; null where there is none, or none that is finite. */
export function formatInterval(
  interval: readonly [number, number] | undefined,
  format: (value: number) => string,
): string | null {
  if (!interval?.every(Number.isFinite)) return null;
  return `${format(interval[0])} to ${format(interval[1])}`;
}

/** 0.0213 → "2.13%". */
export function formatShare(fraction: number, digits = 2): string {
  return Number.isFinite(fraction) ? `${(fraction * 100).toFixed(digits)}%` : "–";
}

/** −0.0312 → "−3.1 points", of a hundred. */
export function formatDifference(difference: number): string {
  if (!Number.isFinite(difference)) return "–";
  const points = Math.abs(difference * 100).toFixed(1);
  const sign = Number(points) === 0 ? "" : difference < 0 ? "−" : "+";
  return `${sign}${points} points`;
}

/** 0.0312 → "0.031", 0.0000012 → "< 0.001". */
export function formatPValue(pValue: number): string {
  if (!Number.isFinite(pValue)) return "–";
  return pValue < 0.001 ? "< 0.001" : pValue.toFixed(3);
}
