/** What stands before and after a run's events: the engine, and where the results lie. */
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import type { EngineDescription } from "@convkit/engine";
import { runArgument } from "../run/find-run.js";
import { describeThreads, formatLoss, formatPercent } from "./format.js";
import type { JobResult } from "../process/protocol.js";
import type { Colors } from "./text-display.js";

export function describeEngine(engine: EngineDescription, colors: Colors): string[] {
  const { name, device, threads, caution, unavailable } = engine;
  return [
    `${colors.bold("engine")}  ${name}: ${[device, ...describeThreads(threads)].join(" · ")}`,
    ...(caution === null ? [] : [colors.yellow(`        ${caution}`)]),
    ...unavailable.map(({ name: better, reason }) => colors.dim(`        not ${better}: ${reason}`)),
  ];
}

/** @param home where runs lie that have an id. */
export function describeResult(
  result: JobResult,
  { colors, home }: { readonly colors: Colors; readonly home: string },
): string[] {
  const { status, reason, directory } = result;
  const run = runArgument(directory, home);
  const here = relative(process.cwd(), directory) || ".";
  switch (status) {
    case "completed":
    case "stopped":
      return [
        ...(status === "stopped" ? [`${colors.bold("stopped")} ${reason}`] : []),
        ...describeJudgement(result, colors),
        ...(existsSync(join(directory, "report.html"))
          ? [`${colors.bold("report")}  ${join(here, "report.html")}`]
          : []),
        ...(existsSync(join(directory, "model"))
          ? [colors.dim(`next    convkit predict ${run} <image…>`)]
          : []),
      ];
    case "interrupted":
      return [
        colors.yellow(`Interrupted (${reason}); a checkpoint lies in ${join(here, "checkpoints", "last")}.`),
        `To go on: convkit resume ${run}`,
      ];
    case "failed":
      return [
        colors.red(`Failed: ${reason}`),
        colors.dim(`The journal lies in ${join(here, "events.jsonl")}.`),
      ];
    default:
      return status satisfies never;
  }
}

function describeJudgement(
  { accuracy, meanAveragePrecision, loss, testCount, split }: JobResult,
  colors: Colors,
): string[] {
  if (accuracy === undefined || loss === undefined || testCount === undefined) return [];
  const [name, value] =
    meanAveragePrecision === undefined
      ? ["accuracy", accuracy]
      : ["mean average precision", meanAveragePrecision];
  const percent = colors.green(colors.bold(formatPercent(value)));
  const pictures = `${testCount.toLocaleString("en-US")} ${split} pictures`;
  return [`${colors.bold("result")}  ${name} ${percent} of ${pictures}, loss ${formatLoss(loss)}`];
}
