/** `convkit runs`: what was trained under this home; with a subcommand, what @convkit/dashboard's record knows of it. */
import { join } from "node:path";
import type { Command } from "commander";
import { formatPercent, formatTable } from "../display/format.js";
import { listRunIds } from "../run/find-run.js";
import { summarizeRun, type RunSummary } from "../run/summarize-run.js";
import { print, printJson, type CommandContext } from "./command-context.js";
import { findDashboard, runScript } from "./dashboard-script.js";

const EXAMPLES = `
The subcommands need @convkit/dashboard (npm install @convkit/dashboard), whose record of the runs they read.

Examples:
  convkit runs
  convkit runs --json
  convkit runs list --filter 'val_accuracy > 0.9 and model = resnet9'
  convkit runs diff 20260214 20260215`;

/** Which the record answers. */
const RECORD_COMMANDS = {
  list: "lists runs by filter and order, with their metrics",
  show: "shows one run",
  diff: "shows in which params runs differ, and what they reached",
  tag: "adds and removes tags",
  archive: "takes runs out of sight, and back",
  delete: "deletes runs, and says how many bytes came back",
  export: "writes runs as JSON or CSV",
  query: "answers SQL that only reads",
};

export function addRunsCommand(program: Command, context: CommandContext): void {
  const runs = program.command("runs").enablePositionalOptions();
  for (const [name, description] of Object.entries(RECORD_COMMANDS)) {
    runs
      .command(name)
      .description(description)
      .argument("[arguments...]", "passed on")
      .helpOption(false)
      .allowUnknownOption()
      .passThroughOptions()
      .action(async (args: string[]) =>
        context.exit(await runScript(findDashboard(), ["runs", name, ...args])),
      );
  }
  runs
    .description("lists the runs, newest last")
    .option("--json", "one JSON object a line", false)
    .addHelpText("after", EXAMPLES)
    .action(async ({ json }: { json: boolean }) => {
      const ids = await listRunIds(context.home);
      const runs = await Promise.all(ids.map((id) => summarizeRun(join(context.home, "runs", id))));
      if (json) return runs.forEach((run) => printJson(context, { type: "run", ...run }));
      if (runs.length === 0)
        return print(context, [`No runs in ${context.home} yet. convkit train cifar10 makes one.`]);
      print(
        context,
        formatTable([["run", "name", "data", "model", "status", judgedAs(runs)], ...runs.map(row)]),
      );
    });
}

/** An accuracy of label sets is the share of labels that are right: of rare ones, nearly all. */
const judgedAs = (runs: readonly RunSummary[]): string =>
  runs.some(({ meanAveragePrecision }) => meanAveragePrecision !== null)
    ? "test accuracy, or as named"
    : "test accuracy";

function row({ runId, name, data, model, status, ...judged }: RunSummary): string[] {
  return [runId, name ?? "–", data ?? "–", model ?? "–", status, figureOf(judged)];
}

function figureOf({
  accuracy,
  meanAveragePrecision,
  testCount,
}: Pick<RunSummary, "accuracy" | "meanAveragePrecision" | "testCount">): string {
  if (accuracy === null) return "–";
  const count = testCount?.toLocaleString("en-US");
  if (meanAveragePrecision === null) return `${formatPercent(accuracy)} of ${count}`;
  return `mean average precision ${formatPercent(meanAveragePrecision)} of ${count}`;
}
