/** Watching one metric: reading it from the logs and telling better from worse. */
import { isHigherBetter } from "@convkit/schema";
import type { LogValues } from "./callback.js";

export interface MonitorOptions {
  /** A name of the epoch's logs, such as `val_loss`. */
  readonly monitor: string;
  /** Keras's: `auto` is `max` for an accuracy, a precision or an F1, else `min`. */
  readonly mode: "auto" | "min" | "max";
  /** How much better counts as better. Default 0. */
  readonly minDelta?: number;
}

/** The metric to watch is not among the logs. */
export class UnknownMetricError extends Error {
  override readonly name = "UnknownMetricError";
  constructor(monitor: string, known: readonly string[]) {
    super(
      `Expected a metric of the epoch's logs to monitor: ${known.join(", ")}. Received: ${monitor}. ` +
        "Metrics named val_… need a validation split.",
    );
  }
}

/** The metric to watch says nothing of the pictures that it is measured on. */
export class UnmeasurableMetricError extends Error {
  override readonly name = "UnmeasurableMetricError";
}

/** @throws {UnknownMetricError} if the logs lack the metric. */
export function readMetric(monitor: string, logs: LogValues): number {
  const value = logs[monitor];
  if (value === undefined) throw new UnknownMetricError(monitor, Object.keys(logs));
  return value;
}

/** Whether `value` beats `best`. Any number beats null; NaN beats nothing. */
export function isBetter(value: number, best: number | null, options: MonitorOptions): boolean {
  if (Number.isNaN(value)) return false;
  if (best === null) return true;
  const { monitor, mode } = options;
  const isHigher = mode === "auto" ? isHigherBetter(monitor) : mode === "max";
  const gain = isHigher ? value - best : best - value;
  return gain > (options.minDelta ?? 0);
}
