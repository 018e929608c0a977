/** One short table of what the GPU benchmark's processes measured: convkit, tfjs's own backend, and PyTorch on the same GPU. */
import { formatAdapter, type GpuReport } from "./gpu-report.js";

/** Of the three processes; null for one that left nothing behind. */
export interface GpuReports {
  readonly convkit: GpuReport | null;
  readonly stock: GpuReport | null;
  readonly pytorch: GpuReport | null;
}

/** By a part of the adapter's name, in GFLOP/s: float32 without matrix units, float16 with them (dense). */
const DATASHEETS: readonly { readonly name: string; readonly f32: number; readonly f16: number }[] = [
  // https://www.nvidia.com/en-us/data-center/h200/ and h100/, SXM
  { name: "H200", f32: 66_900, f16: 989_500 },
  { name: "H100", f32: 66_900, f16: 989_500 },
  // https://www.nvidia.com/en-us/data-center/a100/
  { name: "A100", f32: 19_500, f16: 312_000 },
  // https://www.nvidia.com/en-us/data-center/l4/
  { name: "L4", f32: 30_300, f16: 121_000 },
];

const NETWORKS = ["reference-net", "airbench94", "resnet18"] as const;
const NOTHING = "–";

export function formatGpuTable(reports: GpuReports): string {
  const { convkit, stock, pytorch } = reports;
  return [
    ...[convkit, stock, pytorch].flatMap((report) => (report ? [titleOf(report)] : [])),
    ...(convkit ? [formatAdapter(convkit.adapter)] : []),
    ratesTable(reports),
    stepsTable(reports),
    ...accuracyLines(convkit),
    ...errorLines(reports),
  ].join("\n\n");
}

function titleOf({ date, backend, versions }: GpuReport): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${backend}: ${date}, ${named.join(", ")}.`;
}

/** Matrix products and convolutions, GFLOP/s. */
function ratesTable({ convkit, stock, pytorch }: GpuReports): string {
  const sheet = DATASHEETS.find(({ name }) => convkit?.adapter?.name.includes(name));
  const rows = namesOf(convkit, ["gemm", "convolutions"]).map(({ part, name }) => {
    const f32 = valueOf(convkit, `f32 ${part}`, name);
    const f16 = valueOf(convkit, `f16 ${part}`, name);
    return [
      name,
      withShare(f32, sheet?.f32),
      withShare(f16, sheet?.f16),
      number(valueOf(stock, `f32 ${part}`, name)),
      ...["f32", "TF32", "bf16"].map((mode) => number(valueOf(pytorch, part, `${name}, ${mode}`))),
    ];
  });
  const header = ["GFLOP/s", "convkit f32", "convkit f16", "stock tfjs", "PyTorch f32", "TF32", "bf16"];
  return markdown(header, rows);
}

/** Training steps, images/s. */
function stepsTable({ convkit, stock, pytorch }: GpuReports): string {
  const rows = namesOf(convkit, NETWORKS).map(({ part, name }) => {
    const f32 = valueOf(convkit, `f32 ${part}`, name);
    const f16 = valueOf(convkit, `f16 ${part}`, name);
    const ofStock = valueOf(stock, `f32 ${part}`, name);
    const [torch32, tf32, bf16] = ["f32", "TF32", "bf16"].map((mode) =>
      valueOf(pytorch, part, `${name}, ${mode}`),
    );
    const { msPerStep, queueMs, dispatches } = detailsOf(convkit, `f32 ${part}`, name);
    return [
      `${part}, ${name}`,
      number(f32),
      number(f16),
      number(ofStock),
      number(torch32),
      number(tf32),
      number(bf16),
      ratio(f32, ofStock),
      ratio(f32, torch32),
      ratio(f16, bf16),
      `${number(msPerStep)} ms, ${number(queueMs)} ms of it recording ${number(dispatches)} dispatches`,
    ];
  });
  const header = ["images/s", "convkit f32", "convkit f16", "stock tfjs", "PyTorch f32", "TF32", "bf16"];
  return markdown(
    [...header, "f32 / stock", "f32 / PyTorch f32", "f16 / PyTorch bf16", "a step in f32"],
    rows,
  );
}

function accuracyLines(convkit: GpuReport | null): string[] {
  return Object.entries(convkit?.parts ?? {}).flatMap(([part, { rows }]) =>
    part.endsWith("cifar10-airbench94")
      ? rows.map(
          ({ value, details }) =>
            `CIFAR-10, ${part}: ${value.toFixed(2)} % in ${details?.["seconds"]?.toFixed(1)} s.`,
        )
      : [],
  );
}

function errorLines(reports: GpuReports): string[] {
  return (["convkit", "stock", "pytorch"] as const).flatMap((process) => {
    const report = reports[process];
    if (!report) return [`- ${process}: not measured: its process left nothing behind.`];
    const ofParts = Object.entries(report.parts).flatMap(([part, { errors }]) =>
      errors.map((error) => `${part}: ${error}`),
    );
    return [...report.errors, ...ofParts].map((error) => `- ${process}: ${error}`);
  });
}

/** What any precision measured, each once, in its order. */
function namesOf(report: GpuReport | null, parts: readonly string[]): { part: string; name: string }[] {
  return parts.flatMap((part) => {
    const rows = ["f32", "f16"].flatMap((precision) => report?.parts[`${precision} ${part}`]?.rows ?? []);
    return [...new Set(rows.map(({ name }) => name))].map((name) => ({ part, name }));
  });
}

function rowOf(report: GpuReport | null, part: string, name: string) {
  return report?.parts[part]?.rows.find((row) => row.name === name);
}

function valueOf(report: GpuReport | null, part: string, name: string): number | undefined {
  return rowOf(report, part, name)?.value;
}

function detailsOf(report: GpuReport | null, part: string, name: string): Readonly<Record<string, number>> {
  return rowOf(report, part, name)?.details ?? {};
}

function number(value: number | undefined): string {
  if (value === undefined) return NOTHING;
  return value >= 100 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(3)));
}

function withShare(value: number | undefined, most: number | undefined): string {
  return value === undefined || most === undefined
    ? number(value)
    : `${number(value)} (${((value / most) * 100).toFixed(0)} % of the datasheet)`;
}

function ratio(ours: number | undefined, theirs: number | undefined): string {
  return ours === undefined || theirs === undefined ? NOTHING : (ours / theirs).toFixed(2);
}

function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
