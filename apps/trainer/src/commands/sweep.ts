/** `convkit sweep`: looks for the best values of a config's fields by many runs, and goes on with a sweep that was stopped. */
import { parse } from "node:path";
import { SweepName, SweepSpec } from "@convkit/schema";
import type { Command } from "commander";
import { collectAssignment, formatAssignment } from "../config/assignment.js";
import { ConfigError } from "../config/config-error.js";
import { explainConfigIssues } from "../config/explain-config-issues.js";
import type { PartialConfig } from "../config/merge-config.js";
import { readJsonFile } from "../config/read-config-file.js";
import { runSweep } from "../sweep/run-sweep.js";
import type { Sweep } from "../sweep/sweep-plan.js";
import { pathsOf, shellWord } from "../sweep/train-command.js";
import type { CommandContext } from "./command-context.js";
import { addServerOptions, deliveryTo, type ServerFlags } from "./server-options.js";

interface SweepFlags extends ServerFlags {
  readonly name?: string;
  readonly recipe?: string;
  readonly set: readonly PartialConfig[];
  readonly retryFailed: boolean;
  readonly json: boolean;
}

const NOTES = `
The file is JSON, for instance:
  {
    "base": { "data": { "source": "cifar10" }, "epochs": 9 },
    "method": { "name": "random", "trials": 20 },
    "metric": "val_accuracy",
    "parameters": {
      "learningRate": { "min": 0.02, "max": 1, "scale": "log" },
      "optimizer.momentum": { "values": [0.85, 0.9, 0.95] },
      "batchSize": { "min": 32, "max": 256, "scale": "log", "integer": true }
    }
  }
method:     "grid": every combination of values; { "name": "random", "trials", "seed" };
            { "name": "successive-halving", "trials", "maxEpochs", "minEpochs": 1, "eta": 3, "seed" }: all trials with few
            epochs, the best one in eta of them with eta times as many, and so on
base:       any part of a config, as in \`convkit train --config\`; "recipe" names one to lie under it
parameters: any field of a config (\`convkit config\`), { values } or { min, max, scale: linear | log, integer }
metric:     val_accuracy or val_loss, or of label sets val_mean_average_precision or val_macro_f1, in the epoch whose weights
            the run keeps; never one of test pictures

Each trial is a run of its own, tagged sweep:<name>. A sweep that was stopped or killed goes on by the same command; with
more trials of "random", a finished one does, too.

Examples:
  convkit sweep rates.json
  convkit sweep rates.json --set epochs=3 --name rates-short
  convkit sweep rates.json --retry-failed
  convkit sweep rates.json --server http://lab:4321 --json`;

export function addSweepCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("sweep")
    .description("trains by many values of some fields of a config, and tells the best")
    .argument("<file>", "JSON that says what to try")
    .option("--name <text>", "what the sweep is called (default: as the file says, else the file's name)")
    .option("--recipe <name>", "a whole config, under the file's base; `convkit recipes` lists them")
    .option(
      "--set <key=value>",
      "one key of every trial's config, dotted, as JSON; may be repeated",
      collectAssignment,
      [],
    )
    .option("--retry-failed", "begins every trial that has failed again, as another run", false)
    .option("--json", "one JSON object a line", false)
    .addHelpText("after", NOTES);
  addServerOptions(command, {
    purpose: "a dashboard that is told of the runs while the sweep goes on",
  }).action(async (file: string, flags: SweepFlags) => {
    const sweep = await readSweep(file, flags);
    const exitCode = await runSweep(sweep, context, {
      json: flags.json,
      retryFailed: flags.retryFailed,
      clientOf: deliveryTo(flags),
      command: commandOf(file, flags),
    });
    context.exit(exitCode);
  });
}

/** @throws {ConfigError} with one line per mistake. */
async function readSweep(file: string, { name, recipe, set }: SweepFlags): Promise<Sweep> {
  const json = await readJsonFile(file, file);
  const value = {
    ...json,
    ...(recipe !== undefined && { recipe }),
    method: spelledOut(json["method"]),
    metric: spelledOut(json["metric"]),
  };
  const parsed = SweepSpec.safeParse(value);
  if (!parsed.success) {
    const mistakes = explainConfigIssues(SweepSpec, value, parsed.error.issues);
    throw new ConfigError(["The sweep cannot be run:", ...mistakes.map((line) => `  ${line}`)].join("\n"));
  }
  const called = SweepName.safeParse(name ?? parsed.data.name ?? parse(file).name);
  if (!called.success) {
    throw new ConfigError(
      `Expected a sweep's name of letters, digits, dots, underscores and hyphens. Received: ` +
        `${name ?? parse(file).name}. --name gives it one.`,
    );
  }
  return { name: called.data, spec: parsed.data, assignments: set };
}

/** So that a mistake is told where it stands. */
function spelledOut(value: unknown): unknown {
  return typeof value === "string" ? { name: value } : value;
}

function commandOf(file: string, { name, recipe, set, server, json }: SweepFlags): string {
  return [
    "convkit sweep",
    shellWord(file),
    ...(name === undefined ? [] : ["--name", shellWord(name)]),
    ...(recipe === undefined ? [] : ["--recipe", shellWord(recipe)]),
    ...set.flatMap(pathsOf).flatMap(([path, value]) => ["--set", shellWord(formatAssignment(path, value))]),
    ...(server === undefined ? [] : ["--server", shellWord(server)]),
    ...(json ? ["--json"] : []),
  ].join(" ");
}
