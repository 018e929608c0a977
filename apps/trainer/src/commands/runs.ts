/** `convkit runs`: what was trained under this home. */
import { join } from "node:path";
import type { Command } from "commander";
import { formatPercent, formatTable } from "../display/format.js";
import { listRunIds } from "../run/find-run.js";
import { summarizeRun, type RunSummary } from "../run/summarize-run.js";
import { print, printJson, type CommandContext } from "./command-context.js";

const EXAMPLES = `
Examples:
  convkit runs
  convkit runs --json`;

export function addRunsCommand(program: Command, context: CommandContext): void {
  program
    .command("runs")
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
        formatTable([["run", "name", "data", "model", "status", "test accuracy"], ...runs.map(row)]),
      );
    });
}

function row({ runId, name, data, model, status, accuracy, testCount }: RunSummary): string[] {
  const judged =
    accuracy === null ? "–" : `${formatPercent(accuracy)} of ${testCount?.toLocaleString("en-US")}`;
  return [runId, name ?? "–", data ?? "–", model ?? "–", status, judged];
}
