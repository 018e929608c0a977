/** Sizes of artifacts, and what a deletion gave back. */

const units = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Decimal units, three digits: 1 234 567 → `1.23 MB`. null → `–`. */
export function formatBytes(sizeBytes: number | null | undefined): string {
  if (sizeBytes === null || sizeBytes === undefined || !Number.isFinite(sizeBytes)) return "–";
  let value = Math.abs(sizeBytes);
  let unit = 0;
  // 999.5 would be written as `1000`.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const decimals = unit === 0 ? 0 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return `${sizeBytes < 0 ? "−" : ""}${value.toFixed(decimals)} ${units[unit]}`;
}
