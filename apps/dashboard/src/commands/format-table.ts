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
