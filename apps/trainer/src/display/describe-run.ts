/** What stands before and after a run's events: the engine, and where the results lie. */
import { join, relative } from "node:path";
import type { EngineDescription } from "@convkit/engine";
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

export function describeResult(result: JobResult, colors: Colors): string[] {
  const { runId, status, reason } = result;
  const here = relative(process.cwd(), result.directory) || ".";
  switch (status) {
    case "completed":
    case "stopped":
      return [
        ...(status === "stopped" ? [`${colors.bold("stopped")} ${reason}`] : []),
        ...describeJudgement(result, colors),
        `${colors.bold("report")}  ${join(here, "report.html")}`,
        colors.dim(`next    convkit predict ${runId} <image…>`),
      ];
    case "interrupted":
      return [
        colors.yellow(`Interrupted; a checkpoint lies in ${join(here, "checkpoints", "last")}.`),
        `To go on: convkit resume ${runId}`,
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

function describeJudgement({ accuracy, loss, testCount, split }: JobResult, colors: Colors): string[] {
  if (accuracy === undefined || loss === undefined || testCount === undefined) return [];
  const percent = colors.green(colors.bold(formatPercent(accuracy)));
  const pictures = `${testCount.toLocaleString("en-US")} ${split} pictures`;
  return [`${colors.bold("result")}  accuracy ${percent} of ${pictures}, loss ${formatLoss(loss)}`];
}
