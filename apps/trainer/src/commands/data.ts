/** `convkit data`: looking at a data set and at what transforms make of it, writing down its splits, bringing it to a dashboard. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { collectAssignment } from "../config/assignment.js";
import type { UploadFlags } from "../worker/upload-dataset.js";
import type { CommandContext } from "./command-context.js";
import type { ExportFlags, InspectFlags } from "./inspect-data.js";
import { numberArgument } from "./number-argument.js";
import { addDataPreviewCommand } from "./data-preview.js";
import { addServerOptions } from "./server-options.js";

const EXAMPLES = `
Examples:
  convkit data inspect ./photos
  convkit data inspect cifar10 --json > inspection.json
  convkit data preview ./photos --transforms strong
  convkit data export ./photos ./photos/splits.csv --group-copies
  convkit data add ./photos --server https://dashboard.example:4100 --token convkit_…`;

export function addDataCommand(program: Command, context: CommandContext): void {
  const data = program
    .command("data")
    .description(
      "looks at data sets and at what transforms make of them, writes down their splits, brings them to a dashboard",
    )
    .addHelpText("after", EXAMPLES);
  addInspect(data, context);
  addDataPreviewCommand(data, context);
  addExport(data, context);
  addUpload(data, context);
}

function addInspect(data: Command, context: CommandContext): void {
  addSource(
    data
      .command("inspect")
      .description(
        "counts, measures and compares all pictures: sizes, files left out, copies, leakage between splits",
      ),
  )
    .option("--sheet <file>", "writes what is found as a page of Markdown")
    .option("--json", "one JSON object", false)
    .addHelpText(
      "after",
      `
Copies that were scaled, compressed again or made lighter are found by what they show; mirrored ones are not. The small
pictures that are compared are kept in the home: the second time takes seconds.

Examples:
  convkit data inspect ./photos
  convkit data inspect ./photos --set 'data.group=/(patient\\d+)_' --similarity 0.9
  convkit data inspect fashion-mnist --sheet fashion-mnist.md`,
    )
    .action(async (source: string, flags: InspectFlags) => {
      const { inspectData } = await import("./inspect-data.js");
      await inspectData(source, flags, context);
    });
}

function addExport(data: Command, context: CommandContext): void {
  addSource(
    data
      .command("export")
      .description("writes which picture is in which split, to train on the same splits elsewhere"),
  )
    .argument("<file>", "to write: .csv, or .jsonl for JSON Lines")
    .option(
      "--group-copies",
      "writes a group for each picture that is there twice, so that copies stay in one split; --similarity says which",
      false,
    )
    .option("--force", "replaces a file that is there; never one that the data set is read from", false)
    .addHelpText(
      "after",
      `
Pictures that are files of their own are written as a manifest, which is a data set itself. Those that lie together in larger
files (tar, Parquet, IDX, CIFAR-10's) are written as a list of their ids, which is laid over the data set: data.splits.

Examples:
  convkit data export ./photos ./photos/splits.csv && convkit train ./photos/splits.csv --set 'data.imageSize=[64,64]'
  convkit data export ./shards splits.csv --group-copies && convkit train ./shards --set data.splits=splits.csv`,
    )
    .action(async (source: string, file: string, flags: ExportFlags) => {
      const { exportData } = await import("./inspect-data.js");
      await exportData(source, file, flags, context);
    });
}

function addUpload(data: Command, context: CommandContext): void {
  const add = data
    .command("add")
    .description("uploads a data set, and makes small pictures for the pages")
    .argument("<source>", "a folder, a manifest, a tar or a Parquet file of pictures")
    .option("--json", "one JSON object", false)
    .addHelpText(
      "after",
      `
A run that was started in the dashboard then trains on any worker: it fetches what it lacks, by the content hash.
What the page says of leakage is about splits as --set makes them: give it what runs will have.
A list of splits (data.splits) goes with a folder that it lies in.

Examples:
  convkit data add ./photos --server https://dashboard.example:4100 --token convkit_…
  convkit data add ./scans --set 'data.group=/(patient\\d+)_' --server https://dashboard.example:4100`,
    );
  addSet(add);
  addServerOptions(add, { purpose: "address of the dashboard", isRequired: true }).action(
    async (source: string, flags: UploadFlags) => {
      const { uploadDataset } = await import("../worker/upload-dataset.js");
      await uploadDataset(resolve(source), flags, context);
    },
  );
}

function addSet(command: Command): Command {
  return command.option(
    "--set <key=value>",
    "one key of the config's data, dotted, as `convkit train` takes it; may be repeated",
    collectAssignment,
    [],
  );
}

function addSource(command: Command): Command {
  return addSet(command)
    .argument("<source>", "name of a data set, or path of one: a folder, a manifest, a tar, a Parquet file")
    .option(
      "--similarity <0…1>",
      "from which on two pictures are taken for nearly the same; 0.97 if left out",
      numberArgument,
    );
}
