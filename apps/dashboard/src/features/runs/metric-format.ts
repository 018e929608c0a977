/** How a metric's values are written, told from its key. */
import { decimalsOf, formatBytes, formatDuration, formatMetric } from "@convkit/ui";

/** Accuracies keep four decimals, so that they line up and compare at a glance. */
export function formatOf(key: string): (value: number | null | undefined) => string {
  const name = key.slice(key.lastIndexOf("/") + 1);
  if (/bytes$/.test(name)) return formatBytes;
  if (/percent$/.test(name))
    return (value) => (isFinite(value) ? `${value.toFixed(1)}%` : formatMetric(value));
  if (/seconds$/.test(name))
    return (value) => (isFinite(value) ? formatDuration(value * 1000) : formatMetric(value));
  if (/accuracy|precision|recall|f1$/.test(name))
    return (value) => (isFinite(value) ? value.toFixed(4) : formatMetric(value));
  if (/loss$/.test(name))
    return (value) =>
      isFinite(value) && value >= 0.001 && value < 100 ? value.toFixed(4) : formatMetric(value);
  return (value) => formatMetric(value);
}

/** In a chart: on an axis `0.9000` is too much where the ticks are tenths, and too little where they are 0.00002. */
export function chartFormatOf(key: string): (value: number, resolution?: number) => string {
  const name = key.slice(key.lastIndexOf("/") + 1);
  if (/bytes$/.test(name)) return formatBytes;
  if (/percent$/.test(name))
    return (value, resolution) =>
      isFinite(value)
        ? `${value.toFixed(resolution === undefined ? 1 : Math.max(0, decimalsOf(resolution)))}%`
        : formatMetric(value);
  if (/seconds$/.test(name)) return formatSeconds;
  return (value, resolution) => formatMetric(value, { resolution });
}

/** Seconds as people say them, in a chart. */
export function formatSeconds(seconds: number, resolution?: number): string {
  if (!isFinite(seconds)) return formatMetric(seconds);
  return formatDuration(seconds * 1000, resolution === undefined ? undefined : resolution * 1000);
}

function isFinite(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** As the server has it: whether a lower or a higher value is better. */
export function betterOf(key: string): "min" | "max" {
  return /(loss|error|seconds|perplexity|bytes|percent)\b|(^|_)(loss|error|ece|mce|brier)(_|$)/.test(key)
    ? "min"
    : "max";
}

/** Whether a difference makes a run better or worse: a learning rate is chosen, not reached. */
export const isJudged = (key: string) => key !== "learning_rate";

/** Those that decide first, machine figures last. */
export function metricRank(key: string): number {
  if (key.startsWith("system/")) return 5;
  if (/^val_/.test(key)) return 0;
  if (/^test_/.test(key)) return 1;
  if (key === "loss" || key === "accuracy") return 2;
  return /^batch_/.test(key) ? 4 : 3;
}

export const byRank = (a: string, b: string) => metricRank(a) - metricRank(b) || (a < b ? -1 : 1);
