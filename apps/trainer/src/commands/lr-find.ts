/** `convkit lr-find`: the loss over rising learning rates, and which of them to train at. */
import type { WriteStream } from "node:tty";
import type { LearningRateRange } from "@convkit/trainer";
import type { Command } from "commander";
import { atCommonSize } from "../config/at-common-size.js";
import { showDataProgress } from "../display/describe-data-progress.js";
import { formatLoss } from "../display/format.js";
import { rateRangeChart } from "../display/rate-range-chart.js";
import { formatRate } from "../display/schedule-chart.js";
import { interruptible } from "../process/interruptible.js";
import { print, printJson, type CommandContext } from "./command-context.js";
import { addConfigOptions, readConfigOptions, type ConfigOptionFlags } from "./config-options.js";

interface LrFindFlags extends ConfigOptionFlags {
  readonly json: boolean;
}

const NOTES = `
A hundred training steps, each at a higher rate, from 1e-6 to 10 or until the loss is four times its best (Smith 2017).
The suggestion is the rate at which the loss falls most steeply; that of the "valley" lies in the middle of where it
falls. Nothing is kept.

Examples:
  convkit lr-find cifar10
  convkit lr-find ./photos --model resnet18 --batch-size 64 --set optimizer=adamw
  convkit lr-find cifar10 --json`;

/** Where there is no terminal to ask. */
const USUAL_COLUMNS = 80;

export function addLrFindCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("lr-find")
    .description("tries learning rates from very small to far too large, and suggests one");
  addConfigOptions(command)
    .option("--json", "one JSON object", false)
    .addHelpText("after", NOTES)
    .action(async (data: string | undefined, flags: LrFindFlags) => {
      const config = await readConfigOptions(data, flags);
      const range = await interruptible(
        context,
        { json: flags.json, kept: "Nothing was kept." },
        async ({ signal, writer }) => {
          const { openEngine } = await import("@convkit/engine");
          await openEngine(config.engine, { training: true, precision: config.precision });
          const { findLearningRate } = await import("@convkit/trainer");
          return atCommonSize(
            config,
            (sized) =>
              findLearningRate(sized, {
                home: context.home,
                signal,
                onDataProgress: (progress) => showDataProgress(progress, writer, context.colors),
                onStep: ({ learningRate, loss }, step) =>
                  writer.status(
                    `step ${step}: learning rate ${formatRate(learningRate)}, loss ${formatLoss(loss)}`,
                  ),
              }),
            (text) => writer.print(context.colors.yellow(text)),
          );
        },
      );
      if (flags.json) printJson(context, { type: "learningRates", ...range });
      else print(context, describe(range, context));
    });
}

function describe(
  { points, isDiverged, suggestion }: LearningRateRange,
  { stdout, colors }: CommandContext,
): string[] {
  const { columns = USUAL_COLUMNS } = stdout as Partial<WriteStream>;
  const last = points.at(-1);
  if (!last)
    return ["The loss was no number at the first step already: nothing can be said of learning rates."];
  const end = `${points.length} steps, up to ${formatRate(last.learningRate)}${isDiverged ? ", where the loss diverged" : ""}`;
  return [
    ...rateRangeChart(points, columns),
    "",
    `${colors.bold("loss")}        smoothed, over the learning rate: ${end}`,
    ...(suggestion
      ? [
          `${colors.bold("suggestion")}  ${colors.green(`--lr ${rounded(suggestion.steepest)}`)}, where the loss falls most steeply; ` +
            `the valley's is ${rounded(suggestion.valley)}`,
        ]
      : [
          `${colors.bold("suggestion")}  none: the loss never fell. More training pictures, or another network, may help.`,
        ]),
  ];
}

/** Two digits: a suggestion is no more exact than that. */
function rounded(rate: number): string {
  return formatRate(Number(rate.toPrecision(2)));
}
