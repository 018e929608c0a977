/** Judging a finished run again, from its best checkpoint. */
import type { EvaluationReport } from "@convkit/schema";
import { judge, NothingToJudgeError } from "./judge.js";
import { withJudgedRun } from "./judged-run.js";
import { readJournal } from "./journal.js";
import { evaluated, reportContext } from "./run-facts.js";
import type { RunOptions } from "./run-options.js";
import { announceJudgement } from "./saved-artifacts.js";

export interface EvaluateRunResult {
  readonly runId: string;
  readonly directory: string;
  /** Folder of the classifier. */
  readonly modelDirectory: string;
  readonly report: EvaluationReport;
  /** What may make it another report than the run's own: modules that have changed since, checkpoints that are damaged. */
  readonly remarks: readonly string[];
}

/**
 * Judges `checkpoints/best` on the test split again and rewrites predictions, reports and model; the newest checkpoint where
 * that one is damaged, which is put aside and told of in the remarks. The journal says so in the latest attempt's name, behind its end: which files there are now, and what the judgement was.
 *
 * @throws {NotARunError} if the folder holds no run.
 * @throws {RunBusyError} if another process is at work on it.
 * @throws {NothingToJudgeError} if no epoch of the run has ended, or there are no pictures to judge on.
 * @throws {ContentHashMismatchError} if the data set is not the one the run was trained on.
 * @throws {AnnotationsHashMismatchError} if its classes, splits or groups have changed.
 */
export async function evaluateRun(
  runDirectory: string,
  options: Omit<RunOptions, "checkpointEvery">,
): Promise<EvaluateRunResult> {
  return withJudgedRun(
    runDirectory,
    options,
    async ({ folder, data, checkpoint, model, rng, remarks, note }) => {
      const context = reportContext(folder.runId, readJournal(folder.journal));
      const { loaderWorkers: workers, signal } = options;
      const report = await judge(model, folder, {
        checkpoint,
        data,
        pictures: "test",
        rng,
        context,
        workers,
        signal,
      });
      if (!report) {
        throw new NothingToJudgeError(
          `Expected a data set with test or validation pictures. Received: ${data.dataset.source}, which has neither.`,
        );
      }
      await note(async (emit) => {
        await announceJudgement(folder, emit);
        emit(evaluated(report));
      });
      return { runId: folder.runId, directory: folder.path, modelDirectory: folder.model, report, remarks };
    },
  );
}
