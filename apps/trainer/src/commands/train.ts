/** `convkit train`: assembles the config and runs it in a process of its own. */
import type { Command } from "commander";
import { ConfigError } from "../config/config-error.js";
import { fastDevRun } from "../config/fast-dev-run.js";
import type { PartialConfig } from "../config/merge-config.js";
import { runJob } from "../process/run-job.js";
import { readForkSource } from "../run/fork-source.js";
import type { CommandContext } from "./command-context.js";
import { addConfigOptions, readConfigOptions, type ConfigOptionFlags } from "./config-options.js";
import { minutesArgument } from "./duration-argument.js";
import { addServerOptions, deliveryTo, type ServerFlags } from "./server-options.js";
import { plotSchedule } from "./plot-schedule.js";

interface TrainFlags extends ConfigOptionFlags, ServerFlags {
  readonly fork?: string;
  readonly fastDevRun: boolean;
  readonly plotSchedule: boolean;
  readonly profile: boolean;
  readonly json: boolean;
}

const PROFILED_BATCHES = 20;

const EXAMPLES = `
The config is the data set's recipe, or the one that is named, under the file, under the flags, under --set.
--set ema=null leaves a key out that has no dot, and that is optional.

Examples:
  convkit train cifar10
  convkit train --recipe cifar10-airbench94
  convkit train fashion-mnist --set data.root=./idx-files
  convkit train ./photos --model resnet9 --set 'data.imageSize=[64,64]'
  convkit train cifar10 --model ./my-network.mjs --epochs 20 --batch-size 256 --lr 0.1
  convkit train --config run.json --set optimizer.momentum=0.95 --set data.limit.train=5000
  convkit train cifar10 --epochs 30 --set schedule=cosine --plot-schedule
  convkit train cifar10 --lr 0.2 --experiment rates --tag baseline --tag nightly
  convkit train cifar10 --epochs 100 --time-budget 10m
  convkit train --fork latest@best --lr 0.001 --epochs 30
  convkit train --fork 20260214@1200 --set schedule=constant
  convkit train --fork latest --epochs 30 --set ema=null
  convkit train ./photos --model ./my-network.mjs --fast-dev-run
  convkit train cifar10 --json > events.jsonl`;

export function addTrainCommand(program: Command, context: CommandContext): void {
  const command = addConfigOptions(
    program.command("train").description("trains a network, judges it on the test set and writes a report"),
  )
    .option(
      "--fork <run[@checkpoint]>",
      "a new run that goes on from another's checkpoint: last, best, or a number of steps that is kept; its config is " +
        "that run's, under the flags",
    )
    .option("--name <text>", "a name for the run")
    .option("--experiment <name>", "the experiment that the run belongs to")
    .option("--tag <label>", "a label to find the run by; may be repeated", collectText, [])
    .option(
      "--time-budget <time>",
      "ends the run, judged, within 90s, 10m or 2h: with as many steps as fit, --epochs at most",
      minutesArgument,
    )
    .option(
      "--fast-dev-run",
      "two batches of everything, to find mistakes: training, validation, report",
      false,
    )
    .option("--plot-schedule", "draws the learning rate over the run's steps, and trains nothing", false)
    .option("--profile", "says where the time of a step goes, and trains as ever", false)
    .option("--json", "one JSON object a line", false)
    .addHelpText("after", EXAMPLES);
  addServerOptions(command, { purpose: "a dashboard that is told of the run while it goes on" }).action(
    async (data: string | undefined, flags: TrainFlags) => {
      const assembled = await readConfigOptions(data, flags, await forkOf(flags, context.home));
      const config = flags.fastDevRun ? fastDevRun(assembled) : assembled;
      if (flags.plotSchedule) return plotSchedule(config, flags, context);
      const options = { json: flags.json, clientOf: deliveryTo(flags) };
      const profile = flags.profile ? { batches: PROFILED_BATCHES } : undefined;
      context.exit(await runJob({ kind: "train", home: context.home, config, profile }, context, options));
    },
  );
}

/** @throws {ConfigError} where it would not be that run that goes on. */
async function forkOf(
  { fork, recipe, fastDevRun: isShort }: TrainFlags,
  home: string,
): Promise<PartialConfig | undefined> {
  if (fork === undefined) return undefined;
  const other = recipe !== undefined ? "--recipe" : isShort ? "--fast-dev-run" : undefined;
  if (other === undefined) return readForkSource(fork, home);
  throw new ConfigError(
    `Expected --fork without ${other}. Received: both. A fork has its source's config and pictures: leave one of them out.`,
  );
}

function collectText(text: string, previous: readonly string[]): string[] {
  return [...previous, text];
}
