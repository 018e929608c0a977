/** `convkit datasets`: the data sets that have a name, and fetching one ahead of a run. */
import { DataSpec } from "@convkit/schema";
import type { Command } from "commander";
import { checkDatasetName } from "../config/dataset-hints.js";
import { formatTable } from "../display/format.js";
import { createLineWriter } from "../display/line-writer.js";
import { print, printJson, type CommandContext } from "./command-context.js";
import { withDataset } from "./with-dataset.js";

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
  const { listDatasets } = await import("@convkit/data");
  checkDatasetName(name, listDatasets());
  const writer = json ? undefined : createLineWriter(context.stdout);
  const stopped = "Stopped. What was fetched is kept: the same command goes on from there.";
  const contentHash = await withDataset(
    DataSpec.parse({ source: name }),
    { context, writer, stopped },
    (dataset) => Promise.resolve(dataset.contentHash),
  );
  if (json) return printJson(context, { type: "dataset", name, home: context.home, contentHash });
  print(context, [`${name} is there, whole and checked: ${context.home}`, `content hash ${contentHash}`]);
}
