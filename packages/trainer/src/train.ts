import type { RunConfigInput } from "@convkit/schema";
import type { RunOptions, TrainOptions, TrainResult } from "./run-options.js";

/** One call from a config to a judged classifier in a run's folder. */
export function train(config: RunConfigInput, options: TrainOptions): Promise<TrainResult> {
  throw new Error(`Not written yet: ${config.formatVersion} ${options.home}`);
}

/** Goes on from `checkpoints/last` of a run that was interrupted or killed. */
export function resume(runDirectory: string, options: RunOptions): Promise<TrainResult> {
  throw new Error(`Not written yet: ${runDirectory} ${options.home}`);
}
