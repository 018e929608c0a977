/** Runs benchmarks one after the other. One that fails takes nothing with it of what the others measured. */
import { writeFile } from "node:fs/promises";
import type { BenchArguments, BenchmarkName } from "./bench-arguments.js";
import { describeMachine } from "./machine.js";
import {
  type BenchmarkResult,
  type BenchReport,
  formatHeader,
  formatMarkdown,
  formatText,
  notMeasured,
} from "./report.js";

export type Benchmarks = Readonly<Record<BenchmarkName, (rounds: number) => Promise<BenchmarkResult>>>;

export interface RunBenchmarksOptions extends BenchArguments {
  /** As it was typed. */
  readonly command: string;
  readonly print: (text: string) => void;
}

/**
 * Prints each result, and writes all so far to the JSON file, as soon as it is there.
 *
 * @returns whether none failed. A peer that is not there is no failure.
 */
export async function runBenchmarks(
  all: Benchmarks,
  { benchmarks: names, rounds, jsonPath, markdown, command, print }: RunBenchmarksOptions,
): Promise<boolean> {
  const header = { machine: describeMachine(), date: new Date().toISOString(), command, rounds };
  const results: Partial<Record<BenchmarkName, unknown>> = {};
  const writeReport = async (): Promise<void> => {
    const report: BenchReport = { ...header, results };
    if (jsonPath !== null) await writeFile(jsonPath, `${JSON.stringify(report, null, 2)}\n`);
  };
  // Before anything is measured: a path that cannot be written is better known now.
  await writeReport();
  print(formatHeader(header));
  let isComplete = true;
  for (const name of names) {
    let result: BenchmarkResult;
    try {
      result = await all[name](rounds);
    } catch (error) {
      isComplete = false;
      result = notMeasured(name, error instanceof Error ? error.message : String(error));
    }
    results[name] = result.data;
    print(`\n${markdown ? formatMarkdown(result) : formatText(result)}`);
    await writeReport();
  }
  return isComplete;
}
