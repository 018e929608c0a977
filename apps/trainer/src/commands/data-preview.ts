/** `convkit data preview`: what a run's transforms make of some pictures, on one sheet. */
import { readFile } from "node:fs/promises";
import { describeTransforms, type DatasetCard, type TransformLists } from "@convkit/schema";
import { InvalidArgumentError, type Command } from "commander";
import { assembleRunConfig } from "../config/assemble-run-config.js";
import { collectAssignment } from "../config/assignment.js";
import { ConfigError } from "../config/config-error.js";
import type { PartialConfig } from "../config/merge-config.js";
import { readConfigFile } from "../config/read-config-file.js";
import { formatImageShape } from "../display/format.js";
import { createLineWriter } from "../display/line-writer.js";
import { print, printJson, type CommandContext } from "./command-context.js";
import { checkOutput, writeOutput } from "./output-file.js";
import { withDataset } from "./with-dataset.js";

interface PreviewFlags {
  readonly transforms?: string;
  readonly config?: string;
  readonly set: readonly PartialConfig[];
  readonly imageSize?: readonly [number, number];
  readonly seed?: number;
  readonly epoch: number;
  readonly pictures: number;
  readonly draws: number;
  readonly out: string;
  readonly json: boolean;
}

const EXAMPLES = `
The first column shows the pictures themselves, each other one what a run with this seed sees in one epoch, with what was
drawn beneath; the same is written as JSON beside the sheet, for machines without fonts. Transforms of whole batches are
named and not shown. As with \`convkit train\`, --config lies under the flags, and those under --set. A sheet has at most
16,000 pixels an edge.

Examples:
  convkit data preview cifar10
  convkit data preview ./photos --image-size 96 --transforms strong --out strong.png
  convkit data preview ./photos --transforms '[{"name":"RandomRotation","degrees":20}]' --set data.imageSize=[64,64]
  convkit data preview --config .convkit/runs/<id>/config.json --epoch 5`;

export function addDataPreviewCommand(data: Command, context: CommandContext): void {
  data
    .command("preview")
    .description("shows what transforms make of some pictures, on one sheet")
    .argument(
      "[source]",
      "name of a data set, a folder with one folder of pictures per class, or a manifest, tar or Parquet file",
    )
    .option(
      "--transforms <preset|file|json>",
      "a preset, or a list, or lists, as in a config; in a file or written here",
    )
    .option("--config <file>", "JSON with any part of a config; a run's config.json shows what it saw")
    .option(
      "--set <key=value>",
      "one key of the config, dotted, as JSON; may be repeated",
      collectAssignment,
      [],
    )
    .option(
      "--image-size <size>",
      "pixels that pictures are resized to: 96, or HEIGHTxWIDTH",
      imageSizeArgument,
    )
    .option("--seed <n>", "of the run whose epochs are shown", wholeNumber(0))
    .option("--epoch <n>", "the first that is shown", wholeNumber(1), 1)
    .option("--pictures <n>", "rows", wholeNumber(1), 6)
    .option("--draws <n>", "columns: so many epochs", wholeNumber(1), 8)
    .option("--out <file>", "where the sheet is written, as PNG", "preview.png")
    .option("--json", "one JSON object", false)
    .addHelpText("after", EXAMPLES)
    .action((source: string | undefined, flags: PreviewFlags) => preview(source, flags, context));
}

async function preview(
  source: string | undefined,
  flags: PreviewFlags,
  context: CommandContext,
): Promise<void> {
  const { transforms, imageSize, seed, out, pictures, draws } = flags;
  const file = flags.config === undefined ? undefined : await readConfigFile(flags.config);
  const config = assembleRunConfig({
    data: source,
    file,
    flags: { seed },
    assignments: [
      ...(transforms === undefined ? [] : [{ transforms: await readTransforms(transforms) }]),
      ...(imageSize === undefined ? [] : [{ data: { imageSize } }]),
      ...flags.set,
    ],
  });
  const { checkPreviewSize, previewTransforms, transformLists } = await import("@convkit/data");
  checkPreviewSize({ pictures, draws });
  const sidecar = `${out.replace(/\.png$/i, "")}.json`;
  for (const path of [out, sidecar]) await checkOutput("--out", path);
  const writer = createLineWriter(flags.json ? context.stderr : context.stdout);
  const stopped = "Stopped. No sheet was written; what was seen of the pictures is kept.";
  const { png, facts, card } = await withDataset(
    config.data,
    { context, writer, stopped },
    async (dataset, { signal }) => {
      const card = await dataset.card({ signal });
      signal.throwIfAborted();
      const lists = transformLists(config.transforms, card);
      const { png, height, width, ...shown } = await previewTransforms(dataset.splits.train, {
        transforms: lists.train,
        seed: config.seed,
        classNames: dataset.classNames,
        firstEpoch: flags.epoch,
        pictures,
        draws,
      });
      signal.throwIfAborted();
      const facts = { out, height, width, seed: config.seed, transforms: lists, pictures: shown.pictures };
      return { png, facts, card };
    },
  );
  await writeOutput("--out", out, png);
  await writeOutput("--out", sidecar, `${JSON.stringify(facts, null, 2)}\n`);
  if (flags.json) return printJson(context, { type: "preview", sidecar, ...facts });
  print(context, [
    ...describe(facts.transforms, card, context),
    `${context.colors.bold("sheet")}    ${out}: ${facts.pictures.length} pictures, ${draws} epochs from ${flags.epoch}`,
    `${context.colors.bold("drawn")}    ${sidecar}`,
  ]);
}

function describe({ train, batch }: TransformLists, card: DatasetCard, { colors }: CommandContext): string[] {
  const lines = [
    ...describeTransforms(train),
    ...describeTransforms(batch).map((line) => `${line}, of whole batches: not shown`),
  ];
  return [
    `${colors.bold("data")}     ${card.name}: ${formatImageShape(card)}`,
    ...lines.map((line, i) => `${i === 0 ? colors.bold("augment") : "       "}  ${line}`),
  ];
}

/** A list alone is what is done to pictures to learn from. */
async function readTransforms(text: string): Promise<unknown> {
  const isJson = /^\s*[[{]/.test(text);
  if (!isJson && !/[/\\.]/.test(text)) return text;
  const json = isJson ? text : await readText(text);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new ConfigError(`Expected JSON for --transforms. Received: ${(cause as Error).message}.`, {
      cause,
    });
  }
  return Array.isArray(value) ? { train: value as unknown[], evaluation: [] } : value;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new ConfigError(
      `Expected a preset, JSON or a readable file for --transforms. Received: ${path} (${(cause as Error).message}).`,
      { cause },
    );
  }
}

function imageSizeArgument(text: string): [number, number] {
  const [, height, width = height] = /^([1-9]\d{0,4})(?:[x×]([1-9]\d{0,4}))?$/.exec(text) ?? [];
  if (height !== undefined) return [Number(height), Number(width)];
  throw new InvalidArgumentError(`Expected pixels, such as 96 or 64x96. Received: ${text}.`);
}

function wholeNumber(lowest: number) {
  return (text: string): number => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= lowest) return Number(text);
    throw new InvalidArgumentError(`Expected a whole number from ${lowest} up. Received: ${text}.`);
  };
}
