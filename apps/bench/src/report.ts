/** What a benchmark hands back, and how it is printed: aligned text, or Markdown for docs/benchmarks.md. */
import type { BenchmarkName } from "./bench-arguments.js";
import type { Machine } from "./machine.js";
import type { Spread } from "./statistics.js";

export interface BenchmarkResult {
  readonly title: string;
  /** What is measured and how, a sentence each. */
  readonly notes: readonly string[];
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The same for programs. */
  readonly data: unknown;
}

/** What `--json` writes. */
export interface BenchReport {
  readonly machine: Machine;
  /** ISO 8601 */
  readonly date: string;
  readonly command: string;
  readonly rounds: number;
  readonly results: Readonly<Partial<Record<BenchmarkName, unknown>>>;
}

/**
 * @param digits after the point.
 * @returns `1.43 [1.40–1.47]`: the median and the quartiles; `1.43` where nothing spreads, as in a single measurement
 *   or in what is measured against itself.
 */
export function formatSpread({ median, lowerQuartile, upperQuartile }: Spread, digits: number): string {
  if (lowerQuartile === upperQuartile) return median.toFixed(digits);
  return `${median.toFixed(digits)} [${lowerQuartile.toFixed(digits)}–${upperQuartile.toFixed(digits)}]`;
}

/** Whether a target was met, in words. */
export type Verdict = "reached" | "not reached" | "not measured";

/** @param value null if there is none: then nothing was reached. */
export function verdict(value: number | null, target: number): Verdict {
  if (value === null) return "not measured";
  return value >= target ? "reached" : "not reached";
}

/** The result of a benchmark that failed as a whole. */
export function notMeasured(title: string, reason: string): BenchmarkResult {
  return { title, notes: [`not measured: ${reason}`], columns: [], rows: [], data: { notMeasured: reason } };
}

export function formatHeader({ machine, date, command, rounds }: Omit<BenchReport, "results">): string {
  const { cpu, cores, memoryGiB, platform, node } = machine;
  return [
    `Command: ${command}. Date: ${date}. Rounds: ${rounds}.`,
    `Machine: ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${platform}, Node ${node}.`,
    "Figures are medians over the rounds, in brackets the quartiles.",
  ].join("\n");
}

export function formatMarkdown({ title, notes, columns, rows }: BenchmarkResult): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const blocks = [`## ${title}`, notes.join("\n")];
  if (columns.length > 0) {
    blocks.push([line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n"));
  }
  return blocks.join("\n\n");
}

export function formatText({ title, notes, columns, rows }: BenchmarkResult): string {
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join("  ")
      .trimEnd();
  const table = columns.length === 0 ? [] : ["", line(columns), ...rows.map(line)];
  return [title, ...notes, ...table].join("\n");
}
