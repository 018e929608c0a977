/**
 * Lowers the learning rate whenever the monitored metric stops improving: Keras's ReduceLROnPlateau, whose `patience`
 * epochs include the one at whose end the rate falls (PyTorch's waits for one more). What it multiplies is a schedule, so
 * that a warm-up stays what it is. Differs from Keras: none of the `cooldown` epochs counts, as PyTorch has it, where
 * Keras counts the last.
 */
import type { Schedule } from "@convkit/schema/schedule";
import type { Callback } from "./callback.js";
import { isBetter, readMetric, type MonitorOptions } from "./monitor.js";

export interface ReduceLrOnPlateauOptions extends Partial<MonitorOptions> {
  /** The rate that falls. */
  readonly schedule: Schedule;
  /** What the rate is multiplied by each time. Default 0.1. */
  readonly factor?: number;
  /** Epochs without improvement after which the rate falls. Default 5. */
  readonly patience?: number;
  /** Epochs after a fall in which none is counted. Default 0. */
  readonly cooldown?: number;
  /** Learning rate below which none falls. Default 0. */
  readonly minimum?: number;
}

export interface ReduceLrOnPlateauState {
  readonly best: number | null;
  readonly wait: number;
  /** Epochs of the cooldown still to come. */
  readonly cooldown: number;
  /** Product of the factors so far. */
  readonly scale: number;
}

/**
 * @returns the callback, which goes before `checkpoints` so that what they save knows of the epoch, and the schedule to
 *   train by.
 * @throws {UnknownMetricError} at the first epoch's end, if the logs lack the metric.
 */
export function reduceLrOnPlateau(options: ReduceLrOnPlateauOptions): {
  readonly callback: Callback<ReduceLrOnPlateauState>;
  readonly schedule: Schedule;
} {
  const { monitor = "val_loss", mode = "auto", minDelta = 1e-4 } = options;
  const { factor = 0.1, patience = 5, cooldown = 0, minimum = 0 } = options;
  let state: ReduceLrOnPlateauState = { best: null, wait: 0, cooldown: 0, scale: 1 };
  const rateAt = (step: number, scale: number): number => {
    const rate = options.schedule(step);
    return Math.max(rate * scale, Math.min(rate, minimum));
  };
  return {
    schedule: (step) => rateAt(step, state.scale),
    callback: {
      name: "reduceLrOnPlateau",
      onEpochEnd({ logs, step }) {
        const value = readMetric(monitor, logs);
        const improved = isBetter(value, state.best, { monitor, mode, minDelta });
        const best = improved ? value : state.best;
        const isCooling = state.cooldown > 0;
        const wait = improved || isCooling ? 0 : state.wait + 1;
        const falls = wait >= patience && rateAt(step, state.scale) > minimum;
        state = falls
          ? { best, wait: 0, cooldown, scale: state.scale * factor }
          : { ...state, best, wait, cooldown: isCooling ? state.cooldown - 1 : 0 };
      },
      getState: () => state,
      setState: (saved) => void (state = saved),
    },
  };
}
