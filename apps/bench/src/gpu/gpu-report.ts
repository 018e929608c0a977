/** What the GPU benchmark hands back, and its short form: pytorch-gpu.py writes parts of the same shape. */

import type { AdapterDescription } from "@convkit/engine";

export interface GpuReport {
  /** ISO 8601 */
  readonly date: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly backend: string;
  /** Null until there is one. */
  adapter: AdapterDescription | null;
  /** By name, in the order they ran. */
  readonly parts: Record<string, PartReport>;
  /** Of the whole: no device, or a lost one. */
  readonly errors: string[];
}

export interface PartReport {
  seconds: number;
  readonly rows: GpuRow[];
  readonly errors: string[];
}

export interface GpuRow {
  readonly name: string;
  readonly value: number;
  /** Such as GFLOP/s. */
  readonly unit: string;
  /** Whatever else was seen, by a name that carries the unit. */
  readonly details?: Readonly<Record<string, number>>;
}

/** @returns the adapter in a few lines, a table of every row, and the errors. */
export function formatGpuReport({ adapter, parts, errors }: GpuReport): string {
  const entries = Object.entries(parts);
  const rows = entries.flatMap(([part, { rows: ofPart }]) =>
    ofPart.map(
      ({ name, value, unit, details = {} }) =>
        `| ${part} | ${name} | ${formatNumber(value)} ${unit} | ${formatDetails(details)} |`,
    ),
  );
  const failures = [
    ...errors,
    ...entries.flatMap(([part, { errors: ofPart }]) => ofPart.map((error) => `${part}: ${error}`)),
  ];
  const blocks = [formatAdapter(adapter)];
  if (rows.length > 0) {
    blocks.push(["| part | what | value | besides |", "| --- | --- | --- | --- |", ...rows].join("\n"));
  }
  if (failures.length > 0) blocks.push(failures.map((error) => `- Error: ${error}`).join("\n"));
  return blocks.join("\n\n");
}

export function formatAdapter(adapter: AdapterDescription | null): string {
  if (!adapter) return "No adapter.";
  const { name, vendor, architecture, driver, features, matrixUnits, matrixUnitsUnused } = adapter;
  const unused = matrixUnits.length > 0 && matrixUnitsUnused ? ` (not used: ${matrixUnitsUnused})` : "";
  return [
    `Adapter: ${[vendor, architecture, name, driver].filter((word) => word !== "").join(", ")}.`,
    `shader-f16: ${features.includes("shader-f16") ? "yes" : "no"}. Matrix units: ${matrixUnits.join("; ") || "none"}${unused}.`,
  ].join("\n");
}

function formatDetails(details: Readonly<Record<string, number>>): string {
  return Object.entries(details)
    .map(([name, value]) => `${name} ${formatNumber(value)}`)
    .join(", ");
}

/** Three digits that count, and whole numbers as they are. */
function formatNumber(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}
