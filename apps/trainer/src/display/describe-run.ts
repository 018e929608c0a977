/** What stands before and after a run's events: the engine, and where the results lie. */
import { join, relative } from "node:path";
import type { EngineDescription } from "@convkit/engine";
import type { JobResult } from "../process/protocol.js";
import type { Colors } from "./text-display.js";

export function describeEngine(engine: EngineDescription, colors: Colors): string[] {
  const { name, device, threads, caution, unavailable } = engine;
  const threadCount = threads === null ? "" : ` · ${threads} ${threads === 1 ? "thread" : "threads"}`;
  return [
    `${colors.bold("engine")}  ${name}: ${device}${threadCount}`,
    ...(caution === null ? [] : [colors.yellow(`        ${caution}`)]),
    ...unavailable.map(({ name: better, reason }) => colors.dim(`        not ${better}: ${reason}`)),
  ];
}

export function describeResult(result: JobResult, colors: Colors): string[] {
  const here = relative(process.cwd(), result.directory) || ".";
  switch (result.status) {
    case "completed":
    case "stopped":
      return [
        ...(result.status === "stopped" ? [`${colors.bold("stopped")} ${result.reason}`] : []),
        `${colors.bold("report")}  ${join(here, "report.html")}`,
        colors.dim(`next    convkit predict ${result.runId} <image…>`),
      ];
    case "interrupted":
      return [
        colors.yellow(`Interrupted; a checkpoint lies in ${join(here, "checkpoints", "last")}.`),
        `To go on: convkit resume ${result.runId}`,
      ];
    case "failed":
      return [
        colors.red(`Failed: ${result.reason}`),
        colors.dim(`The journal lies in ${join(here, "events.jsonl")}.`),
      ];
    default:
      return result.status satisfies never;
  }
}
