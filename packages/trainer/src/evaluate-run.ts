/** Judging a finished run again, from its best checkpoint. */
import { Rng } from "@convkit/random";
import type { EvaluationReport, TrainEventBody } from "@convkit/schema";
import { describeChangedModule, describeTornLine } from "./announce.js";
import { checkpointToJudge, judge, NothingToJudgeError } from "./judge.js";
import { Journal, readJournal } from "./journal.js";
import { openRunData } from "./run-data.js";
import { evaluated, reportContext } from "./run-facts.js";
import { RunFolder } from "./run-folder.js";
import type { RunOptions } from "./run-options.js";
import { buildNetwork } from "./run-parts.js";
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
  const folder = await RunFolder.open(runDirectory);
  return folder.withLock(async () => {
    const { checkpoint, damaged } = await checkpointToJudge(folder);
    const data = await openRunData(folder.config, options);
    const rng = Rng.fromSeed(folder.config.seed);
    const context = reportContext(folder.runId, readJournal(folder.journal));
    const { loaderWorkers: workers, signal } = options;
    const model = await buildNetwork(data, { rng, weightsFollow: true });
    try {
      const report = await judge(model, folder, {
        checkpoint,
        data,
        pictures: "test",
        rng,
        context,
        workers,
        signal,
      });
      if (report) {
        await noteJudgement(folder, report, options.onEvent);
        const remarks = [...damaged, ...data.changedModules.map(describeChangedModule)];
        return { runId: folder.runId, directory: folder.path, modelDirectory: folder.model, report, remarks };
      }
      throw new NothingToJudgeError(
        `Expected a data set with test or validation pictures. Received: ${data.dataset.source}, which has neither.`,
      );
    } finally {
      model.dispose();
    }
  });
}

async function noteJudgement(
  folder: RunFolder,
  report: EvaluationReport,
  onEvent: RunOptions["onEvent"],
): Promise<void> {
  const { journal, tornBytes } = Journal.reopen(folder.journal, folder.runId);
  const emit = (body: TrainEventBody): void => {
    const event = journal.append(body);
    onEvent?.(event);
  };
  try {
    if (tornBytes > 0) emit(describeTornLine(tornBytes));
    await announceJudgement(folder, emit);
    emit(evaluated(report));
  } finally {
    journal.close();
  }
}
