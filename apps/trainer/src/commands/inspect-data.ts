/** What `convkit data inspect` and `convkit data export` do once their arguments are read. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ImageDataset, InspectOptions } from "@convkit/data";
import type { DataSpec } from "@convkit/schema";
import { assembleDataSpec } from "../config/assemble-data-spec.js";
import { formatAssignment } from "../config/assignment.js";
import { ConfigError } from "../config/config-error.js";
import { mergeConfig, type PartialConfig } from "../config/merge-config.js";
import { describeInspection } from "../display/describe-inspection.js";
import { createLineWriter } from "../display/line-writer.js";
import { print, printJson, type CommandContext } from "./command-context.js";
import { checkOutput, sayIfUnwritable, writeOutput } from "./output-file.js";
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
  readonly force: boolean;
}

export async function inspectData(
  source: string,
  flags: InspectFlags,
  context: CommandContext,
): Promise<void> {
  const { dataSheet, inspectDataset } = await import("@convkit/data");
  const { sheet } = flags;
  const data = assembleDataSpec(source, flags.set);
  if (sheet !== undefined) await checkOutput("--sheet", sheet);
  const inspection = await look(data, { flags, context }, inspectDataset);
  if (flags.json) printJson(context, { type: "inspection", ...inspection });
  else print(context, describeInspection(inspection, context.colors));
  if (sheet !== undefined) await writeOutput("--sheet", sheet, dataSheet(inspection));
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
  const data = assembleDataSpec(source, flags.set);
  checkWhole(data.limit);
  await checkTarget(file, data, flags);
  const { checkManifest, checkSplitList, groupCopies, isOfFiles, writeManifest, writeSplitList } =
    await import("@convkit/data");
  const lines = await look(data, { flags, context }, async (dataset, options) => {
    const isList = !isOfFiles(dataset);
    if (isList) checkSplitList(file);
    else checkManifest(dataset, file);
    const groups = flags.groupCopies ? await groupCopies(dataset, options) : undefined;
    const write = isList ? writeSplitList : writeManifest;
    await sayIfUnwritable<unknown>(FILE, () => write(dataset, file, { groups }));
    const count = dataset.splitList().reduce((sum, { length }) => sum + length, 0);
    return [
      `${count.toLocaleString("en-US")} pictures: ${file}`,
      ...(groups
        ? [
            `${groups.size.toLocaleString("en-US")} of them are copies, in ${new Set(groups.values()).size} groups`,
          ]
        : []),
      ...(isList ? [`train on these splits: ${trainingCommand(dataset, file, flags)}`] : []),
    ];
  });
  print(context, lines);
}

/** As the command's help calls it. */
const FILE = "<file>";

/** @throws {ConfigError} if only some of the pictures would be written down. */
function checkWhole(limit: DataSpec["limit"]): void {
  const [name] = Object.keys(limit);
  if (name === undefined) return;
  throw new ConfigError(
    `Expected all pictures, for a list of splits or a manifest. Received: data.limit.${name}, and pictures that a list ` +
      "lacks are learnt from. Those that a manifest lacks are lost. Leave it out here, and give it to `convkit train`.",
  );
}

/** @throws {ConfigError} if the data set is read from that file, or it is there and may not be replaced, or cannot be written. */
async function checkTarget(file: string, data: DataSpec, { force }: ExportFlags): Promise<void> {
  await checkOutput(FILE, file);
  const target = await stat(file, { bigint: true }).catch(() => null);
  if (target === null) return;
  for (const path of await listsOf(data)) {
    const opened = await stat(path, { bigint: true }).catch(() => null);
    if (opened?.ino !== target.ino || opened.dev !== target.dev) continue;
    throw new ConfigError(
      `Expected another file than what the data set is read from, which holds more than would be written. Received: ${file}. ` +
        "Name another.",
    );
  }
  if (force) return;
  throw new ConfigError(
    `Expected a file that is not there yet. Received: ${file}. Name another, or give --force to replace it.`,
  );
}

/** Files that say which pictures are in which split, where the source has such. */
async function listsOf({ source, splits }: DataSpec): Promise<string[]> {
  const { isFolderManifest } = await import("@convkit/data");
  const names = await readdir(source).catch(() => []);
  return [
    source,
    ...names.filter(isFolderManifest).map((name) => join(source, name)),
    ...(splits === undefined ? [] : [splits]),
  ];
}

/** Of `data`: other pictures than those that were written down. */
const SAID_OTHERWISE = ["source", "splits", "annotationsHash", "limit"];
/** Of `data`: what holds back where a list leaves it to do. Groups are in the list, and `group` would override these. */
const HOLDS_BACK = ["validationFraction", "testFraction", "splitSeed", "folds", "fold", "stratify"];

/** What was set here is set there. Splits that were not wanted here are not held back there. */
function trainingCommand({ source, splits }: ImageDataset, file: string, flags: ExportFlags): string {
  const { data } = flags.set.reduce(mergeConfig, {});
  const dropped = [...SAID_OTHERWISE, "group", ...(flags.groupCopies ? [] : HOLDS_BACK)];
  const given = Object.entries(data ?? {}).filter(([key]) => !dropped.includes(key));
  const unwanted = flags.groupCopies
    ? []
    : (["validation", "test"] as const).filter((name) => splits[name] === undefined);
  const settings = [
    ["splits", file],
    ...given,
    ...unwanted.map((name) => [`${name}Fraction`, 0] as const),
  ] as const;
  const words = settings.map(([key, value]) => shellWord(formatAssignment(`data.${key}`, value)));
  return ["convkit train", shellWord(source), ...words.map((word) => `--set ${word}`)].join(" ");
}

/** Quoted for a POSIX shell where it must be. */
const shellWord = (text: string): string =>
  /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** Opens the data set, bad files or not, and shows how far the work is. */
async function look<Result>(
  data: DataSpec,
  { flags, context }: { readonly flags: SourceFlags; readonly context: CommandContext },
  work: (dataset: ImageDataset, options: InspectOptions) => Promise<Result>,
): Promise<Result> {
  const { similarity } = flags;
  if (similarity !== undefined && !(similarity > 0 && similarity <= 1)) {
    throw new ConfigError(`Expected a similarity above 0 and up to 1. Received: ${similarity}.`);
  }
  const stopped = "Stopped. What was seen is kept: the same command goes on from there.";
  return withDataset(
    data,
    { context, writer: createLineWriter(context.stderr), stopped },
    (dataset, options) => work(dataset, { ...options, minSimilarity: similarity }),
  );
}
