/** What `convkit data inspect` and `convkit data export` do once their arguments are read. */
import { writeFile } from "node:fs/promises";
import type { ImageDataset, InspectOptions } from "@convkit/data";
import type { DataSpec } from "@convkit/schema";
import { assembleDataSpec } from "../config/assemble-data-spec.js";
import { ConfigError } from "../config/config-error.js";
import type { PartialConfig } from "../config/merge-config.js";
import { describeInspection } from "../display/describe-inspection.js";
import { createLineWriter } from "../display/line-writer.js";
import { print, printJson, type CommandContext } from "./command-context.js";
import { withDataset } from "./with-dataset.js";

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
  const inspection = await look(source, { flags, context }, inspectDataset);
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
  const { checkManifest, checkSplitList, groupCopies, isOfFiles, writeManifest, writeSplitList } =
    await import("@convkit/data");
  const lines = await look(source, { flags, context }, async (dataset, options, { limit }) => {
    const isList = !isOfFiles(dataset);
    if (isList) {
      checkSplitList(file);
      checkWhole(limit);
    } else checkManifest(dataset, file);
    const groups = flags.groupCopies ? await groupCopies(dataset, options) : undefined;
    await (isList ? writeSplitList : writeManifest)(dataset, file, { groups });
    const count = dataset.splitList().reduce((sum, { length }) => sum + length, 0);
    return [
      `${count.toLocaleString("en-US")} pictures: ${file}`,
      ...(groups
        ? [
            `${groups.size.toLocaleString("en-US")} of them are copies, in ${new Set(groups.values()).size} groups`,
          ]
        : []),
      ...(isList ? [`train on these splits: ${trainingCommand(dataset, file, groups !== undefined)}`] : []),
    ];
  });
  print(context, lines);
}

/** What a list leaves out is a training picture. */
function checkWhole(limit: DataSpec["limit"]): void {
  const [name] = Object.keys(limit);
  if (name === undefined) return;
  throw new ConfigError(
    `Expected all pictures, for a list of splits. Received: data.limit.${name}, and pictures that a list lacks are ` +
      "learnt from. Leave it out here, and give it to `convkit train`.",
  );
}

/** Splits that were not wanted here are not held back there. */
function trainingCommand({ source, splits }: ImageDataset, file: string, isGrouped: boolean): string {
  const unwanted = isGrouped
    ? []
    : (["validation", "test"] as const).filter((name) => splits[name] === undefined);
  const settings = [`data.splits=${file}`, ...unwanted.map((name) => `data.${name}Fraction=0`)];
  return ["convkit train", shellWord(source), ...settings.map((it) => `--set ${shellWord(it)}`)].join(" ");
}

/** Quoted for a POSIX shell where it must be. */
const shellWord = (text: string): string =>
  /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** Opens the data set, bad files or not, and shows how far the work is. */
async function look<Result>(
  source: string,
  { flags, context }: { readonly flags: SourceFlags; readonly context: CommandContext },
  work: (dataset: ImageDataset, options: InspectOptions, data: DataSpec) => Promise<Result>,
): Promise<Result> {
  const data = assembleDataSpec(source, flags.set);
  const { similarity } = flags;
  if (similarity !== undefined && !(similarity > 0 && similarity <= 1)) {
    throw new ConfigError(`Expected a similarity above 0 and up to 1. Received: ${similarity}.`);
  }
  const stopped = "Stopped. What was seen is kept: the same command goes on from there.";
  return withDataset(
    data,
    { context, writer: createLineWriter(context.stderr), stopped },
    (dataset, options) => work(dataset, { ...options, minSimilarity: similarity }, data),
  );
}
