/** Judging a finished run again, from its best checkpoint. */
import { Rng } from "@convkit/random";
import type { EvaluationReport, TrainEvent } from "@convkit/schema";
import { changedModuleMessage } from "./announce.js";
import { checkpointToJudge, judge, NothingToJudgeError } from "./judge.js";
import { readJournal } from "./journal.js";
import { openRunData, type RunData } from "./run-data.js";
import { reportContext } from "./run-facts.js";
import { RunFolder } from "./run-folder.js";
import type { RunOptions } from "./run-options.js";
import { buildNetwork } from "./run-parts.js";

export interface EvaluateRunResult {
  readonly runId: string;
  readonly directory: string;
  /** Folder of the classifier. */
  readonly modelDirectory: string;
  readonly report: EvaluationReport;
}

/**
 * Judges `checkpoints/best` on the test split again and rewrites predictions, reports and model. The journal stays as
 * it is: it tells how the run was trained. What there is to remark goes to `onEvent` alone.
 *
 * @throws {NotARunError} if the folder holds no run.
 * @throws {RunBusyError} if another process is at work on it.
 * @throws {NothingToJudgeError} if no epoch of the run has ended, or there are no pictures to judge on.
 * @throws {ContentHashMismatchError} if the data set is not the one the run was trained on.
 */
export async function evaluateRun(
  runDirectory: string,
  options: Omit<RunOptions, "checkpointEvery">,
): Promise<EvaluateRunResult> {
  const folder = await RunFolder.open(runDirectory);
  return folder.withLock(async () => {
    const { checkpoint } = await checkpointToJudge(folder);
    const data = await openRunData(folder.config, options);
    const events = readJournal(folder.journal);
    for (const event of remarksAfter(events, data, folder.runId)) options.onEvent?.(event);
    const rng = Rng.fromSeed(folder.config.seed);
    const context = reportContext(folder.runId, events);
    const { loaderWorkers: workers, signal } = options;
    const model = await buildNetwork(data, { rng, weightsFollow: true });
    try {
      const report = await judge(model, folder, { checkpoint, data, rng, context, workers, signal });
      if (report) {
        return { runId: folder.runId, directory: folder.path, modelDirectory: folder.model, report };
      }
      throw new NothingToJudgeError(
        `Expected a data set with test or validation pictures. Received: ${data.dataset.source}, which has neither.`,
      );
    } finally {
      model.dispose();
    }
  });
}

/** In the last attempt, behind what stands in the journal: no event of a later attempt will have their names. */
function remarksAfter(
  events: readonly TrainEvent[],
  { changedModules }: RunData,
  runId: string,
): TrainEvent[] {
  const { attempt, sequence } = events.at(-1) ?? { attempt: 1, sequence: -1 };
  return changedModules.map((module, i) => ({
    ...changedModuleMessage(module),
    runId,
    attempt,
    sequence: sequence + 1 + i,
    timestamp: Date.now(),
  }));
}
