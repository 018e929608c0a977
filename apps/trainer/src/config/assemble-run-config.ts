/**
 * From a command line to a config: recipe or the run that is forked, then the file, then flags, then `--set`, each over the one before.
 * The result is parsed once, here; everything behind it trusts its types.
 */
import { resolve } from "node:path";
import { isModelName, MODEL_NAMES, type ModelName } from "@convkit/models/names";
import { expandShortForms, RunConfig } from "@convkit/schema";
import { RECIPE_NAMES, RECIPES, type RecipeName } from "@convkit/schema/recipes";
import { ConfigError } from "./config-error.js";
import { explainConfigIssues } from "./explain-config-issues.js";
import { mergeConfig, type PartialConfig } from "./merge-config.js";
import { nearestName } from "./nearest-name.js";
import { recipeFor } from "./recipes.js";

export interface ConfigSources {
  /** Registry name or path, as given on the command line. */
  readonly data?: string | undefined;
  /** A whole config by name, in place of the one that fits data and network. */
  readonly recipe?: string | undefined;
  /** The whole config of a run that this one is forked from, in place of a recipe. */
  readonly fork?: PartialConfig | undefined;
  readonly file?: PartialConfig | undefined;
  readonly flags?: ConfigFlags;
  /** What `--set` said, in its order. */
  readonly assignments?: readonly PartialConfig[];
}

export interface ConfigFlags {
  /** Name of the registry, or path to a module. */
  readonly model?: string | undefined;
  readonly epochs?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly lr?: number | undefined;
  readonly seed?: number | undefined;
  /** In minutes. */
  readonly timeBudget?: number | undefined;
  readonly engine?: string | undefined;
  readonly precision?: string | undefined;
  readonly name?: string | undefined;
  readonly experiment?: string | undefined;
  /** In place of the file's, if there are any. */
  readonly tag?: readonly string[] | undefined;
}

/** @throws {ConfigError} with one line per mistake. */
export function assembleRunConfig(sources: ConfigSources): RunConfig {
  const typed = [flagsToConfig(sources), ...(sources.assignments ?? [])].map(expandShortForms);
  const stored = fileUnder(sources.file, typed.reduce(mergeConfig));
  // A typed run to fork from takes the place of the one that the file's run was forked from.
  const file = sources.fork === undefined ? stored : { ...stored, forkedFrom: undefined };
  const own = [file, ...typed].reduce(mergeConfig);
  const recipe = sources.recipe === undefined ? {} : fitting(namedRecipe(sources.recipe), own);
  const named = sources.fork ?? recipe;
  const given = mergeConfig(named, own);
  const source = read(given, "data", "source");
  if (typeof source !== "string") {
    throw new ConfigError(
      "Expected a data set: a name (`convkit datasets` lists them) or a folder. Received: nothing. " +
        "For example: convkit train cifar10",
    );
  }
  const isWhole = sources.fork !== undefined || sources.recipe !== undefined;
  const config = isWhole ? given : mergeConfig(fitting(recipeFor(source, networkOf(given)), own), given);
  const complete = withoutNulls(config, sources.assignments);
  const parsed = RunConfig.safeParse(complete);
  const mistakes = parsed.success
    ? explainModel(parsed.data)
    : explainConfigIssues(RunConfig, complete, parsed.error.issues);
  if (parsed.success && mistakes.length === 0) return parsed.data;
  throw new ConfigError(["The config cannot be run:", ...mistakes.map((line) => `  ${line}`)].join("\n"));
}

/**
 * `--set ema=null` takes an optional key out that a recipe, a file or a source has: there is no other way to leave it out.
 * Where null is a value, it stays one.
 */
function withoutNulls(config: PartialConfig, assignments: readonly PartialConfig[] = []): PartialConfig {
  const isTyped = (key: string): boolean => assignments.some((each) => each[key] === null);
  return Object.fromEntries(
    Object.entries(config).filter(([key, value]) => value !== null || !isTyped(key) || !mayBeLeftOut(key)),
  );
}

function mayBeLeftOut(key: string): boolean {
  if (!Object.hasOwn(RunConfig.shape, key)) return false;
  const schema = RunConfig.shape[key as keyof typeof RunConfig.shape];
  const left = schema.safeParse(undefined);
  return left.success && left.data === undefined && !schema.safeParse(null).success;
}

/** Without a recipe's loss where pictures have any number of labels: it is of one class each. */
function fitting(recipe: PartialConfig, own: PartialConfig): PartialConfig {
  return read(own, "data", "multiLabel") === true ? { ...recipe, loss: undefined } : recipe;
}

/** @throws {ConfigError} if there is none of that name. */
function namedRecipe(name: string): PartialConfig {
  if (Object.hasOwn(RECIPES, name)) return expandShortForms(RECIPES[name as RecipeName].config);
  const nearest = nearestName(name, RECIPE_NAMES);
  throw new ConfigError(
    `Expected a recipe: ${RECIPE_NAMES.join(", ")}. Received: ${JSON.stringify(name)}.` +
      (nearest === undefined ? "" : ` Did you mean "${nearest}"?`),
  );
}

/**
 * The file, without what holds for other pictures only. Written for one data set, it says nothing of where another's
 * files lie, how they are split, or what they hash to; nor does the hash of a list of splits fit another list. A run's
 * stored config also has transforms filled in, with the statistics and the crop of its pictures: neither fits another data
 * set, another size or another way to bring them to it.
 * Nor do the weights of classes found from their number of pictures, of another data set.
 */
function fileUnder(file: PartialConfig = {}, typed: PartialConfig): PartialConfig {
  const { data, transforms, loss, ...others } = outsideSweep(expandShortForms(file));
  const isStored = read(file, "data", "contentHash") !== undefined;
  const isForeign = !isSamePath(read(file, "data", "source"), read(typed, "data", "source"));
  const isResplit = !isSamePath(read(file, "data", "splits"), read(typed, "data", "splits"));
  const isResized = ["imageSize", "imageFit"].some((key) =>
    differs(read(file, "data", key), read(typed, "data", key)),
  );
  return {
    ...others,
    data: isForeign ? without(data, PLACE) : isResplit ? without(data, ["annotationsHash"]) : data,
    loss: isStored && isForeign ? withoutClassWeights(loss) : loss,
    transforms: isStored && (isForeign || isResized) ? undefined : transforms,
  };
}

/** A replay is no trial of the sweep that its config may be of. */
function outsideSweep(file: PartialConfig): PartialConfig {
  if (file["sweep"] === undefined) return file;
  const { tags } = file;
  const own = Array.isArray(tags) ? tags.filter((tag) => !String(tag).startsWith("sweep:")) : tags;
  return { ...file, tags: own, sweep: undefined };
}

const PLACE = ["source", "root", "contentHash", "splits", "annotationsHash"];

function without(data: unknown, keys: readonly string[]): unknown {
  if (typeof data !== "object" || data === null) return data;
  return Object.fromEntries(Object.entries(data).filter(([key]) => !keys.includes(key)));
}

function withoutClassWeights(loss: unknown): unknown {
  if (typeof loss !== "object" || loss === null) return loss;
  return Object.fromEntries(Object.entries(loss).filter(([key]) => key !== "classWeights"));
}

/** A stored config names folders and lists by their absolute paths. */
function isSamePath(inFile: unknown, typed: unknown): boolean {
  if (typed === undefined || inFile === typed) return true;
  return typeof inFile === "string" && typeof typed === "string" && resolve(inFile) === resolve(typed);
}

function differs(inFile: unknown, typed: unknown): boolean {
  return typed !== undefined && JSON.stringify(inFile) !== JSON.stringify(typed);
}

function flagsToConfig({ data, flags = {} }: ConfigSources): PartialConfig {
  const {
    model,
    epochs,
    batchSize,
    lr,
    seed,
    timeBudget,
    engine,
    precision,
    name,
    experiment,
    tag = [],
  } = flags;
  return {
    ...(data === undefined ? {} : { data: { source: data } }),
    model,
    epochs,
    batchSize,
    learningRate: lr,
    seed,
    timeBudget,
    engine,
    precision,
    name,
    experiment,
    tags: tag.length === 0 ? undefined : tag,
  };
}

function networkOf(config: PartialConfig): ModelName | "own" | undefined {
  const isOwn = ["layers", "module"].some((key) => read(config, "model", key) !== undefined);
  const name = read(config, "model", "name");
  return isOwn ? "own" : typeof name === "string" && isModelName(name) ? name : undefined;
}

function explainModel({ model }: RunConfig): string[] {
  if (!("name" in model) || isModelName(model.name)) return [];
  const nearest = nearestName(model.name, MODEL_NAMES);
  const hint = nearest === undefined ? "" : ` Did you mean "${nearest}"?`;
  return [
    `model.name: expected one of ${MODEL_NAMES.join(", ")}, or a path to a module (./my-network.mjs). ` +
      `Received: "${model.name}".${hint}`,
  ];
}

function read(config: PartialConfig, section: string, key: string): unknown {
  const value = config[section];
  return typeof value === "object" && value !== null ? (value as PartialConfig)[key] : undefined;
}
