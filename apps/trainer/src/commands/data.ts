/** `convkit data add`: brings a data set to a dashboard, from where workers on other machines fetch it. */
import { resolve } from "node:path";
import type { Command } from "commander";
import type { UploadFlags } from "../worker/upload-dataset.js";
import type { CommandContext } from "./command-context.js";
import { addServerOptions } from "./server-options.js";

const EXAMPLES = `
A run that was started in the dashboard then trains on any worker: it fetches what it lacks, by the content hash.

Example:
  convkit data add ./photos --server https://dashboard.example:4100 --token convkit_…`;

export function addDataCommand(program: Command, context: CommandContext): void {
  const data = program
    .command("data")
    .description("brings data sets to a dashboard")
    .addHelpText("after", EXAMPLES);
  const add = data
    .command("add")
    .description("uploads a folder of pictures, and makes small ones for the pages")
    .argument("<folder>", "one folder of pictures per class, or files of MNIST's or CIFAR-10's formats")
    .option("--json", "one JSON object", false)
    .addHelpText("after", EXAMPLES);
  addServerOptions(add, { purpose: "address of the dashboard", isRequired: true }).action(
    async (folder: string, flags: UploadFlags) => {
      const { uploadDataset } = await import("../worker/upload-dataset.js");
      await uploadDataset(resolve(folder), flags, context);
    },
  );
}
