/** `convkit datasets`: the data sets that have a name, and fetching one ahead of a run. */
import { DataSpec } from "@convkit/schema";
import type { Command } from "commander";
import { addDatasetHint, checkDatasetName } from "../config/dataset-hints.js";
import { showDataProgress } from "../display/describe-data-progress.js";
import { formatTable } from "../display/format.js";
import { createLineWriter } from "../display/line-writer.js";
import { watchInterrupts } from "../process/interrupts.js";
import { InterruptedError } from "../process/process-errors.js";
import { print, printJson, type CommandContext } from "./command-context.js";

const EXAMPLES = `
A data set is fetched once, checked against its checksums and kept in the home. A folder that already holds its
files does as well: --set data.root=FOLDER with \`convkit train\`.

Examples:
  convkit datasets
  convkit datasets get cifar10`;

export function addDatasetsCommand(program: Command, context: CommandContext): void {
  const datasets = program
    .command("datasets")
    .description("lists the data sets that have a name; `get` fetches one")
    .addHelpText("after", EXAMPLES);
  datasets
    .command("list", { isDefault: true })
    .description("lists them")
    .option("--json", "one JSON object a line", false)
    .addHelpText("after", EXAMPLES)
    .action(({ json }: { json: boolean }) => list(context, json));
  datasets
    .command("get")
    .description("fetches one, or checks that it is there")
    .argument("<name>", "as `convkit datasets` lists it")
    .option("--json", "one JSON object", false)
    .addHelpText("after", EXAMPLES)
    .action((name: string, { json }: { json: boolean }) => get(name, context, json));
}

async function list(context: CommandContext, json: boolean): Promise<void> {
  const { listDatasets } = await import("@convkit/data");
  const datasets = listDatasets();
  if (json) return datasets.forEach((dataset) => printJson(context, { type: "dataset", ...dataset }));
  const rows = datasets.map(({ name, description, counts, imageShape, classNames }) => [
    name,
    `${counts.train.toLocaleString("en-US")} + ${counts.test.toLocaleString("en-US")}`,
    imageShape.join("×"),
    String(classNames.length),
    description,
  ]);
  print(context, formatTable([["name", "train + test", "shape", "classes", ""], ...rows]));
}

async function get(name: string, context: CommandContext, json: boolean): Promise<void> {
  const { listDatasets, openDataset } = await import("@convkit/data");
  checkDatasetName(name, listDatasets());
  const writer = json ? undefined : createLineWriter(context.stdout);
  const stopping = new AbortController();
  const interrupts = watchInterrupts({
    stop: (reason) => stopping.abort(reason),
    // Whoever asks next finds that this process is gone and takes its place.
    kill: () => process.exit(interrupts.exitCode),
  });
  try {
    const { contentHash } = await openDataset(DataSpec.parse({ source: name }), {
      home: context.home,
      signal: stopping.signal,
      onProgress: (progress) => writer && showDataProgress(progress, writer, context.colors),
    });
    writer?.close();
    if (json) return printJson(context, { type: "dataset", name, home: context.home, contentHash });
    print(context, [`${name} is there, whole and checked: ${context.home}`, `content hash ${contentHash}`]);
  } catch (error) {
    if (interrupts.exitCode === undefined) throw addDatasetHint(error, name, listDatasets());
    throw new InterruptedError(
      "Stopped. What was fetched is kept: the same command goes on from there.",
      interrupts.exitCode,
    );
  } finally {
    writer?.close();
    interrupts.release();
  }
}
