/** Refuses a sweep over data without validation pictures before the first trial: there would be nothing to choose by. */
import type { RunConfig } from "@convkit/schema";
import type { CommandContext } from "../commands/command-context.js";
import { withDataset } from "../commands/with-dataset.js";
import { ConfigError } from "../config/config-error.js";
import type { LineWriter } from "../display/line-writer.js";
import type { SweepPlan } from "./sweep-plan.js";

/** @throws {ConfigError} naming the first trial that would have none. @throws {Error} if a data set cannot be opened. */
export async function checkValidation(
  plan: SweepPlan,
  context: CommandContext,
  { writer }: { readonly writer: LineWriter | undefined },
): Promise<void> {
  const checked = new Set<string>();
  for (const trial of plan.trials.keys()) {
    const { data } = plan.configOf({ trial, rung: 0 });
    if (checked.has(holdingOf(data))) continue;
    checked.add(holdingOf(data));
    const work = { context, writer, stopped: "Stopped. No trial had begun." };
    const hasValidation = await withDataset(data, work, (dataset) =>
      Promise.resolve(dataset.splits.validation !== undefined),
    );
    if (hasValidation) continue;
    throw new ConfigError(
      `Expected validation pictures, by which a sweep chooses. Received: none for trial ${trial + 1} in ${data.source}. ` +
        "Hold some back: --set data.validationFraction=0.1",
    );
  }
}

/** What decides whether there are any; how many does not. */
function holdingOf({ source, root, splits, folds, validationFraction }: RunConfig["data"]): string {
  return JSON.stringify([source, root, splits, folds !== undefined || validationFraction > 0]);
}
