/** A run in one row: what its folder says without opening the network. */
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { EvaluationReport, type RunConfig, type TrainEvent } from "@convkit/schema";
import { readRunConfig } from "./find-run.js";
import { readLastEvent } from "./journal-ends.js";

export interface RunSummary {
  readonly runId: string;
  readonly directory: string;
  readonly name: string | null;
  readonly data: string;
  readonly model: string;
  /** `unfinished`: running now, or its process died; `resume` goes on with it. */
  readonly status: Extract<TrainEvent, { type: "runEnded" }>["status"] | "unfinished";
  /** Fraction of the test pictures; null until judged. */
  readonly accuracy: number | null;
  readonly testCount: number | null;
}

/** @throws {RunNotFoundError} if the folder holds no config that can be read. */
export async function summarizeRun(directory: string): Promise<RunSummary> {
  const config = await readRunConfig(directory);
  const last = await readLastEvent(directory);
  const report = await readReport(join(directory, "report.json"));
  return {
    runId: basename(directory),
    directory,
    name: config.name ?? null,
    data: basename(config.data.source),
    model: modelName(config),
    status: last?.type === "runEnded" ? last.status : "unfinished",
    accuracy: report?.accuracy ?? null,
    testCount: report?.testCount ?? null,
  };
}

function modelName({ model }: RunConfig): string {
  if ("name" in model) return model.name;
  return "module" in model ? basename(model.module) : `${model.layers.length} layers`;
}

async function readReport(path: string): Promise<EvaluationReport | undefined> {
  try {
    return EvaluationReport.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
