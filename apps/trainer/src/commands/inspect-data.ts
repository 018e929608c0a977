/** What `convkit data inspect` and `convkit data export` do once their arguments are read. */
import { writeFile } from "node:fs/promises";
import type { ImageDataset, InspectOptions } from "@convkit/data";
import { DataSpec } from "@convkit/schema";
import { ConfigError } from "../config/config-error.js";
import { addDatasetHint } from "../config/dataset-hints.js";
import { explainConfigIssues } from "../config/explain-config-issues.js";
import { mergeConfig, type PartialConfig } from "../config/merge-config.js";
import { showDataProgress } from "../display/describe-data-progress.js";
import { describeInspection } from "../display/describe-inspection.js";
import { createLineWriter } from "../display/line-writer.js";
import { watchInterrupts } from "../process/interrupts.js";
import { InterruptedError } from "../process/process-errors.js";
import { print, printJson, type CommandContext } from "./command-context.js";

interface SourceFlags {
  readonly set: readonly PartialConfig[];
  readonly similarity?: number;
}

export interface InspectFlags extends SourceFlags {
  readonly sheet?: string;
  readonly json: boolean;
}

export interface ExportFlags extends SourceFlags {
  readonly groupCopies: boolean;
}

export async function inspectData(
  source: string,
  flags: InspectFlags,
  context: CommandContext,
): Promise<void> {
  const { dataSheet, inspectDataset } = await import("@convkit/data");
  const inspection = await withDataset({ source, flags, context }, inspectDataset);
  if (flags.json) printJson(context, { type: "inspection", ...inspection });
  else print(context, describeInspection(inspection, context.colors));
  if (flags.sheet !== undefined) await writeFile(flags.sheet, dataSheet(inspection));
}

export async function exportData(
  source: string,
  file: string,
  flags: ExportFlags,
  context: CommandContext,
): Promise<void> {
  if (flags.similarity !== undefined && !flags.groupCopies) {
    throw new ConfigError(
      `Expected --group-copies with --similarity, which says what copies are. Received: --similarity ${flags.similarity} ` +
        "alone. Add --group-copies, or leave it out.",
    );
  }
  const { checkManifest, groupCopies, writeManifest } = await import("@convkit/data");
  const lines = await withDataset({ source, flags, context }, async (dataset, options) => {
    checkManifest(dataset, file);
    const groups = flags.groupCopies ? await groupCopies(dataset, options) : undefined;
    await writeManifest(dataset, file, { groups });
    const count = dataset.splitList().reduce((sum, { length }) => sum + length, 0);
    return [
      `${count.toLocaleString("en-US")} pictures: ${file}`,
      ...(groups
        ? [
            `${groups.size.toLocaleString("en-US")} of them are copies, in ${new Set(groups.values()).size} groups`,
          ]
        : []),
    ];
  });
  print(context, lines);
}

interface Subject {
  readonly source: string;
  readonly flags: SourceFlags;
  readonly context: CommandContext;
}

/** Opens the data set, bad files or not, and shows how far the work is. */
async function withDataset<Result>(
  { source, flags, context }: Subject,
  work: (dataset: ImageDataset, options: InspectOptions) => Promise<Result>,
): Promise<Result> {
  const data = dataOf(source, flags.set);
  const { similarity } = flags;
  if (similarity !== undefined && !(similarity > 0 && similarity <= 1)) {
    throw new ConfigError(`Expected a similarity above 0 and up to 1. Received: ${similarity}.`);
  }
  const { listDatasets, openDataset } = await import("@convkit/data");
  const writer = createLineWriter(context.stderr);
  const stopping = new AbortController();
  const interrupts = watchInterrupts({
    stop: (reason) => stopping.abort(reason),
    kill: () => process.exit(interrupts.exitCode),
  });
  const options: InspectOptions = {
    home: context.home,
    minSimilarity: similarity,
    signal: stopping.signal,
    onProgress: (progress) => showDataProgress(progress, writer, context.colors),
  };
  try {
    return await work(await openDataset(data, options), options);
  } catch (error) {
    if (interrupts.exitCode === undefined) throw addDatasetHint(error, source, listDatasets());
    throw new InterruptedError(
      "Stopped. What was seen is kept: the same command goes on from there.",
      interrupts.exitCode,
    );
  } finally {
    writer.close();
    interrupts.release();
  }
}

/** @throws {ConfigError} if an assignment is about something else than `data`. */
function dataOf(source: string, assignments: readonly PartialConfig[]): DataSpec {
  const stranger = assignments.flatMap((assignment) => Object.keys(assignment)).find((key) => key !== "data");
  if (stranger !== undefined) {
    throw new ConfigError(
      `Expected --set data.…, as only the config's data matter here. Received: ${stranger}.`,
    );
  }
  // An inspection is where bad files are looked for.
  const config = [{ data: { source, maxBadFraction: 1 } }, ...assignments].reduce(mergeConfig);
  const parsed = DataSpec.safeParse(config.data);
  if (parsed.success) return parsed.data;
  const mistakes = explainConfigIssues(DataSpec, config.data, parsed.error.issues);
  throw new ConfigError(["The data cannot be opened so:", ...mistakes.map((line) => `  ${line}`)].join("\n"));
}
