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

/** @param digits after the point. @returns `1.43 [1.40–1.47]`: the median and the quartiles. */
export function formatSpread({ median, lowerQuartile, upperQuartile }: Spread, digits: number): string {
  return `${median.toFixed(digits)} [${lowerQuartile.toFixed(digits)}–${upperQuartile.toFixed(digits)}]`;
}

/** @returns whether a target was met, in words. */
export function verdict(value: number, target: number): "reached" | "not reached" {
  return value >= target ? "reached" : "not reached";
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
  const table = [line(columns), line(columns.map(() => "---")), ...rows.map(line)];
  return [`## ${title}`, notes.join("\n"), table.join("\n")].join("\n\n");
}

export function formatText({ title, notes, columns, rows }: BenchmarkResult): string {
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join("  ")
      .trimEnd();
  return [title, ...notes, "", line(columns), ...rows.map(line)].join("\n");
}
