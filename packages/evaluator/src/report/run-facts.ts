/** The facts of a run as lines of name and value, the same in HTML and in Markdown. */
import type { EvaluationReport } from "@convkit/schema";
import { formatCount, formatDuration } from "./format-number.js";
import type { ReportContext, RunFacts } from "./report-context.js";

/** Known facts only, in reading order. */
export function listRunFacts(run: RunFacts): { name: string; value: string }[] {
  const { model, parameters, data, engine, device, seed, epochs, batchSize, durationMs, startedAt, runId } =
    run;
  const facts: [string, string | undefined][] = [
    ["Model", model],
    ["Parameters", parameters === undefined ? undefined : formatCount(parameters)],
    ["Data", data],
    ["Engine", engine],
    ["Device", device],
    ["Epochs", epochs === undefined ? undefined : formatCount(epochs)],
    ["Batch size", batchSize === undefined ? undefined : formatCount(batchSize)],
    ["Seed", seed === undefined ? undefined : String(seed)],
    ["Training time", durationMs === undefined ? undefined : formatDuration(durationMs)],
    ["Started", startedAt === undefined ? undefined : formatInstant(startedAt)],
    ["Run", runId],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

/** How the command and the facts below it go together. */
export const REPRODUCE_NOTE =
  "config.json lies in the run's folder and holds every setting, the split and the seed among them. With the same engine, " +
  "versions and number of threads the weights come out the same, bit for bit; with others, alike.";

/** What else must be the same for the same network, as far as it is known. */
export function reproduceFacts({
  contentHash,
  seed,
  engine,
  versions = {},
}: RunFacts): { name: string; value: string }[] {
  const facts: [string, string | undefined][] = [
    ["Hash of the data", contentHash],
    ["Seed", seed === undefined ? undefined : String(seed)],
    ["Engine", engine],
    ...Object.entries(versions).map(([name, version]): [string, string] => [name, version]),
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

/** The report's heading. */
export function titleOf(report: EvaluationReport, { title, run }: ReportContext): string {
  if (title !== undefined) return title;
  if (run?.model === undefined) return `Evaluation on ${run?.data ?? report.split}`;
  return run.data === undefined ? run.model : `${run.model} on ${run.data}`;
}

function formatInstant(timestamp: number): string {
  const date = new Date(timestamp);
  return Number.isNaN(date.getTime()) ? "n/a" : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
