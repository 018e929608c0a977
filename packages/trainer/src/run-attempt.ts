/** One attempt at a run: from opening its journal, through training and judging, to its `runEnded`. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { StepProfile, TrainEvent, TrainEventBody } from "@convkit/schema";
import { interrupted } from "./callback.js";
import { checkpointFile, saveCheckpoint, type Checkpoint } from "./checkpoint.js";
import { checkpoints, withoutBest } from "./checkpoints.js";
import { DataWait } from "./data-wait.js";
import { earlyStopping } from "./early-stopping.js";
import { fit } from "./fit.js";
import { isFork, readFork } from "./fork.js";
import { historyOf } from "./history.js";
import { newestCheckpoint } from "./intact-checkpoint.js";
import { Journal, readJournal } from "./journal.js";
import { checkpointToJudge, judge } from "./judge.js";
import { createLoss, validationLossOf } from "./loss.js";
import type { RunData } from "./run-data.js";
import { announce, describeTornLine } from "./announce.js";
import { lossScaleFor } from "./loss-scale.js";
import { writeNanBatch } from "./nan-batch.js";
import { evaluated, reportContext } from "./run-facts.js";
import type { RunFolder } from "./run-folder.js";
import type { AttemptOptions, RunOptions, TrainResult } from "./run-options.js";
import { assembleRun, monitorsOf, type RunParts } from "./run-parts.js";
import { RunRequests, stopOnRequest } from "./run-requests.js";
import { announceBestCheckpoint, announceJudgement, saveProfile } from "./saved-artifacts.js";
import { describeProfile, profileWithin, StepProfiler, type StepProfileOptions } from "./step-profiler.js";
import { systemMetrics } from "./system-metrics.js";
import { terminateOnNaN } from "./terminate-on-nan.js";
import type { TimeBudgetOptions } from "./time-budget.js";
import { loadUserCallbacks } from "./user-callbacks.js";

const DEFAULT_CHECKPOINT_INTERVAL = { minutes: 5 };

type Outcome = Omit<TrainResult, "runId" | "directory" | "history">;

/**
 * Goes on where the folder's checkpoints end, or begins. Whatever it throws stands in the journal first.
 * @param forked the checkpoint that a new fork begins at. Default: read where the config says.
 */
export async function runAttempt(
  folder: RunFolder,
  data: RunData,
  options: RunOptions & AttemptOptions,
  forked?: Checkpoint,
): Promise<TrainResult> {
  const { journal, events: past, tornBytes } = Journal.open(folder.journal, folder.runId, options);
  const requests = new RunRequests(folder.request);
  const emit = (body: TrainEventBody): void => {
    const event = journal.append(body);
    options.onEvent?.(event);
  };
  try {
    if (tornBytes > 0) emit(describeTornLine(tornBytes));
    const outcome = await trainAndJudge({ folder, data, options, forked, journal, past, emit, requests });
    emit({ type: "runEnded", status: outcome.status, reason: outcome.reason });
    const history = historyOf(readJournal(folder.journal));
    return { runId: folder.runId, directory: folder.path, ...outcome, history };
  } catch (error) {
    try {
      emit({ type: "runEnded", status: "failed", reason: (error as Error).message });
    } catch {
      // The disk that ended the run has no room for this either, or the receiver fails again: the first error counts.
    }
    throw error;
  } finally {
    requests.close();
    journal.close();
  }
}

interface Attempt {
  readonly folder: RunFolder;
  readonly data: RunData;
  readonly options: RunOptions;
  readonly forked: Checkpoint | undefined;
  readonly journal: Journal;
  /** What earlier attempts wrote. */
  readonly past: readonly TrainEvent[];
  readonly emit: (body: TrainEventBody) => void;
  readonly requests: RunRequests;
}

async function trainAndJudge(attempt: Attempt): Promise<Outcome> {
  const { folder, data, options, journal, emit, requests } = attempt;
  const { engine, loaderWorkers: workers, checkpointEvery = DEFAULT_CHECKPOINT_INTERVAL } = options;
  const signal = AbortSignal.any([requests.cancelled, ...(options.signal ? [options.signal] : [])]);
  const monitors = monitorsOf(data);
  const { resumeFrom, damaged } = await checkpointToResume(attempt);
  const { clock = () => performance.now() } = options;
  const onPlan = (plan: Plan): void =>
    emit({ type: "message", level: "info", text: describePlan(plan, data) });
  const parts = await assembleRun(data, { resumeFrom, workers, timing: { clock, onPlan } });
  let profile: StepProfile | undefined;
  const profiling = options.profile && profileWithin(options.profile, batchesLeft(parts, data, resumeFrom));
  const profiler =
    profiling &&
    new StepProfiler(profiling, (measured) => {
      profile = measured;
      emit({ type: "message", level: "info", text: describeProfile(measured).join("\n") });
    });
  try {
    const userCallbacks = await loadUserCallbacks(data.config.callbacks ?? [], {
      model: parts.model,
      config: data.config,
      artifacts: folder.artifacts,
    });
    announce(parts, { ...attempt, engine, resumeFrom, damaged });
    const wait = new DataWait();
    const ending = await fit({
      ...parts,
      wait,
      profiler,
      epochs: data.config.epochs,
      ...(parts.budget && { lastStep: parts.budget.totalSteps }),
      loss: createLoss(data.config.loss),
      validationLoss: validationLossOf(data.config.loss),
      clipping: data.config.gradientClipping,
      lossScale: lossScaleFor(data.config.precision),
      callbacks: [
        terminateOnNaN({ onRuined: (batch) => writeNanBatch(folder, batch, emit) }),
        systemMetrics({ emit, wait, onGpu: engine.onGpu ?? false }),
        stopOnRequest(requests, (text) => emit({ type: "message", level: "warning", text })),
        ...(parts.budget ? [parts.budget.callback] : []),
        ...(parts.scheduleCallback ? [parts.scheduleCallback] : []),
        ...(monitors.earlyStopping ? [earlyStopping(monitors.earlyStopping)] : []),
        ...userCallbacks,
        checkpoints({
          folder: folder.checkpoints,
          best: monitors.checkpoint,
          every: checkpointEvery,
          everySteps: data.config.checkpoint.everySteps,
          keep: data.config.checkpoint.keep,
          beforeSave: () => journal.sync(),
          onSaved: (saved) => emit({ type: "checkpointSaved", ...saved }),
        }),
      ],
      emit,
      signal,
      resumeFrom,
    });
    if (profile) await saveProfile(folder, profile, emit);
    else if (profiler) emit({ type: "message", level: "warning", text: whyNoProfile(profiler, profiling) });
    if (ending.status === "interrupted" || ending.status === "failed") return ending;
    const { name, checkpoint, damaged: damagedSince } = await checkpointToJudge(folder);
    const warnings = [...damagedSince, ...(name === "best" ? [] : [whyNotBest(checkpoint, monitors)])];
    for (const text of warnings) emit({ type: "message", level: "warning", text });
    const context = reportContext(folder.runId, readJournal(folder.journal));
    const { model, rng } = parts;
    // Whoever looked at the test pictures of every trial would choose by them.
    const pictures = data.config.sweep === undefined ? "test" : "validation";
    const judging = { checkpoint, data, pictures, rng, context, workers, signal } as const;
    const report = await judge(model, folder, judging);
    await announceBestCheckpoint(folder, emit);
    await announceJudgement(folder, emit);
    if (report) emit(evaluated(report));
    return { ...ending, modelDirectory: folder.model, ...(report && { report }) };
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
    return interrupted(signal);
  } finally {
    await parts.dispose();
  }
}

/**
 * The run's newest checkpoint; `best` stands in where there is no `last`: it was written just before the first one. A fork
 * that has none yet copies its source's, and needs that run no more while one of its own is whole.
 */
async function checkpointToResume({
  folder,
  data: { config },
  forked,
}: Attempt): Promise<{ resumeFrom: Checkpoint | null; damaged: readonly string[] }> {
  const { found, damaged } = await newestCheckpoint(folder);
  if (!found && isFork(config)) {
    const resumeFrom = withoutBest(forked ?? (await readFork(config, dirname(folder.path))));
    await saveCheckpoint(folder.lastCheckpoint, resumeFrom);
    return { resumeFrom, damaged };
  }
  if (!found) return { resumeFrom: null, damaged };
  const hasBest = existsSync(checkpointFile(folder.bestCheckpoint));
  return { resumeFrom: hasBest ? found.checkpoint : withoutBest(found.checkpoint), damaged };
}

/** Of the attempt, if nothing ends it early. */
function batchesLeft(
  { loader, accumulate }: RunParts,
  { config: { epochs } }: RunData,
  resumeFrom: Checkpoint | null,
): number {
  const { epoch, stepInEpoch } = resumeFrom?.state ?? { epoch: 1, stepInEpoch: 0 };
  const doneInEpoch = Math.min(stepInEpoch * accumulate, loader.stepsPerEpoch);
  return Math.max(0, (epochs - epoch + 1) * loader.stepsPerEpoch - doneInEpoch);
}

function whyNoProfile({ seen }: StepProfiler, { skip }: Required<StepProfileOptions>): string {
  return (
    `Expected a batch to profile after the first ${skip}, in which memory and threads settle. ` +
    `Received: ${seen} in all. Profile a longer run.`
  );
}

type Plan = Parameters<NonNullable<TimeBudgetOptions["onPlan"]>>[0];

function describePlan({ totalSteps, stepMs }: Plan, { config: { timeBudget = 0 } }: RunData): string {
  const minutes = timeBudget.toLocaleString("en-US", { maximumSignificantDigits: 3 });
  return (
    `At ${stepMs.toPrecision(3)} ms a step ${totalSteps.toLocaleString("en-US")} steps fit into ${minutes} minutes, ` +
    "judging included: the learning rate falls to its end by then."
  );
}

function whyNotBest({ state }: Checkpoint, { checkpoint }: ReturnType<typeof monitorsOf>): string {
  if (state.epoch === 1) return "The run was stopped in its first epoch: its last step counts as the best.";
  const metric = checkpoint?.monitor ?? "loss";
  return `There is no checkpoint of an epoch that was best by ${metric}: that of step ${state.step} is judged.`;
}
