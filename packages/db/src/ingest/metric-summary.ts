/** A curve in one row: what a table of runs shows without reading its points. */

export interface MetricSummary {
  readonly count: number;
  /** NaNs count for nothing but this and the last value. */
  readonly nanCount: number;
  readonly min: number | null;
  readonly minStep: number | null;
  readonly max: number | null;
  readonly maxStep: number | null;
  readonly last: number;
  readonly lastStep: number;
  /** Milliseconds since the epoch. */
  readonly lastTime: number;
}

export interface Curve {
  /** Ascending. */
  readonly steps: ArrayLike<number>;
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/**
 * @param before summary of the points before these.
 * @param size how many points count, from the front on.
 * @returns null without points. Of equal extremes the first counts.
 */
export function summarizeCurve(
  { steps, times, values }: Curve,
  before: MetricSummary | null = null,
  size: number = steps.length,
): MetricSummary | null {
  if (size === 0) return before;
  let { nanCount, min, minStep, max, maxStep } = before ?? EMPTY;
  for (let index = 0; index < size; index += 1) {
    const value = values[index]!;
    if (Number.isNaN(value)) {
      nanCount += 1;
      continue;
    }
    if (min === null || value < min) [min, minStep] = [value, steps[index]!];
    if (max === null || value > max) [max, maxStep] = [value, steps[index]!];
  }
  return {
    count: (before?.count ?? 0) + size,
    nanCount,
    min,
    minStep,
    max,
    maxStep,
    last: values[size - 1]!,
    lastStep: steps[size - 1]!,
    lastTime: times[size - 1]!,
  };
}

const EMPTY: Pick<MetricSummary, "nanCount" | "min" | "minStep" | "max" | "maxStep"> = {
  nanCount: 0,
  min: null,
  minStep: null,
  max: null,
  maxStep: null,
};
