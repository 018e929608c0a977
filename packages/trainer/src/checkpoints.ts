/** The callback that keeps `last`, to resume from, `best`, to judge and deploy, and if asked some of the steps between. */
import { rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { checkpointFile, saveCheckpoint, type Checkpoint } from "./checkpoint.js";
import type { Callback, CallbackContext } from "./callback.js";
import { stepCheckpoints, stepFolderName } from "./intact-checkpoint.js";
import { isBetter, readMetric, type MonitorOptions } from "./monitor.js";
import type { CheckpointInterval } from "./run-options.js";

export interface CheckpointsOptions {
  /** Folder that gets `last/`, `best/` and `step-000120/`. */
  readonly folder: string;
  /** What makes an epoch the best one; null takes the last epoch. */
  readonly best: MonitorOptions | null;
  /** When to save `last` within an epoch. Default: at its end only. */
  readonly every?: CheckpointInterval;
  /** Keeps a checkpoint of its own every so many steps, counted from the run's first. Default: none. */
  readonly everySteps?: number | undefined;
  /** How many of those, the newest. Default 3. */
  readonly keep?: number | undefined;
  /** Called before a checkpoint is written: whatever must be on disk no later than it. */
  readonly beforeSave?: () => void;
  /** Called once it is on disk. `epoch` is the one it was taken in. */
  readonly onSaved?: (saved: { kind: CheckpointKind; epoch: number; step: number }) => void;
}

type CheckpointKind = "last" | "best" | "step";

interface CheckpointsState {
  readonly bestValue: number | null;
}

/** The same checkpoint for a run whose best one is not there any more: the next epoch is the best of those that are. */
export function withoutBest(checkpoint: Checkpoint): Checkpoint {
  const { callbacks, ...state } = checkpoint.state;
  const forgotten: CheckpointsState = { bestValue: null };
  return { ...checkpoint, state: { ...state, callbacks: { ...callbacks, [NAME]: forgotten } } };
}

const NAME = "checkpoints";

/** Must be the last callback: what those after it do is not in what it saves. */
export function checkpoints(options: CheckpointsOptions): Callback<CheckpointsState> {
  const { folder, best, every = {}, everySteps, keep = 3, beforeSave, onSaved } = options;
  let state: CheckpointsState = { bestValue: null };
  let savedStep: number | null = null;
  let savedAtMs = performance.now();

  async function save(kinds: readonly CheckpointKind[], context: CallbackContext): Promise<void> {
    const { epoch, step } = context;
    const snapshot = await context.snapshot();
    beforeSave?.();
    for (const kind of kinds) {
      await saveCheckpoint(join(folder, kind === "step" ? stepFolderName(step) : kind), snapshot);
      onSaved?.({ kind, epoch, step });
    }
    savedStep = step;
    savedAtMs = performance.now();
  }

  /** The older ones go once the new one is on the disk, so that there are never fewer than what was asked for. */
  async function prune(): Promise<void> {
    for (const path of (await stepCheckpoints(folder)).slice(0, -keep)) {
      await rm(checkpointFile(path), { force: true });
      await rmdir(path).catch(leaveDamaged);
    }
  }

  function dueAt(step: number): "step" | "last" | null {
    savedStep ??= step - 1;
    const stepsDue = every.steps !== undefined && step - savedStep >= every.steps;
    const minutesDue = every.minutes !== undefined && performance.now() - savedAtMs >= every.minutes * 60_000;
    if (everySteps !== undefined && step % everySteps === 0) return "step";
    return stepsDue || minutesDue ? "last" : null;
  }

  return {
    name: NAME,
    needsStep: (step) => dueAt(step) !== null,
    async onStepEnd(context) {
      if (!context.isLatest) return;
      const kind = dueAt(context.step);
      if (kind !== null) await save([kind], context);
      if (kind === "step") await prune();
    },
    async onEpochEnd(context) {
      const value = best === null ? null : readMetric(best.monitor, context.logs);
      const improved = best === null || isBetter(value!, state.bestValue, best);
      if (improved) state = { bestValue: value };
      // `best` first: a kill between the two repeats the epoch and writes it again. The other way round, `last`
      // would claim a best value whose weights were never written.
      await save(improved ? ["best", "last"] : ["last"], context);
    },
    async onTrainEnd(context) {
      // Stopped within an epoch: whoever goes on, because judging was cut short, must not train on.
      const { status } = context.ending;
      const isUnsaved = savedStep !== null && savedStep !== context.step;
      if (status === "interrupted" || (status === "stopped" && isUnsaved)) await save(["last"], context);
    },
    getState: () => state,
    setState: (saved) => void (state = saved),
  };
}

/** A folder with a damaged checkpoint in it stays for whoever wants to look at that. */
function leaveDamaged(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
}
