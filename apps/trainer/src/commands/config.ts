/** `convkit config`: every key that a run's config may have. */
import { MODEL_NAMES } from "@convkit/models/names";
import { runConfigJsonSchema } from "@convkit/schema";
import type { Command } from "commander";
import { listConfigFields, type ConfigField } from "../config/config-fields.js";
import { print, printJson, type CommandContext } from "./command-context.js";

const EXAMPLES = `
Examples:
  convkit config
  convkit config | grep schedule
  convkit config --schema > convkit.schema.json     for an editor`;

const HEADING = `A config is JSON for --config FILE; --set KEY=VALUE gives one of its keys. Under both lies a recipe for the data set
and the network, so that \`convkit train\` may begin with other values than the defaults here.
Networks of the registry: ${MODEL_NAMES.join(", ")}. A variant, such as optimizer.name=sgd, is followed by its own keys.
`;

export function addConfigCommand(program: Command, context: CommandContext): void {
  program
    .command("config")
    .description("lists every key of a config: its type, its default and what it does")
    .option("--schema", "as JSON Schema", false)
    .option("--json", "one JSON object a line", false)
    .addHelpText("after", EXAMPLES)
    .action(({ schema, json }: { schema: boolean; json: boolean }) => {
      if (schema) return print(context, [JSON.stringify(runConfigJsonSchema(), null, 2)]);
      const fields = listConfigFields();
      if (json)
        return fields.forEach((field) =>
          printJson(context, { ...field, valueType: field.type, type: "field" }),
        );
      print(context, [
        HEADING,
        describe(["key", "type", "default", ""]),
        ...fields.map((field) => describe(cells(field))),
      ]);
    });
}

function cells({ key, type, default: initial, isRequired, description }: ConfigField): string[] {
  return [key, type, initial ?? (isRequired ? "required" : type === "" ? "" : "–"), description];
}

/** Most cells fit; one that does not moves its own line only. */
const WIDTHS = [36, 22, 11, 0];

function describe(row: readonly string[]): string {
  return row
    .map((cell, i) => cell.padEnd(WIDTHS[i] ?? 0))
    .join("  ")
    .trimEnd();
}
