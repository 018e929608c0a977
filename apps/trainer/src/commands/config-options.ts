/** The options that make a config, of every command that trains. */
import type { RunConfig } from "@convkit/schema";
import type { Command } from "commander";
import { assembleRunConfig, type ConfigFlags } from "../config/assemble-run-config.js";
import { collectAssignment } from "../config/assignment.js";
import type { PartialConfig } from "../config/merge-config.js";
import { readConfigFile } from "../config/read-config-file.js";
import { numberArgument } from "./number-argument.js";

export interface ConfigOptionFlags extends ConfigFlags {
  readonly config?: string;
  readonly recipe?: string;
  readonly set: readonly PartialConfig[];
}

export function addConfigOptions(command: Command): Command {
  return command
    .argument(
      "[data]",
      "name of a data set, a folder with one folder of pictures per class, or a manifest, tar or Parquet file",
    )
    .option("--model <name|path>", "a network of the registry, or a module that builds one")
    .option("--epochs <n>", "passes over the training set", numberArgument)
    .option("--batch-size <n>", "pictures per step", numberArgument)
    .option("--lr <rate>", "highest learning rate of the schedule", numberArgument)
    .option("--seed <n>", "decides weights, order and augmentation", numberArgument)
    .option("--engine <name>", "auto, native, webgpu, tensorflow-gpu, tensorflow or cpu")
    .option(
      "--precision <f32|bf16|f16>",
      "what convolutions compute in; bf16 is faster where the processor has it, f16 where the graphics card has",
    )
    .option("--recipe <name>", "a whole config made for an accuracy; `convkit recipes` lists them")
    .option("--config <file>", "JSON with any part of a config; a run's config.json replays it")
    .option(
      "--set <key=value>",
      "one key of the config, dotted, as JSON; may be repeated",
      collectAssignment,
      [],
    );
}

/**
 * @param fork config of the run that is forked, under all the rest.
 * @throws {ConfigError} with one line per mistake.
 */
export async function readConfigOptions(
  data: string | undefined,
  flags: ConfigOptionFlags,
  fork?: PartialConfig,
): Promise<RunConfig> {
  const file = flags.config === undefined ? undefined : await readConfigFile(flags.config);
  const { recipe } = flags;
  return assembleRunConfig({ data, recipe, fork, file, flags, assignments: flags.set });
}
