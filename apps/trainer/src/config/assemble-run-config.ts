/**
 * From a command line to a config: recipe, then the file, then flags, then `--set`, each over the one before.
 * The result is parsed once, here; everything behind it trusts its types.
 */
import { RunConfig } from "@convkit/schema";
import { ConfigError } from "./config-error.js";
import { explainConfigIssues } from "./explain-config-issues.js";
import { mergeConfig, type PartialConfig } from "./merge-config.js";
import { parseModelFlag } from "./model-flag.js";
import { recipeFor } from "./recipes.js";

export interface ConfigSources {
  /** Registry name or path, as given on the command line. */
  readonly data?: string | undefined;
  readonly file?: PartialConfig | undefined;
  readonly flags?: ConfigFlags;
  /** What `--set` said, in its order. */
  readonly assignments?: readonly PartialConfig[];
}

export interface ConfigFlags {
  readonly model?: string | undefined;
  readonly epochs?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly lr?: number | undefined;
  readonly seed?: number | undefined;
  readonly engine?: string | undefined;
  readonly name?: string | undefined;
}

/** @throws {ConfigError} with one line per mistake. */
export function assembleRunConfig(sources: ConfigSources): RunConfig {
  const given = [fileFor(sources), flagsToConfig(sources), ...(sources.assignments ?? [])].reduce(
    mergeConfig,
  );
  const source = read(given, "data", "source");
  if (typeof source !== "string") {
    throw new ConfigError(
      "Expected a data set: a name (`convkit datasets` lists them) or a folder. Received: nothing. " +
        "For example: convkit train cifar10",
    );
  }
  const modelName = read(given, "model", "name");
  const recipe = recipeFor(source, typeof modelName === "string" ? modelName : undefined);
  const config = mergeConfig(recipe, given);
  const parsed = RunConfig.safeParse(config);
  if (parsed.success) return parsed.data;
  const lines = explainConfigIssues(RunConfig, config, parsed.error.issues);
  throw new ConfigError(["The config cannot be run:", ...lines.map((line) => `  ${line}`)].join("\n"));
}

/** A file written for one data set says nothing of where another's files lie, or what they hash to. */
function fileFor({ data, file = {} }: ConfigSources): PartialConfig {
  const inFile = file["data"];
  if (data === undefined || typeof inFile !== "object" || inFile === null) return file;
  const { source, root, contentHash, ...rest } = inFile as Record<string, unknown>;
  return source === data ? file : { ...file, data: rest };
}

function flagsToConfig({ data, flags = {} }: ConfigSources): PartialConfig {
  const { model, epochs, batchSize, lr, seed, engine, name } = flags;
  return {
    ...(data === undefined ? {} : { data: { source: data } }),
    ...(model === undefined ? {} : { model: parseModelFlag(model) }),
    epochs,
    batchSize,
    learningRate: lr,
    seed,
    engine,
    name,
  };
}

function read(config: PartialConfig, section: string, key: string): unknown {
  const value = config[section];
  return typeof value === "object" && value !== null ? (value as PartialConfig)[key] : undefined;
}
