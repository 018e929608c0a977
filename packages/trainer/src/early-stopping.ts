/**
 * Ends training once the monitored metric no longer improves.
 * Prechelt 1998, "Early Stopping: But When?", the criterion UP with strips of one epoch.
 */
import type { Callback } from "./callback.js";
import { isBetter, readMetric, type MonitorOptions } from "./monitor.js";

export interface EarlyStoppingOptions extends Partial<MonitorOptions> {
  /** Epochs without improvement after which training ends. Default 5. */
  readonly patience?: number;
}

interface EarlyStoppingState {
  readonly best: number | null;
  readonly wait: number;
}

/** @throws {UnknownMetricError} at the first epoch's end, if the logs lack the metric. */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback<EarlyStoppingState> {
  const { monitor = "val_loss", mode = "auto", minDelta = 0, patience = 5 } = options;
  let state: EarlyStoppingState = { best: null, wait: 0 };
  return {
    name: "earlyStopping",
    onEpochEnd({ logs, stop }) {
      const value = readMetric(monitor, logs);
      const improved = isBetter(value, state.best, { monitor, mode, minDelta });
      state = improved ? { best: value, wait: 0 } : { ...state, wait: state.wait + 1 };
      if (state.wait >= patience) {
        stop(`${monitor} has not improved on ${state.best} for ${patience} epochs`);
      }
    },
    getState: () => state,
    setState: (saved) => void (state = saved),
  };
}
