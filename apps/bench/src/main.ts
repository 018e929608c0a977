/** `pnpm bench`: measures what the command line names, prints tables, and writes JSON if asked to. */
import { writeFile } from "node:fs/promises";
import { type BenchmarkName, parseBenchArguments, USAGE, UsageError } from "./bench-arguments.js";
import { describeMachine } from "./machine.js";
import {
  type BenchmarkResult,
  type BenchReport,
  formatHeader,
  formatMarkdown,
  formatText,
} from "./report.js";

/** Loaded one by one: tfjs in this process would weigh on the first measurements, which need none of it. */
const benchmarks = {
  step: async (rounds) => (await import("./step-benchmark.js")).measureStep(rounds),
  memory: async (rounds) => (await import("./memory-benchmark.js")).measureMemory(rounds),
  scaling: async (rounds) => (await import("./scaling-benchmark.js")).measureScaling(rounds),
  loader: async (rounds) => (await import("./loader-benchmark.js")).measureLoader(rounds),
  kernels: async (rounds) => (await import("./kernels-benchmark.js")).measureKernels(rounds),
} satisfies Record<BenchmarkName, (rounds: number) => Promise<BenchmarkResult>>;

async function bench(args: readonly string[]): Promise<void> {
  const { benchmarks: names, rounds, jsonPath, markdown } = parseBenchArguments(args);
  const header = {
    machine: describeMachine(),
    date: new Date().toISOString(),
    command: ["pnpm bench", ...args].join(" "),
    rounds,
  };
  const results: Partial<Record<BenchmarkName, unknown>> = {};
  console.log(formatHeader(header));
  for (const name of names) {
    const result = await benchmarks[name](rounds);
    results[name] = result.data;
    console.log(`\n${markdown ? formatMarkdown(result) : formatText(result)}`);
  }
  if (jsonPath === null) return;
  const report: BenchReport = { ...header, results };
  await writeFile(jsonPath, `${JSON.stringify(report, null, 2)}\n`);
}

try {
  await bench(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
