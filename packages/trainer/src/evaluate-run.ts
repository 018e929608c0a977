/** Judging a finished run again, from its best checkpoint. */
import { Rng } from "@convkit/random";
import type { EvaluationReport } from "@convkit/schema";
import { judgeBest, NothingToJudgeError } from "./judge.js";
import { readJournal } from "./journal.js";
import { openRunData } from "./run-data.js";
import { reportContext } from "./run-facts.js";
import { RunFolder } from "./run-folder.js";
import type { RunOptions } from "./run-options.js";
import { buildNetwork } from "./run-parts.js";

export interface EvaluateRunResult {
  readonly runId: string;
  readonly directory: string;
  readonly report: EvaluationReport;
}

/**
 * Judges `checkpoints/best` on the test split again and rewrites predictions, reports and model. The journal stays as
 * it is: it tells how the run was trained.
 *
 * @throws {NotARunError} if the folder holds no run.
 * @throws {NothingToJudgeError} if no epoch of the run has ended, or there are no pictures to judge on.
 * @throws {ContentHashMismatchError} if the data set is not the one the run was trained on.
 */
export async function evaluateRun(
  runDirectory: string,
  options: Omit<RunOptions, "checkpointEvery">,
): Promise<EvaluateRunResult> {
  const folder = await RunFolder.open(runDirectory);
  const data = await openRunData(folder.config, options);
  const rng = Rng.fromSeed(folder.config.seed);
  const context = reportContext(folder.runId, readJournal(folder.journal));
  const { loaderWorkers: workers, signal } = options;
  const model = await buildNetwork(data, rng);
  try {
    const report = await judgeBest(model, folder, { data, rng, context, workers, signal });
    if (report) return { runId: folder.runId, directory: folder.path, report };
    throw new NothingToJudgeError(
      `Expected a data set with test or validation pictures. Received: ${data.dataset.source}, which has neither.`,
    );
  } finally {
    model.dispose();
  }
}
