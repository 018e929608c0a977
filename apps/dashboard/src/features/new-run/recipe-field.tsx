/** Begins the config with a named recipe, whose values then stand in the fields to be changed. */
"use client";
import { Field, Select } from "@convkit/ui";
import { RECIPE_NAMES } from "@convkit/schema/recipes";
import { SOURCE } from "./dataset-choice";
import { useConfigForm } from "./form-context";
import { valueAt } from "./json-value";
import { chosenRecipe, recipeOf, withRecipe } from "./recipe-choice";

const NONE = "none";

export function RecipeField() {
  const { draft } = useConfigForm();
  const chosen = chosenRecipe(draft.config);
  const choose = (value: string) => {
    const name = RECIPE_NAMES.find((each) => each === value) ?? null;
    draft.replace(withRecipe(draft.config, name));
  };
  return (
    <Field label="Recipe" help={helpOf(chosen, valueAt(draft.config, SOURCE))} className="max-w-xl">
      {(control) => (
        <Select
          {...control}
          value={chosen ?? NONE}
          onValueChange={choose}
          options={[
            { value: NONE, label: "None, or changed" },
            ...RECIPE_NAMES.map((name) => ({ value: name, label: name, help: recipeOf(name).summary })),
          ]}
        />
      )}
    </Field>
  );
}

function helpOf(name: ReturnType<typeof chosenRecipe>, source: unknown): string {
  if (name === null)
    return "Fills all fields with a config that reaches a known accuracy; the data set that is chosen stays.";
  const { summary, dataset, config } = recipeOf(name);
  const isAnother = config.data.source !== undefined && source !== config.data.source;
  return isAnother
    ? `${summary}. Made for ${dataset}: its transforms may not fit other pictures.`
    : `${summary}. Made for ${dataset}.`;
}
