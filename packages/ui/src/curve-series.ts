/** What a curve chart draws, and the questions that are asked of it: nearest point, extent, summary, CSV. */
import { around, isConstant, type ScaleKind } from "./scale.js";

export interface CurveSeries {
  id: string;
  label: string;
  /** Any CSS colour, variables included: `colorOfRun(id)`. */
  color: string;
  /** Lengths of a dashed stroke in CSS pixels. */
  dash?: readonly number[];
  /** Ascending, but where a clock was set back. Each series has its own. */
  x: Float64Array;
  /** As measured, on `x`. NaN and infinities are drawn as marks at the chart's edge. */
  y: Float64Array;
  /** On the same `x`; then `y` becomes a pale shadow under it. */
  smooth?: Float64Array;
  /** True unless said otherwise. */
  visible?: boolean;
}

export interface Interval {
  min: number;
  max: number;
}

/** Index of the value of ascending `x` that is nearest to `target`; −1 if there is none. */
export function nearestIndex(x: Float64Array, target: number): number {
  const after = firstIndexFrom(x, target);
  if (x.length === 0) return -1;
  if (after === 0) return 0;
  if (after === x.length) return x.length - 1;
  return target - (x[after - 1] ?? 0) <= (x[after] ?? 0) - target ? after - 1 : after;
}

/** Index of the first value of ascending `x` that is not below `target`; `x.length` if all are. */
export function firstIndexFrom(x: Float64Array, target: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((x[middle] ?? NaN) < target) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where all points lie on the x axis, whatever their y; an interval of some length even around a single point. */
export function xExtent(series: readonly CurveSeries[], kind: ScaleKind): Interval {
  let min = Infinity;
  let max = -Infinity;
  // Curves of runs that logged at the same steps share one array.
  for (const x of new Set(series.map((curve) => curve.x))) {
    // All of them: time goes back where a clock was set.
    for (const value of x) {
      if (kind === "log" && value <= 0) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  if (min > max) return kind === "log" ? { min: 1, max: 10 } : { min: 0, max: 1 };
  if (!isConstant(min, max)) return { min, max };
  const [low, high] = around(min, kind);
  return { min: low, max: high };
}

/** Every drawable value over `xRange`, outliers included, with a margin. */
export function yExtent(series: readonly CurveSeries[], xRange: Interval, kind: ScaleKind): Interval {
  let min = Infinity;
  let max = -Infinity;
  for (const { x, y, smooth } of series) {
    for (const values of smooth ? [y, smooth] : [y]) {
      for (let i = firstIndexFrom(x, xRange.min); i < x.length && (x[i] ?? NaN) <= xRange.max; i++) {
        const value = values[i] ?? NaN;
        if (!Number.isFinite(value) || (kind === "log" && value <= 0)) continue;
        if (value < min) min = value;
        if (value > max) max = value;
      }
    }
  }
  if (min > max) return kind === "log" ? { min: 0.1, max: 10 } : { min: 0, max: 1 };
  if (isConstant(min, max)) {
    const [low, high] = around(min, kind);
    return { min: low, max: high };
  }
  if (kind === "log") {
    const margin = (max / min) ** 0.05;
    return { min: min / margin, max: max * margin };
  }
  const margin = (max - min) * 0.05;
  return { min: min - margin, max: max + margin };
}

export interface CurveSummary {
  count: number;
  first: number | null;
  last: number | null;
  /** Over the finite values; null if there is none. */
  min: number | null;
  max: number | null;
  nonFinite: number;
  firstNonFiniteX: number | null;
}

export function summarizeCurve({ x, y }: Pick<CurveSeries, "x" | "y">): CurveSummary {
  const summary: CurveSummary = {
    count: y.length,
    first: y[0] ?? null,
    last: y.at(-1) ?? null,
    min: null,
    max: null,
    nonFinite: 0,
    firstNonFiniteX: null,
  };
  y.forEach((value, index) => {
    if (!Number.isFinite(value)) {
      summary.nonFinite++;
      summary.firstNonFiniteX ??= x[index] ?? null;
      return;
    }
    if (summary.min === null || value < summary.min) summary.min = value;
    if (summary.max === null || value > summary.max) summary.max = value;
  });
  return summary;
}

/** A name that a spreadsheet takes for a text: quoted, and never read as a formula. */
function csvText(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One line a point: series, x, value as measured, smoothed value. Hidden series are left out. */
export function curvesToCsv(series: readonly CurveSeries[], xLabel: string): string {
  const lines = [`series,${csvText(xLabel)},value,smoothed`];
  for (const { label, x, y, smooth, visible } of series) {
    if (visible === false) continue;
    const name = csvText(label);
    x.forEach((at, index) => lines.push(`${name},${at},${y[index]},${smooth?.[index] ?? ""}`));
  }
  return `${lines.join("\r\n")}\r\n`;
}
