/** `convkit batch-size-find`: pictures a second and memory by batch size, and which of them to train with. */
import type { BatchSizeTrial } from "@convkit/trainer";
import type { Command } from "commander";
import { describeBatchSizes } from "../display/batch-size-table.js";
import { showDataProgress } from "../display/describe-data-progress.js";
import { describeEngine } from "../display/describe-run.js";
import { formatFigure } from "../display/format.js";
import { interruptible } from "../process/interruptible.js";
import { measureBatch } from "../process/measure-batch.js";
import { print, printJson, type CommandContext } from "./command-context.js";
import { addConfigOptions, readConfigOptions, type ConfigOptionFlags } from "./config-options.js";
import { countArgument, numberArgument } from "./number-argument.js";

interface BatchSizeFindFlags extends ConfigOptionFlags {
  readonly most?: number;
  readonly gain: number;
  readonly refine: boolean;
  readonly json: boolean;
}

const NOTES = `
A few training steps of each batch size, in a process of its own, from 16 or --batch-size on: twice as many pictures each
time, until they would not fit into memory (also where the process is killed for it) or hardly more a second are learnt
from. The time is without waiting for pictures, and of memory a tenth stays free. Nothing is kept.

Examples:
  convkit batch-size-find cifar10
  convkit batch-size-find ./photos --model resnet18 --set optimizer=adamw --refine
  convkit batch-size-find cifar10 --gain 10 --json`;

export function addBatchSizeFindCommand(program: Command, context: CommandContext): void {
  const command = program
    .command("batch-size-find")
    .description(
      "tries larger and larger batches while they fit into memory and are faster, and suggests one",
    );
  addConfigOptions(command)
    .option("--most <n>", "the largest batch size that is tried", countArgument)
    .option("--gain <percent>", "by how much a doubled batch has to be faster", numberArgument, 5)
    .option("--refine", "where memory is the limit, looks between powers of two", false)
    .option("--json", "one JSON object", false)
    .addHelpText("after", NOTES)
    .action(async (data: string | undefined, flags: BatchSizeFindFlags) => {
      const config = await readConfigOptions(data, flags);
      const killing = new AbortController();
      const found = await interruptible(
        context,
        { json: flags.json, kept: "Nothing was kept.", kill: () => killing.abort() },
        async ({ signal, writer }) => {
          const said = new Set<string>();
          /** Each process says the same. */
          const sayOnce = (lines: readonly string[]): void => {
            for (const line of lines) if (!said.has(line)) writer.print(line);
            for (const line of lines) said.add(line);
          };
          const { searchBatchSize } = await import("@convkit/trainer");
          return searchBatchSize({
            ...(flags.batchSize !== undefined && { from: flags.batchSize }),
            ...(flags.most !== undefined && { most: flags.most }),
            leastGain: flags.gain / 100,
            isRefined: flags.refine,
            onTrial: (trial) => writer.status(describeTrial(trial)),
            measure: (batchSize) =>
              measureBatch(
                { ...config, batchSize },
                {
                  home: context.home,
                  stopping: signal,
                  killing: killing.signal,
                  onMessage(message) {
                    if (message.type === "engine") sayOnce(describeEngine(message.engine, context.colors));
                    if (message.type === "note") sayOnce([context.colors.yellow(message.text)]);
                    if (message.type === "dataProgress")
                      showDataProgress(message.progress, writer, context.colors);
                  },
                  onOutput: (line) => sayOnce([context.colors.dim(line)]),
                  onSilence: (text) => writer.print(context.colors.yellow(text)),
                },
              ),
          });
        },
      );
      if (flags.json) printJson(context, { type: "batchSizes", ...found });
      else print(context, describeBatchSizes(found, context.colors));
    });
}

function describeTrial(trial: BatchSizeTrial): string {
  const speed =
    "tooLarge" in trial
      ? "too large"
      : `${formatFigure(trial.measurement.imagesPerSecond)} pictures a second`;
  return `batch size ${trial.batchSize}: ${speed}`;
}
