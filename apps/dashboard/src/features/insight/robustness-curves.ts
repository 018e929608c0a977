/** A robustness report as charts take it: curves by angle, factor and ε, and the colour steps of its table. */
import type { RobustnessReport } from "../../trpc/context";

export interface RobustnessCurve {
  readonly title: string;
  readonly xLabel: string;
  readonly series: readonly {
    id: string;
    label: string;
    color: string;
    x: Float64Array;
    y: Float64Array;
  }[];
}

/** Of what was measured; attacks share a chart. */
export function curvesOf({
  rotation = [],
  scale = [],
  adversarial = [],
}: RobustnessReport): RobustnessCurve[] {
  const attacks = adversarial.map(({ attack, steps, points }, index) => ({
    label: `${attack.toUpperCase()}${steps > 1 ? `, ${steps} steps` : ""}`,
    color: `var(--color-run-${index % 20})`,
    points: points.map(({ epsilon, accuracy }) => [epsilon, accuracy] as const),
  }));
  const turned = rotation.map(({ degrees, accuracy }) => [degrees, accuracy] as const);
  const scaled = scale.map(({ factor, accuracy }) => [factor, accuracy] as const);
  const one = (points: readonly (readonly [number, number])[]) => [
    { label: "accuracy", color: "var(--color-run-0)", points },
  ];
  return [
    { title: "Turned", xLabel: "degrees clockwise", lines: one(turned) },
    { title: "Scaled", xLabel: "factor", lines: one(scaled) },
    { title: "Attacked", xLabel: "ε of 255", lines: attacks },
  ].flatMap(({ title, xLabel, lines }) => {
    const series = lines
      .filter(({ points }) => points.length > 0)
      .map(({ label, color, points }) => {
        const sorted = points.toSorted(([a], [b]) => a - b);
        return {
          id: label,
          label,
          color,
          x: Float64Array.from(sorted, ([at]) => at),
          y: Float64Array.from(sorted, ([, accuracy]) => accuracy),
        };
      });
    return series.length > 0 ? [{ title, xLabel, series }] : [];
  });
}

/** 0 to 8, as theme.css has steps; null of what is no number. */
export function heatStep(accuracy: number): number | null {
  if (Number.isNaN(accuracy)) return null;
  return Math.floor(Math.min(1, Math.max(0, accuracy)) * 8.999);
}
