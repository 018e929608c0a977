/** `convkit recipes`: the configs that have a name, and what each is for. */
import { RECIPES, type NamedRecipe } from "@convkit/schema/recipes";
import type { Command } from "commander";
import { formatTable } from "../display/format.js";
import { print, printJson, type CommandContext } from "./command-context.js";

const NOTES = `
What a recipe decides was decided on validation pictures; it trains on all training pictures, and docs/results.md says what
it reached on the test pictures. Flags and --set change what they name.

Examples:
  convkit recipes
  convkit train --recipe cifar10-airbench94 --seed 1
  convkit train --recipe cifar10-airbench94 --set data.validationFraction=0.1`;

export function addRecipesCommand(program: Command, context: CommandContext): void {
  program
    .command("recipes")
    .description("lists whole configs that were made for an accuracy")
    .option("--json", "one JSON object a line", false)
    .addHelpText("after", NOTES)
    .action(({ json }: { json: boolean }) => {
      const recipes: [string, NamedRecipe][] = Object.entries(RECIPES);
      if (json)
        return recipes.forEach(([name, recipe]) => printJson(context, { type: "recipe", name, ...recipe }));
      const header = ["name", "data set", "epochs", "what it is for"];
      const rows = recipes.map(([name, { dataset, config, summary }]) => [
        name,
        dataset,
        String(config.epochs),
        summary,
      ]);
      print(context, formatTable([header, ...rows]));
    });
}
