import type { EvaluationReport } from "@convkit/schema";
import type { RunOptions } from "./run-options.js";

export interface EvaluateRunResult {
  readonly runId: string;
  readonly directory: string;
  readonly report: EvaluationReport;
}

/** Judges `checkpoints/best` on the test split again and rewrites predictions and reports. */
export function evaluateRun(
  runDirectory: string,
  options: Omit<RunOptions, "checkpointEvery">,
): Promise<EvaluateRunResult> {
  throw new Error(`Not written yet: ${runDirectory} ${options.home}`);
}
