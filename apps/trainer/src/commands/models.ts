/** `convkit models`: the networks that have a name, how large they are, and how well they did here. */
import type { ModelListing } from "@convkit/models";
import type { Command } from "commander";
import { formatFlops, formatParameters, formatPercent, formatTable } from "../display/format.js";
import { print, printJson, type CommandContext } from "./command-context.js";

const NOTES = `
Parameters and FLOP (two for each multiply-add) are those of one picture of the input shown, the published one, and of
as many classes. Pictures of other sizes do as well, down to the smallest shown, with 1 or 3 channels. Accuracies are
those that convkit's documents report, on the data set's test pictures; – where there is none yet.

Examples:
  convkit models
  convkit models --json
  convkit train ./photos --model mobilenet-v2`;

export function addModelsCommand(program: Command, context: CommandContext): void {
  program
    .command("models")
    .description("lists the networks that have a name, with their sizes")
    .option("--json", "one JSON object a line", false)
    .addHelpText("after", NOTES)
    .action(async ({ json }: { json: boolean }) => {
      const { listModels } = await import("@convkit/models");
      const models = listModels();
      if (json) return models.forEach((model) => printJson(context, { type: "model", ...model }));
      const header = ["name", "parameters", "FLOP", "input", "smallest", "classes", "our accuracy", "source"];
      print(context, formatTable([header, ...models.map(row)]));
    });
}

function row({ name, reference, minSize, accuracy, source }: ModelListing): string[] {
  return [
    name,
    formatParameters(reference.parameters),
    formatFlops(reference.flops),
    reference.inputShape.join("×"),
    `${minSize}×${minSize}`,
    String(reference.numClasses),
    accuracy === null ? "–" : `${formatPercent(accuracy.accuracy)} of ${accuracy.dataset}`,
    source,
  ];
}
