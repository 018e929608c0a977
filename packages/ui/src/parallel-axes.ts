/** Axes of parallel coordinates: where a run crosses them, which runs the brushes let through. */
import { scaleOver, type ScaleKind } from "./scale.js";

export type ParallelAxis =
  | { id: string; label: string; kind: "numeric"; scale?: ScaleKind }
  /** Values stand in the given order, or as they are met. */
  | { id: string; label: string; kind: "categorical"; values?: readonly string[] };

export interface ParallelRun {
  id: string;
  label: string;
  values: Readonly<Record<string, number | string | boolean | null | undefined>>;
  /** Its colour; null for a run without one yet. */
  metric: number | null;
}

/** What an axis lets through. */
export type Brush = { min: number; max: number } | { values: readonly string[] };
export type Brushes = Readonly<Record<string, Brush>>;

export interface LaidOutAxis {
  id: string;
  label: string;
  kind: ParallelAxis["kind"];
  /** 0 at the bottom, 1 at the top; null for a run that has no value here. */
  place(value: ParallelRun["values"][string]): number | null;
  ticks: readonly { unit: number; text: number | string }[];
  /** From a stretch of the axis to what it lets through. */
  brushOver(from: number, to: number): Brush;
  /** Where a brush lies on the axis. */
  stretchOf(brush: Brush): [number, number];
}

export function layOutAxis(axis: ParallelAxis, runs: readonly ParallelRun[]): LaidOutAxis {
  const found = runs.map(({ values }) => values[axis.id]);
  return axis.kind === "numeric" ? numericAxis(axis, found) : categoricalAxis(axis, found);
}

type Found = readonly ParallelRun["values"][string][];

function numericAxis(
  { id, label, scale = "linear" }: ParallelAxis & { kind: "numeric" },
  found: Found,
): LaidOutAxis {
  const numbers = found.filter((value) => typeof value === "number");
  const { toUnit, fromUnit, ticks } = scaleOver(numbers, scale);
  return {
    id,
    label,
    kind: "numeric",
    place: (value) => (typeof value === "number" ? toUnit(value) : null),
    ticks: ticks(5).map((value) => ({ unit: toUnit(value) ?? 0, text: value })),
    brushOver: (from, to) => ({ min: fromUnit(Math.min(from, to)), max: fromUnit(Math.max(from, to)) }),
    stretchOf(brush) {
      if (!("min" in brush)) return [0, 1];
      const clamp = (unit: number | null) => Math.min(1, Math.max(0, unit ?? 0));
      return [clamp(toUnit(brush.min)), clamp(toUnit(brush.max))];
    },
  };
}

function categoricalAxis(
  { id, label, values }: ParallelAxis & { kind: "categorical" },
  found: Found,
): LaidOutAxis {
  const names = [...new Set([...(values ?? []), ...found.filter((value) => value != null).map(String)])];
  // In the middle of equal bands, so that a brush can take any of them whole.
  const unitOf = new Map(names.map((name, index) => [name, (index + 0.5) / names.length]));
  return {
    id,
    label,
    kind: "categorical",
    place: (value) => (value == null ? null : (unitOf.get(String(value)) ?? null)),
    ticks: names.map((name) => ({ unit: unitOf.get(name) ?? 0, text: name })),
    brushOver(from, to) {
      const [low, high] = [Math.min(from, to), Math.max(from, to)];
      return {
        values: names.filter((name) => {
          const unit = unitOf.get(name) ?? -1;
          return unit >= low && unit <= high;
        }),
      };
    },
    stretchOf(brush) {
      if (!("values" in brush)) return [0, 1];
      const units = brush.values.flatMap((name) => unitOf.get(name) ?? []);
      if (units.length === 0) return [0, 0];
      const half = 0.5 / names.length;
      return [Math.min(...units) - half, Math.max(...units) + half];
    },
  };
}

/** Whether every brush lets the run through; a run without a value does not pass a brush. */
export function passesBrushes({ values }: ParallelRun, brushes: Brushes): boolean {
  return Object.entries(brushes).every(([id, brush]) => {
    const value = values[id];
    if ("values" in brush) return value != null && brush.values.includes(String(value));
    return typeof value === "number" && value >= brush.min && value <= brush.max;
  });
}

/** A run's crossing points in pixels, from the first axis to the last. */
export type Polyline = readonly { x: number; y: number }[];

/**
 * The line nearest to a point, measured upright, as lines run from left to right.
 *
 * @returns its index, or −1 if none is within `reach`.
 */
export function nearestLine(lines: readonly Polyline[], at: { x: number; y: number }, reach: number): number {
  let nearest = -1;
  let distance = reach;
  lines.forEach((line, index) => {
    for (let i = 1; i < line.length; i++) {
      const [a, b] = [line[i - 1], line[i]];
      if (!a || !b || at.x < a.x || at.x > b.x) continue;
      const share = b.x === a.x ? 0 : (at.x - a.x) / (b.x - a.x);
      const here = Math.abs(a.y + share * (b.y - a.y) - at.y);
      if (here <= distance) {
        distance = here;
        nearest = index;
      }
      break;
    }
  });
  return nearest;
}
