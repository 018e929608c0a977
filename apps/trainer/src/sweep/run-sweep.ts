/** A sweep from where it stands to its end: one trial after another, each written down as it begins and as it ends. */
import { createRunId } from "@convkit/trainer/run-files";
import type { CommandContext } from "../commands/command-context.js";
import { watchInterrupts } from "../process/interrupts.js";
import { InterruptedError } from "../process/process-errors.js";
import type { TrainingProcess } from "../process/training-process.js";
import { checkValidation } from "./check-validation.js";
import { bestStep, nextStep, type Step } from "./rungs.js";
import { runTrial } from "./run-trial.js";
import { createSweepDisplay, type SweepDisplay, type SweepSummary } from "./sweep-display.js";
import { SweepFolder, type TrialEnded } from "./sweep-folder.js";
import { planSweep, type Sweep, type SweepPlan } from "./sweep-plan.js";
import { trainCommand } from "./train-command.js";

/** No trial came to an end with a value. */
class SweepFailedError extends Error {
  override readonly name = "SweepFailedError";
}

export interface RunSweepOptions {
  readonly json: boolean;
  /** What the user types to go on. */
  readonly command: string;
}

/**
 * @throws {ConfigError} before the first trial, if any trial's config is none.
 * @throws {SweepBusyError} if another process works on it.
 * @throws {SweepFailedError} if every trial has failed.
 * @throws {InterruptedError} if the user has stopped it.
 */
export async function runSweep(
  sweep: Sweep,
  context: CommandContext,
  options: RunSweepOptions,
): Promise<void> {
  const plan = planSweep(sweep);
  const folder = await SweepFolder.open(context.home, sweep);
  const display = createSweepDisplay({ context, sweep, plan, json: options.json });
  try {
    display.begin({ directory: folder.path, ended: folder.ended.length });
    if (nextStepOf(folder, plan)) await checkValidation(plan, context, display);
    await runTrials({ sweep, plan, folder, context, display, options });
    display.end(summarize({ sweep, plan, folder }));
  } finally {
    display.close();
    folder.close();
  }
}

interface SweepState {
  readonly sweep: Sweep;
  readonly plan: SweepPlan;
  readonly folder: SweepFolder;
}

interface SweepWork extends SweepState {
  readonly context: CommandContext;
  readonly display: SweepDisplay;
  readonly options: RunSweepOptions;
}

function nextStepOf(folder: SweepFolder, { rungs, isHigherBetter }: SweepPlan): Step | undefined {
  return nextStep(rungs, folder.ended, isHigherBetter);
}

async function runTrials(work: SweepWork): Promise<void> {
  const { folder, plan, display, options } = work;
  let child: TrainingProcess | undefined;
  let stopReason: string | undefined;
  const interrupts = watchInterrupts({
    stop(reason) {
      stopReason = reason;
      display.note(
        "Saving a checkpoint after this step, then stopping. Ctrl-C again stops at once, without one.",
      );
      child?.stop(reason);
    },
    kill() {
      display.note("Stopping at once, without a checkpoint.");
      child?.kill();
    },
  });
  try {
    for (let step; (step = nextStepOf(folder, plan)) !== undefined;) {
      await runStep(step, work, {
        onProcess(started) {
          child = started;
          if (stopReason !== undefined) started.stop(stopReason);
        },
        isStopping: () => stopReason !== undefined,
      });
    }
  } catch (error) {
    if (interrupts.exitCode === undefined) throw error;
    throw new InterruptedError(
      `Stopped. The trials that have ended are kept. To go on: ${options.command}`,
      interrupts.exitCode,
    );
  } finally {
    interrupts.release();
  }
}

async function runStep(
  step: Step,
  { sweep, plan, folder, context, display }: SweepWork,
  control: { onProcess: (child: TrainingProcess) => void; isStopping: () => boolean },
): Promise<void> {
  const { trial, rung } = step;
  const { home } = context;
  const goesOn = plan.goesOn(trial);
  const begun = folder.runIdOf(trial, rung);
  const runId = begun ?? (goesOn && rung > 0 ? folder.runIdOf(trial, rung - 1) : undefined) ?? createRunId();
  if (begun === undefined) folder.append({ formatVersion: 1, type: "started", trial, rung, runId });
  const startedAtMs = performance.now();
  const isLastRung = rung === plan.rungs.length - 1;
  const outcome = await runTrial(
    {
      home,
      runId,
      config: plan.configOf(step),
      metric: sweep.spec.metric.name,
      pauseAfterEpoch: goesOn && !isLastRung ? plan.rungs[rung]!.epochs : undefined,
    },
    {
      ...control,
      onMessage: (message) => display.message(step, message),
      onOutput: display.output,
      onSilence: display.note,
    },
  );
  const durationMs = performance.now() - startedAtMs;
  const ended = { formatVersion: 1, type: "ended", trial, rung, runId, ...outcome, durationMs } as const;
  folder.append(ended);
  display.trial(ended);
}

/** @throws {SweepFailedError} */
function summarize({ sweep, plan, folder }: SweepState): SweepSummary {
  const { ended } = folder;
  const best = bestStep(ended, plan.isHigherBetter);
  if (!best) {
    throw new SweepFailedError(
      `Expected a trial that ends with ${sweep.spec.metric.name}. Received: ${ended.length} of ${ended.length} failed, ` +
        `the first by: ${ended[0]?.reason ?? "nothing"}`,
    );
  }
  const { epochs } = plan.rungs[best.rung]!;
  const goesOn = plan.goesOn(best.trial) ? plan.rungs.at(-1)!.epochs : epochs;
  return { ended: lastOfEach(ended), best, command: trainCommand(sweep, plan.trials[best.trial]!, goesOn) };
}

/** Of each trial, the highest rung that it has reached. */
function lastOfEach(ended: readonly TrialEnded[]): TrialEnded[] {
  return [...new Map(ended.toSorted((a, b) => a.rung - b.rung).map((each) => [each.trial, each])).values()];
}
