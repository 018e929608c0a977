/** The callback that keeps `last`, to resume from, and `best`, to judge and deploy. */
import { saveCheckpoint, type Checkpoint } from "./checkpoint.js";
import type { Callback, CallbackContext } from "./callback.js";
import { isBetter, readMetric, type MonitorOptions } from "./monitor.js";
import type { CheckpointInterval } from "./run-options.js";

export interface CheckpointsOptions {
  /** Folder that gets `last/` and `best/`. */
  readonly folder: string;
  /** What makes an epoch the best one; null takes the last epoch. */
  readonly best: MonitorOptions | null;
  /** When to save `last` within an epoch. Default: at its end only. */
  readonly every?: CheckpointInterval;
  /** Called before a checkpoint is written: whatever must be on disk no later than it. */
  readonly beforeSave?: () => void;
  /** Called once it is on disk. `epoch` is the one it was taken in. */
  readonly onSaved?: (saved: { kind: "last" | "best"; epoch: number; step: number }) => void;
}

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
  const { folder, best, every = {}, beforeSave, onSaved } = options;
  let state: CheckpointsState = { bestValue: null };
  let savedStep: number | null = null;
  let savedAtMs = performance.now();

  async function save(kinds: readonly ("best" | "last")[], context: CallbackContext): Promise<void> {
    const { epoch, step } = context;
    const snapshot = await context.snapshot();
    beforeSave?.();
    for (const kind of kinds) {
      await saveCheckpoint(`${folder}/${kind}`, snapshot);
      onSaved?.({ kind, epoch, step });
    }
    savedStep = step;
    savedAtMs = performance.now();
  }

  return {
    name: NAME,
    async onStepEnd(context) {
      savedStep ??= context.step - 1;
      const stepsDue = every.steps !== undefined && context.step - savedStep >= every.steps;
      const minutesDue =
        every.minutes !== undefined && performance.now() - savedAtMs >= every.minutes * 60_000;
      if (stepsDue || minutesDue) await save(["last"], context);
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
