/** A run in one row: what its folder says without opening the network. */
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { decodeTrainEvents, EvaluationReport, type RunConfig, type TrainEvent } from "@convkit/schema";
import { readRunConfig } from "./find-run.js";

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
  const last = await readLastEvent(join(directory, "events.jsonl"));
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

/** A torn last line counts as none: its writer died in it. */
async function readLastEvent(path: string): Promise<TrainEvent | undefined> {
  const whole = (await readIfThere(path))?.split("\n").slice(0, -1) ?? [];
  return decodeTrainEvents(`${whole.at(-1) ?? ""}\n`).events[0];
}

async function readReport(path: string): Promise<EvaluationReport | undefined> {
  const text = await readIfThere(path);
  return text === undefined ? undefined : EvaluationReport.parse(JSON.parse(text));
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
