/**
 * What training on this machine's GPU takes: convkit's engine `webgpu`, or tfjs's own backend on the same GPU. Prints a table, writes
 * JSON with `--json FILE`. scripts/bundle-gpu-bench.mjs packs it for a machine without Node.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { openEngine, type Precision, PrecisionUnavailableError } from "@convkit/engine";
import type { WebgpuBackend } from "@convkit/tfjs-kernels-webgpu";
import * as tf from "@tensorflow/tfjs";
import { accuracyPart } from "./accuracy-part.js";
import { correctnessPart, firstLosses } from "./correctness-part.js";
import { type GpuArguments, parseGpuArguments } from "./gpu-arguments.js";
import { formatGpuReport, type GpuReport } from "./gpu-report.js";
import { formatGpuTable } from "./gpu-table.js";
import { convolutionPart, matrixPart } from "./kernel-parts.js";
import { openStock } from "./open-stock.js";
import { type Part, runParts } from "./run-parts.js";
import { speedPart } from "./speed-part.js";

const options = parseGpuArguments(process.argv.slice(2));
// Not left to the event loop: a part that was given up may still wait for the device.
process.exit(await run(options));

async function run(options: GpuArguments): Promise<number> {
  if (options.table !== null) return printTable(options.table);
  return options.backend === "cpu" ? printCpuLosses() : measure(options);
}

function printTable(folder: string): number {
  const read = (name: string): GpuReport | null => {
    const file = path.join(folder, `${name}.json`);
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as GpuReport) : null;
  };
  console.log(formatGpuTable({ convkit: read("convkit"), stock: read("stock"), pytorch: read("pytorch") }));
  return 0;
}

async function printCpuLosses(): Promise<number> {
  await tf.setBackend("cpu");
  for await (const loss of firstLosses()) console.log(loss);
  return 0;
}

/** What is asked of either backend. */
interface Opened {
  readonly adapter: GpuReport["adapter"];
  readonly dispatchCount: () => number;
  /** Errors that the device told since the last call, where it does not throw them. */
  readonly takeErrors: () => string[];
  /** Why the device was lost; null while it is there. */
  readonly lossReason: () => string | null;
}

/** @returns the exit code: 1 if anything failed. */
async function measure({ jsonPath, ...options }: GpuArguments): Promise<number> {
  const report: GpuReport = {
    date: new Date().toISOString(),
    backend: options.backend,
    versions: { node: process.version, tfjs: tf.version.tfjs },
    adapter: null,
    parts: {},
    errors: [],
  };
  const save = (): void => {
    if (jsonPath !== null) writeFileSync(jsonPath, `${JSON.stringify(report, null, 2)}\n`);
  };
  const endsAtMs = performance.now() + options.totalSeconds * 1000;
  try {
    const opened = options.backend === "stock" ? await openStock() : await openConvkit();
    report.adapter = opened.adapter;
    save();
    const { takeErrors, lossReason: stopReason } = opened;
    const { partSeconds } = options;
    const totalSeconds = (endsAtMs - performance.now()) / 1000;
    const parts = await partsOf(options, opened, report);
    await runParts(parts, report, { partSeconds, totalSeconds, takeErrors, stopReason, save });
  } catch (error) {
    report.errors.push(error instanceof Error ? error.message : String(error));
  }
  save();
  console.log(formatGpuReport(report));
  const failed =
    report.errors.length > 0 || Object.values(report.parts).some(({ errors }) => errors.length > 0);
  return failed ? 1 : 0;
}

async function openConvkit(): Promise<Opened> {
  const { adapter } = await openEngine("webgpu");
  const backend = tf.backend() as unknown as WebgpuBackend;
  return {
    adapter: adapter ?? null,
    dispatchCount: () => backend.commandCounts.dispatches,
    takeErrors: () => [],
    lossReason: () => null,
  };
}

/** What matters most first, in every precision: who runs out of time has that. Names begin with the precision. */
async function partsOf(
  options: Omit<GpuArguments, "jsonPath">,
  { dispatchCount }: Opened,
  report: GpuReport,
): Promise<Record<string, Part>> {
  const { seconds, matrixSizes, convolutionBatchSize, batchSizes, data } = options;
  const precisions =
    options.backend === "stock" ? (["f32"] as const) : await havingPrecisions(options, report);
  const speed = { batchSizes, seconds, dispatchCount };
  const parts: Record<string, Part> = {};
  const add = (name: string, part: Part): void => {
    for (const precision of precisions) {
      parts[`${precision} ${name}`] = async (context) => {
        if (options.backend === "convkit") {
          const { adapter } = await openEngine("webgpu", { precision });
          // Whether matrix units are used is known once float16 is asked for.
          if (precision === "f16") report.adapter = adapter ?? null;
        }
        await part(context);
      };
    }
  };
  for (const name of ["resnet18", "reference-net", "airbench94"] as const) add(name, speedPart(name, speed));
  parts["f32 correctness"] = async (context) => {
    if (options.backend === "convkit") await openEngine("webgpu", { precision: "f32" });
    await correctnessPart(context);
  };
  if (options.backend === "convkit" && data !== null) {
    for (const precision of precisions) {
      parts[`${precision} cifar10-airbench94`] = async (context) =>
        accuracyPart(data, await openEngine("webgpu", { precision }))(context);
    }
  }
  add("gemm", matrixPart(matrixSizes, seconds));
  add("convolutions", convolutionPart(convolutionBatchSize, seconds));
  return parts;
}

/** Those of the precisions asked for that the GPU has; of the others the report says why not. */
async function havingPrecisions(
  { precisions }: Pick<GpuArguments, "precisions">,
  report: GpuReport,
): Promise<Precision[]> {
  const having: Precision[] = [];
  for (const precision of precisions) {
    try {
      await openEngine("webgpu", { precision });
      having.push(precision);
    } catch (error) {
      if (!(error instanceof PrecisionUnavailableError)) throw error;
      report.errors.push(error.message);
    }
  }
  return having;
}
