/** A named recipe laid over the config that is being written: what was decided of the run itself stays. */
import { RECIPE_NAMES, RECIPES, type NamedRecipe, type RecipeName } from "@convkit/schema/recipes";
import { isObject, sameJson, valueAt, withValueAt, type Json, type JsonObject } from "./json-value";
import { SOURCE } from "./dataset-choice";

/** What a recipe says nothing of: how the run is found again, and where and with what luck it is trained. */
const KEPT = ["formatVersion", "name", "experiment", "tags", "seed", "engine", "precision"];

export const recipeOf = (name: RecipeName): NamedRecipe => RECIPES[name];
const configOf = (name: RecipeName) => recipeOf(name).config as unknown as JsonObject;

/**
 * The recipe's whole config with the run's own name, tags, seed and engine, and with the data set that was chosen, if one
 * was; null: only these.
 */
export function withRecipe(config: JsonObject, name: RecipeName | null): JsonObject {
  const before = chosenRecipe(config);
  const recipe = structuredClone(name === null ? {} : configOf(name));
  const data = { ...dataWithout(config, before), ...dataOf(recipe) };
  const source = valueAt(config, SOURCE);
  const kept = Object.entries(config).filter(([key]) => KEPT.includes(key));
  const next = { ...Object.fromEntries(kept), ...recipe, data };
  return source === undefined ? next : withValueAt(next, SOURCE, source);
}

/** @returns the recipe that the config is, whatever it says of the run itself and of its data besides. */
export function chosenRecipe(config: JsonObject): RecipeName | null {
  return RECIPE_NAMES.find((name) => isRecipe(config, configOf(name))) ?? null;
}

function isRecipe(config: JsonObject, recipe: JsonObject): boolean {
  const keys = new Set([...Object.keys(config), ...Object.keys(recipe)]);
  const said = [...keys].filter((key) => !KEPT.includes(key) && key !== "data");
  const data = Object.entries(dataOf(recipe)).filter(([key]) => key !== "source");
  return (
    said.every((key) => sameJson(config[key], recipe[key])) &&
    data.every(([key, value]) => sameJson(dataOf(config)[key], value))
  );
}

/** The data without what the recipe has said of it; the data set itself is the user's. */
function dataWithout(config: JsonObject, recipe: RecipeName | null): JsonObject {
  const said = recipe === null ? [] : Object.keys(dataOf(configOf(recipe)));
  return Object.fromEntries(
    Object.entries(dataOf(config)).filter(([key]) => key === "source" || !said.includes(key)),
  );
}

const dataOf = (config: JsonObject): JsonObject => {
  const data: Json | undefined = config["data"];
  return isObject(data) ? data : {};
};
