/** What the probe hands back, and its short form: pytorch-gpu.py writes parts of the same shape. */

export interface ProbeReport {
  /** ISO 8601 */
  readonly date: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly toggles: readonly string[];
  /** Null until there is one. */
  adapter: AdapterReport | null;
  /** By name, in the order they ran. */
  readonly parts: Record<string, PartReport>;
  /** Of the whole: no device, or a lost one. */
  readonly errors: string[];
}

export interface AdapterReport {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallback: boolean;
  /** Sorted. */
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  /** Of cooperative matrices; empty without them. */
  readonly subgroupMatrices: readonly Readonly<Record<string, string | number>>[];
}

export interface PartReport {
  seconds: number;
  readonly rows: ProbeRow[];
  readonly errors: string[];
}

export interface ProbeRow {
  readonly name: string;
  readonly value: number;
  /** Such as GFLOP/s. */
  readonly unit: string;
  /** Whatever else was seen, by a name that carries the unit. */
  readonly details?: Readonly<Record<string, number>>;
}

/** @returns the adapter in a few lines, a table of every row, and the errors. */
export function formatProbeReport({ adapter, parts, errors }: ProbeReport): string {
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

function formatAdapter(adapter: AdapterReport | null): string {
  if (!adapter) return "No adapter.";
  const { vendor, architecture, device, description, features, subgroupMatrices } = adapter;
  return [
    `Adapter: ${[vendor, architecture, device, description].filter((word) => word !== "").join(", ")}.`,
    `shader-f16: ${features.includes("shader-f16") ? "yes" : "no"}. Subgroup matrices: ${subgroupMatrices.length}.`,
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
