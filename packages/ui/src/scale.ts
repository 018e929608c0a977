/** Axes of charts: from values to the unit interval and back, with ticks where people expect them. */

export type ScaleKind = "linear" | "log";

/** Steps of 1, 2 or 5 times a power of ten (Heckbert 1990, "Nice numbers for graph labels"), inside [min, max]. */
export function niceTicks(min: number, max: number, count = 5): number[] {
  if (!Number.isFinite(min) || !Number.isFinite(max)) return [];
  if (min === max) return [min];
  const [low, high] = min < max ? [min, max] : [max, min];
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const decimals = Math.max(0, -Math.floor(Math.log10(step)));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => {
    const value = (first + i) * step;
    // 3 × 0.1 is 0.30000000000000004.
    return decimals <= 20 ? Number(value.toFixed(decimals)) : value;
  });
}

/** Powers of ten inside [min, max], with 2 and 5 times them where fewer than three fit; linear below half a decade. */
export function logTicks(min: number, max: number, count = 5): number[] {
  if (!(min > 0) || !(max > min) || !Number.isFinite(max)) return min > 0 && min === max ? [min] : [];
  const decades = Math.log10(max / min);
  if (decades < 0.5) return niceTicks(min, max, count);
  const factors = decades < 3 ? [1, 2, 5] : [1];
  const stride = decades < 3 ? 1 : Math.max(1, Math.ceil(decades / count));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
    if (power % stride !== 0) continue;
    for (const factor of factors) {
      const value = Number(`${factor}e${power}`);
      if (value >= min * (1 - 1e-9) && value <= max * (1 + 1e-9)) ticks.push(value);
    }
  }
  return ticks;
}

export interface Scale {
  /** 0 at the axis's start, 1 at its end; null for what has no place on it. */
  toUnit(value: number): number | null;
  fromUnit(unit: number): number;
  ticks(count?: number): number[];
  domain: readonly [number, number];
}

/**
 * A scale over the finite values. Constant values get a margin on both sides, so that a line lies in the middle; a
 * log scale leaves out what is not positive.
 */
export function scaleOver(values: Iterable<number>, kind: ScaleKind): Scale {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value) || (kind === "log" && value <= 0)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (min > max) [min, max] = kind === "log" ? [0.1, 10] : [0, 1];
  else if (isConstant(min, max)) [min, max] = around(min, kind);
  const log = kind === "log";
  const low = log ? Math.log(min) : min;
  const span = (log ? Math.log(max) : max) - low;
  return {
    domain: [min, max],
    toUnit(value) {
      if (!Number.isFinite(value) || (log && value <= 0)) return null;
      return ((log ? Math.log(value) : value) - low) / span;
    },
    fromUnit: (unit) => (log ? Math.exp(low + unit * span) : low + unit * span),
    ticks: (count) => (log ? logTicks(min, max, count) : niceTicks(min, max, count)),
  };
}

/** Values so near to each other that an axis between them, or their logarithms, has no length any more. */
export function isConstant(min: number, max: number): boolean {
  return max - min <= Math.max(Math.abs(min), Math.abs(max)) * 1e-12;
}

/** An interval around one value: half and double on a log scale, a tenth to each side on a linear one. */
export function around(value: number, kind: ScaleKind): [number, number] {
  if (kind === "log") return [value / 2, value * 2];
  const margin = value === 0 ? 1 : Math.abs(value) * 0.1;
  return [value - margin, value + margin];
}
