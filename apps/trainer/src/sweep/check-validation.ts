/** Refuses a sweep over data without validation pictures, or without its metric, before the first trial: there would be nothing to choose by. */
import type { RunConfig } from "@convkit/schema";
import type { CommandContext } from "../commands/command-context.js";
import { withDataset } from "../commands/with-dataset.js";
import { ConfigError } from "../config/config-error.js";
import type { LineWriter } from "../display/line-writer.js";
import { EXIT_CODES } from "../exit-codes.js";
import { exitCodeOfError } from "../exit-code-of-error.js";
import type { SweepPlan } from "./sweep-plan.js";
import { isTrialsFault } from "./trial-fault.js";

/** Metrics that runs have of pictures with any number of labels alone. */
const OF_LABEL_SETS = ["val_mean_average_precision", "val_macro_f1"];

/**
 * A trial whose own choice of data cannot be opened is left to fail by itself, unless no other can be opened either.
 * @throws {ConfigError} naming the first trial that would have none, or would not have the metric.
 * @throws {Error} if a data set cannot be opened.
 */
export async function checkValidation(
  plan: SweepPlan,
  context: CommandContext,
  { writer }: { readonly writer: LineWriter | undefined },
): Promise<void> {
  const checked = new Set<string>();
  const unopened = new Map<string, unknown>();
  for (const trial of plan.trials.keys()) {
    const { data, sweep } = plan.configOf({ trial, rung: 0 });
    const { metric, parameters } = sweep!;
    if (checked.has(holdingOf(data)) || unopened.has(JSON.stringify(data))) continue;
    const work = { context, writer, stopped: "Stopped. No trial had begun." };
    let found: { readonly hasValidation: boolean; readonly isMultiLabel: boolean };
    try {
      found = await withDataset(data, work, ({ splits, isMultiLabel }) =>
        Promise.resolve({ hasValidation: splits.validation !== undefined, isMultiLabel }),
      );
    } catch (error) {
      if (!isOfItsData(error, parameters)) throw error;
      unopened.set(JSON.stringify(data), error);
      continue;
    }
    checked.add(holdingOf(data));
    if (OF_LABEL_SETS.includes(metric) && !found.isMultiLabel) {
      throw new ConfigError(
        `Expected pictures that have any number of labels, for ${metric}. Received: one class each for trial ${trial + 1} in ${data.source}. ` +
          "Choose by val_accuracy or val_loss, or have a manifest's labels read as sets: --set data.multiLabel=true",
      );
    }
    if (found.hasValidation) continue;
    throw new ConfigError(
      `Expected validation pictures, by which a sweep chooses. Received: none for trial ${trial + 1} in ${data.source}. ` +
        "Hold some back: --set data.validationFraction=0.1",
    );
  }
  if (checked.size === 0) throw [...unopened.values()][0];
}

function isOfItsData(error: unknown, swept: readonly string[]): boolean {
  return error instanceof Error && exitCodeOfError(error) === EXIT_CODES.data && isTrialsFault(error, swept);
}

/** What decides whether there are any, and what they are judged by; how many does not. */
function holdingOf({
  source,
  root,
  splits,
  folds,
  validationFraction,
  multiLabel,
}: RunConfig["data"]): string {
  return JSON.stringify([source, root, splits, folds !== undefined || validationFraction > 0, multiLabel]);
}
