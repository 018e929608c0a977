/** A run in one row: what its folder says without opening the network. */
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { EvaluationReport, type RunConfig, type TrainEvent } from "@convkit/schema";
import { parseFile } from "./parse-file.js";
import { readRunConfig } from "./find-run.js";
import { readEnding } from "./journal-ends.js";

export interface RunSummary {
  readonly runId: string;
  readonly directory: string;
  readonly name: string | null;
  /** null where the config cannot be read. */
  readonly data: string | null;
  readonly model: string | null;
  /**
   * `unfinished`: running now, or its process died; `resume` goes on with it. `unreadable: …`: damaged, or written by
   * a newer convkit.
   */
  readonly status:
    Extract<TrainEvent, { type: "runEnded" }>["status"] | "unfinished" | `unreadable: ${string}`;
  /** Fraction of the test pictures; null until judged. */
  readonly accuracy: number | null;
  /** Of pictures that have any number of labels, whose accuracy is the share of labels that are right; else null. */
  readonly meanAveragePrecision: number | null;
  readonly testCount: number | null;
}

const NOTHING_READ = {
  name: null,
  data: null,
  model: null,
  accuracy: null,
  meanAveragePrecision: null,
  testCount: null,
};
const LONGEST_REASON = 100;

/** One run that cannot be read must not hide the others: its row says why. */
export async function summarizeRun(directory: string): Promise<RunSummary> {
  const runId = basename(directory);
  try {
    const config = await readRunConfig(directory);
    const ending = await readEnding(directory);
    const report = await readReport(join(directory, "report.json"));
    return {
      runId,
      directory,
      name: config.name ?? null,
      data: basename(config.data.source),
      model: modelName(config),
      status: ending?.status ?? "unfinished",
      accuracy: report?.accuracy ?? null,
      meanAveragePrecision: report?.meanAveragePrecision ?? null,
      testCount: report?.testCount ?? null,
    };
  } catch (error) {
    return { runId, directory, ...NOTHING_READ, status: `unreadable: ${inOneLine(error)}` };
  }
}

/** What is wrong with a config stands in the cause; the message names its path, which the row names too. */
function inOneLine(error: unknown): string {
  const { name, message, cause } = error as Error;
  const reason = name === "RunNotFoundError" && cause instanceof Error ? cause.message : message;
  const text = reason.replaceAll(/\s+/g, " ");
  return text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON - 1)}…` : text;
}

function modelName({ model }: RunConfig): string {
  if ("name" in model) return model.name;
  if ("classifier" in model) return basename(model.classifier);
  return "module" in model ? basename(model.module) : `${model.layers.length} layers`;
}

async function readReport(path: string): Promise<EvaluationReport | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return parseFile(EvaluationReport, text, path);
}
