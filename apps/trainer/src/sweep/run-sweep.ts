/** A sweep from where it stands to its end: one trial after another, each written down as it begins and as it ends. */
import { bestStep, endedSteps, nextStep, type SweepStep } from "@convkit/schema";
import { join } from "node:path";
import type { WorkerClient } from "@convkit/client";
import { createRunId } from "@convkit/trainer/run-files";
import type { CommandContext } from "../commands/command-context.js";
import { EXIT_CODES, type ExitCode } from "../exit-codes.js";
import { watchInterrupts } from "../process/interrupts.js";
import { InterruptedError } from "../process/process-errors.js";
import type { TrainingProcess } from "../process/training-process.js";
import { checkValidation } from "./check-validation.js";
import { runTrial } from "./run-trial.js";
import type { SweepDelivery } from "./sweep-delivery.js";
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
  /** Whether trials that have failed are tried again. */
  readonly retryFailed: boolean;
  /** Makes the client of a server that is told of the runs while the sweep goes on. */
  readonly clientOf: ((note: (text: string) => void) => Promise<WorkerClient>) | undefined;
  /** What the user types to go on. */
  readonly command: string;
}

/**
 * @returns the command's exit code: another than 0 where the server has not taken everything.
 * @throws {ConfigError} before the first trial, if any trial's config is none.
 * @throws {SweepBusyError} if another process works on it.
 * @throws {SweepFailedError} if every trial has failed.
 * @throws {InterruptedError} if the user has stopped it.
 */
export async function runSweep(
  sweep: Sweep,
  context: CommandContext,
  options: RunSweepOptions,
): Promise<ExitCode> {
  const planned = planSweep(sweep);
  const folder = await SweepFolder.open(context.home, sweep);
  const plan = folder.sweep === sweep ? planned : planSweep(folder.sweep);
  return runOpened({ sweep: folder.sweep, plan, folder }, context, options);
}

async function runOpened(
  { sweep, plan, folder }: SweepState,
  context: CommandContext,
  options: RunSweepOptions,
): Promise<ExitCode> {
  const display = createSweepDisplay({ context, sweep, plan, json: options.json });
  let delivery: SweepDelivery | undefined;
  try {
    delivery = await deliveryOf(options, display.note);
    delivery?.catchUp(folder.ended.map(({ runId }) => join(context.home, "runs", runId)));
    if (options.retryFailed) folder.retryFailed();
    display.begin({ id: folder.id, directory: folder.path, ended: folder.ended.length });
    if (nextStepOf(folder, plan)) await checkValidation(plan, context, display);
    await runTrials({ sweep, plan, folder, context, display, options, delivery });
    const summary = summarize({ sweep, plan, folder });
    const undelivered = await delivery?.end();
    if (undelivered) display.note(undelivered.message);
    display.end(summary);
    return undelivered ? EXIT_CODES.server : EXIT_CODES.ok;
  } catch (error) {
    delivery?.hurry();
    const undelivered = await delivery?.end();
    if (undelivered) display.note(undelivered.message);
    throw error;
  } finally {
    display.close();
    folder.close();
  }
}

/** Loads what talks to a server only where there is one. */
async function deliveryOf(
  { clientOf }: RunSweepOptions,
  note: (text: string) => void,
): Promise<SweepDelivery | undefined> {
  if (!clientOf) return undefined;
  const { createSweepDelivery } = await import("./sweep-delivery.js");
  return createSweepDelivery(await clientOf(note), note);
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
  readonly delivery: SweepDelivery | undefined;
}

function nextStepOf(folder: SweepFolder, { rungs, isHigherBetter }: SweepPlan): SweepStep | undefined {
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
      work.delivery?.giveUp();
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
    if (interrupts.exitCode === undefined) {
      display.note(
        `The sweep has stopped. The trials that have ended are kept. To go on: ${options.command}`,
      );
      throw error;
    }
    throw new InterruptedError(
      `Stopped. The trials that have ended are kept. To go on: ${options.command}`,
      interrupts.exitCode,
    );
  } finally {
    interrupts.release();
  }
}

async function runStep(
  step: SweepStep,
  { sweep, plan, folder, context, display, delivery }: SweepWork,
  control: { onProcess: (child: TrainingProcess) => void; isStopping: () => boolean },
): Promise<void> {
  const { trial, rung } = step;
  const { home } = context;
  const goesOn = plan.goesOn(trial);
  const begun = folder.runIdOf(trial, rung);
  const runId = begun ?? (goesOn && rung > 0 ? folder.runIdOf(trial, rung - 1) : undefined) ?? createRunId();
  if (begun === undefined) folder.append({ formatVersion: 1, type: "started", trial, rung, runId });
  const config = plan.configOf(step);
  const startedAtMs = performance.now();
  const isLastRung = rung === plan.rungs.length - 1;
  const outcome = await runTrial(
    {
      home,
      runId,
      config: { ...config, sweep: { ...config.sweep!, id: folder.id } },
      metric: sweep.spec.metric.name,
      pauseAfterEpoch: goesOn && !isLastRung ? plan.rungs[rung]!.epochs : undefined,
    },
    {
      ...control,
      onFolder: (path, until) => delivery?.follow(path, until),
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
  const ended = countedTrials(folder, plan);
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

/** Those that the rung before has sent on: a trial that was tried again may have taken another's place. */
function countedTrials(folder: SweepFolder, { rungs, isHigherBetter }: SweepPlan): TrialEnded[] {
  const ended = new Map(folder.ended.map((each) => [`${each.trial} ${each.rung}`, each]));
  const endedAt = ({ trial, rung }: SweepStep) => ended.get(`${trial} ${rung}`);
  return endedSteps(rungs, (step) => endedAt(step)?.value, isHigherBetter).map((step) => endedAt(step)!);
}

/** Of each trial, the highest rung that it has reached. */
function lastOfEach(ended: readonly TrialEnded[]): TrialEnded[] {
  return [...new Map(ended.toSorted((a, b) => a.rung - b.rung).map((each) => [each.trial, each])).values()];
}
