/** Sizes of artifacts, and what a deletion gave back. */

import { decimalsOf } from "./format-metric.js";

const units = ["B", "kB", "MB", "GB", "TB", "PB"];

/**
 * Decimal units, three digits: 1 234 567 → `1.23 MB`. null → `–`.
 *
 * @param resolutionBytes the least difference that must show, as between the ticks of an axis: as many decimals as it
 *   needs, instead of three digits.
 */
export function formatBytes(sizeBytes: number | null | undefined, resolutionBytes?: number): string {
  if (sizeBytes === null || sizeBytes === undefined || !Number.isFinite(sizeBytes)) return "–";
  let value = Math.abs(sizeBytes);
  let unit = 0;
  // 999.5 would be written as `1000`.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const usual = unit === 0 ? 0 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  const decimals =
    resolutionBytes === undefined ? usual : Math.max(0, decimalsOf(resolutionBytes / 1000 ** unit));
  return `${sizeBytes < 0 ? "−" : ""}${value.toFixed(decimals)} ${units[unit]}`;
}
