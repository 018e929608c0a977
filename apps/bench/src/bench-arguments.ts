/** The command line of `pnpm bench`. */
import { parseArgs } from "node:util";

export const BENCHMARK_NAMES = [
  "step",
  "recipe",
  "memory",
  "scaling",
  "loader",
  "transforms",
  "kernels",
  "dashboard",
  "pages",
  "recording",
] as const;
export type BenchmarkName = (typeof BENCHMARK_NAMES)[number];

export interface BenchArguments {
  /** In the order they are measured. */
  readonly benchmarks: readonly BenchmarkName[];
  readonly rounds: number;
  /** Where the results go as JSON. */
  readonly jsonPath: string | null;
  /** Whether tables are printed as they stand in docs/benchmarks.md. */
  readonly markdown: boolean;
}

export const USAGE = `Usage: pnpm bench [${BENCHMARK_NAMES.join("|")}] [--rounds N] [--json FILE] [--markdown]

Without a name, all of them in turn, with fewer rounds each.

  step      a training step on the native engine, and on its peers by turns
  recipe    a step of airbench94 as its recipe trains it, beside PyTorch, and what all its steps take
  memory    peak memory of the same steps
  scaling   the native step with 1 thread and more
  loader    pictures per second out of the data loader
  transforms what each transform costs a picture, beside torchvision and Pillow
  kernels   every convolution kernel against the measured FMA peak
  dashboard what its pages ask of a record of 1,000 runs, beside bare SQL
  pages     how long these pages take to draw, in Chromium
  recording what recording a training step for a GPU takes of the CPU

  --rounds N    rounds that medians are taken of
  --json FILE   writes machine, date and results there
  --markdown    prints tables as they stand in docs/benchmarks.md`;

const ROUNDS_OF_ONE = 11;
const ROUNDS_OF_ALL = 5;

/** The command line asks for what there is not. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * @param args without the program's own name.
 * @throws {UsageError} if it is not what USAGE says.
 */
export function parseBenchArguments(args: readonly string[]): BenchArguments {
  const { values, positionals } = parse(args);
  const [name, ...surplus] = positionals;
  if (surplus.length > 0) {
    throw new UsageError(`Expected one benchmark, or none for all. Received: ${positionals.join(" ")}.`);
  }
  if (name !== undefined && !isBenchmarkName(name)) {
    throw new UsageError(`Expected one of ${BENCHMARK_NAMES.join(", ")}. Received: ${name}.`);
  }
  const defaultRounds = name === undefined ? ROUNDS_OF_ALL : ROUNDS_OF_ONE;
  return {
    benchmarks: name === undefined ? BENCHMARK_NAMES : [name],
    rounds: values.rounds === undefined ? defaultRounds : parseRounds(values.rounds),
    jsonPath: values.json ?? null,
    markdown: values.markdown ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        rounds: { type: "string" },
        json: { type: "string" },
        markdown: { type: "boolean" },
      },
    });
  } catch (cause) {
    throw new UsageError(`Expected the options below. Received: ${args.join(" ")}.`, { cause });
  }
}

function isBenchmarkName(name: string): name is BenchmarkName {
  return (BENCHMARK_NAMES as readonly string[]).includes(name);
}

function parseRounds(text: string): number {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new UsageError(`Expected --rounds to be a whole number from 1 up. Received: ${text}.`);
  }
  return rounds;
}
