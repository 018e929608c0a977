/** `convkit compare`: whether runs are better than others on the same pictures, and how surely. */
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  COMPARISON_METRICS,
  compareRuns,
  judgementsOfRun,
  type ComparisonMetricName,
  type GroupComparison,
  type Judgements,
} from "@convkit/evaluator";
import { Rng } from "@convkit/random";
import { decodePredictions, groupsToCompare, withoutControls, type RunConfig } from "@convkit/schema";
import { Option, type Command } from "commander";
import { comparisonRows } from "../display/comparison-table.js";
import { formatTable } from "../display/format.js";
import { findRuns, readRunConfig, runArgument } from "../run/find-run.js";
import { print, printJson, type CommandContext } from "./command-context.js";

const NOTES = `
Runs whose configs differ in seed alone (and in name, tags, experiment, engine) are one group: its figure is the mean over
them, ± their deviation. Each group is compared with that of the first run, or of --baseline, picture by picture: a 95 %
interval of the difference by a paired bootstrap, which knows of the seeds too where there are several; McNemar's test of one
run each. Reads what the runs kept of their judgement, and computes no network.

Examples:
  convkit compare 20260214-093012 20260215-101500
  convkit compare base-0 base-1 base-2 wide-0 wide-1 wide-2 --metric macro_f1
  convkit compare 20260214 20260215 20260216 --baseline 20260216 --json`;

/** The run was not judged, so that nothing is known of what it says. */
class PredictionsMissingError extends Error {
  override readonly name = "PredictionsMissingError";
}

/** Fewer than two runs. */
class TooFewRunsError extends Error {
  override readonly name = "TooFewRunsError";
}

interface CompareFlags {
  readonly metric?: ComparisonMetricName;
  readonly baseline?: string;
  readonly json: boolean;
}

interface JudgedRun {
  readonly id: string;
  readonly config: RunConfig;
  readonly judgements: Judgements;
}

export function addCompareCommand(program: Command, context: CommandContext): void {
  program
    .command("compare")
    .description("says whether runs are better than others on the same pictures, and how surely")
    .argument(
      "<runs...>",
      "two or more, each an id, the beginning of one, a name it was trained under, `latest`, or a folder",
    )
    .addOption(
      new Option(
        "--metric <name>",
        "what is compared; accuracy if left out, of label sets mean_average_precision",
      ).choices(Object.keys(COMPARISON_METRICS)),
    )
    .option("--baseline <run>", "the run whose group the others are compared with; the first if left out")
    .option("--json", "one JSON object", false)
    .addHelpText("after", NOTES)
    .action(async (runs: string[], { metric, baseline, json }: CompareFlags) => {
      const named = baseline === undefined ? runs : [baseline, ...runs];
      const directories = await findRuns(named, context.home);
      const distinct = [...new Set(directories)];
      if (distinct.length < 2) {
        throw new TooFewRunsError(
          `Expected two runs or more. Received: ${distinct.length}. convkit runs lists them.`,
        );
      }
      const judged = await Promise.all(distinct.map((directory) => readJudgedRun(directory, context.home)));
      const { comparison, remarks } = compareJudged(judged, metric);
      if (json) return printJson(context, { type: "comparison", ...comparison, remarks });
      for (const remark of remarks) context.stderr.write(`warning  ${withoutControls(remark)}\n`);
      const [header = "", ...rows] = formatTable(comparisonRows(comparison, seedsOf(judged)));
      print(context, [context.colors.dim(header), ...rows, "", withoutControls(comparison.verdict)]);
    });
}

function compareJudged(
  runs: readonly JudgedRun[],
  metric: ComparisonMetricName | undefined,
): { comparison: GroupComparison; remarks: string[] } {
  const { groups, isOneMethod } = groupsToCompare(runs);
  const comparison = compareRuns(groups, { metric, rng: Rng.fromSeed("compare") });
  const hashes = new Set(runs.map(({ config }) => config.data.contentHash));
  return {
    comparison,
    remarks: [
      ...(isOneMethod ? ["The configs differ in seed alone: each run is compared by itself."] : []),
      ...(hashes.size > 1
        ? [
            "The data sets' hashes differ, though the test pictures have the same ids and labels: make sure that the pictures are " +
              "the same.",
          ]
        : []),
    ],
  };
}

async function readJudgedRun(directory: string, home: string): Promise<JudgedRun> {
  const config = await readRunConfig(directory);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(join(directory, "predictions.bin"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const run = runArgument(directory, home);
    throw new PredictionsMissingError(
      `Expected runs that were judged. Received: ${run}, which has no predictions.bin. Judge it: convkit evaluate ${run}`,
    );
  }
  const id = basename(directory);
  return { id, config, judgements: judgementsOfRun(id, () => decodePredictions(bytes)) };
}

const seedsOf = (runs: readonly JudgedRun[]): ReadonlyMap<string, number> =>
  new Map(runs.map(({ id, config }) => [id, config.seed]));
