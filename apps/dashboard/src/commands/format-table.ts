/** Columns of text for a terminal. */

/** The first row is the head, if there is one; columns are as wide as their longest cell. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (found, row) => row.map((cell, index) => Math.max(found[index] ?? 0, safe(cell).length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, index) => safe(cell).padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** A name may hold what a terminal would obey. */
// eslint-disable-next-line no-control-regex
const safe = (text: string) => text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, "\uFFFD");

export function formatCell(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number")
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)));
  if (typeof value === "string") return value;
  return value instanceof Date ? value.toISOString() : JSON.stringify(value);
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** Decimal units, three digits, as the pages write them. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.5 would be written as `1.00e+3`.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toPrecision(3)} ${UNITS[unit]}`;
}
