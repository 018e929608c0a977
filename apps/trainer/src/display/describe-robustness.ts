/** A robustness report as lines of text: a table of corruptions, and the curves. */
import type { RobustnessReport } from "@convkit/schema";
import { areaChart, type AxisPlace } from "./area-chart.js";
import { formatFigure, formatPercent, formatTable } from "./format.js";
import type { Colors } from "./text-display.js";

export interface DescribeRobustnessOptions {
  /** Of the terminal. */
  readonly columns: number;
  readonly colors: Colors;
}

export function describeRobustness(report: RobustnessReport, options: DescribeRobustnessOptions): string[] {
  const { split, count, seed, accuracy, corruptions, rotation, scale, adversarial = [] } = report;
  const { colors } = options;
  const curves: Curve[] = [
    ...(rotation
      ? [
          {
            title: "accuracy, turned by so many degrees",
            points: rotation.map(({ degrees, ...p }) => ({ ...p, at: String(degrees) })),
          },
        ]
      : []),
    ...(scale
      ? [
          {
            title: "accuracy, scaled by a factor",
            points: scale.map(({ factor, ...p }) => ({ ...p, at: factor.toFixed(2) })),
          },
        ]
      : []),
    ...adversarial.map(({ attack, steps, points }) => ({
      title: `accuracy under ${attack.toUpperCase()}${steps > 1 ? ` of ${steps} steps` : ""}, by ε of 255`,
      points: points.map(({ epsilon, ...p }) => ({ ...p, at: String(epsilon) })),
    })),
  ];
  return [
    `${colors.bold("pictures")}    ${count.toLocaleString("en-US")} of the ${split} split, each class with its share, seed ${seed}`,
    `${colors.bold("accuracy")}    ${formatPercent(accuracy)} as they are`,
    ...(corruptions ? describeCorruptions(corruptions, colors) : []),
    ...curves.flatMap((curve) => ["", colors.bold(curve.title), ...drawCurve(curve, options.columns)]),
  ];
}

const OVER_BASELINE = ["over baseline's", "relative"];

/** A baseline that makes no errors has none to be divided by. */
function formatShare(value: number): string {
  return Number.isNaN(value) ? "–" : formatFigure(value);
}

type Corruptions = NonNullable<RobustnessReport["corruptions"]>;

function describeCorruptions(corruptions: Corruptions, colors: Colors): string[] {
  const { byName, meanCorruptionError, relativeMeanCorruptionError, baseline, overBaseline } = corruptions;
  const errors = byName.map(({ name, accuracies }) => ({
    name,
    error: 1 - accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length,
  }));
  const worst = errors.reduce((most, one) => (one.error > most.error ? one : most));
  const show = baseline === undefined ? formatPercent : formatFigure;
  const means = [0, 1, 2, 3, 4].map((severity) => {
    const sum = byName.reduce((total, { accuracies }) => total + accuracies[severity]!, 0);
    return formatPercent(sum / byName.length);
  });
  const table = formatTable([
    ["accuracy at severity", "1", "2", "3", "4", "5", "mean error", ...(overBaseline ? OVER_BASELINE : [])],
    ...byName.map(({ name, accuracies }, i) => {
      const over = overBaseline?.find((one) => one.name === name);
      return [
        name,
        ...accuracies.map(formatPercent),
        formatPercent(errors[i]!.error),
        ...(over ? [formatShare(over.error), formatShare(over.relativeError)] : []),
      ];
    }),
    [
      "mean",
      ...means,
      "",
      ...(overBaseline ? [formatShare(meanCorruptionError), formatShare(relativeMeanCorruptionError)] : []),
    ],
  ]);
  return [
    `${colors.bold("mCE")}         ${show(meanCorruptionError)}, mean corruption error${baseline === undefined ? "" : `, where ${baseline} has 1`}; ` +
      `relative to the pictures as they are ${show(relativeMeanCorruptionError)}`,
    `${colors.bold("worst")}       ${worst.name}, an error of ${formatPercent(worst.error)}`,
    "",
    colors.bold(table[0]),
    ...table.slice(1),
  ];
}

interface Curve {
  readonly title: string;
  readonly points: readonly { readonly at: string; readonly accuracy: number }[];
}

function drawCurve({ points }: Curve, columns: number): string[] {
  return areaChart((index) => points[index]!.accuracy, {
    count: points.length,
    columns,
    format: formatPercent,
    axis: (place) =>
      pointAxis(
        points.map(({ at }) => at),
        place,
      ),
  });
}

/** A mark under the middle of each point's columns, with its text where there is room. */
function pointAxis(texts: readonly string[], { margin, width, zero }: AxisPlace): string[] {
  const rule = Array.from({ length: width }, () => "─");
  const labels = Array.from({ length: width }, () => " ");
  let free = 0;
  texts.forEach((text, i) => {
    const middle = Math.floor(((i + 0.5) * width) / texts.length);
    const start = Math.max(0, middle - Math.floor(text.length / 2));
    if (start < free || start + text.length > width) return;
    rule[middle] = "┬";
    labels.splice(start, text.length, ...text);
    free = start + text.length + 1;
  });
  return [`${zero.padStart(margin)} ┼${rule.join("")}`, `${" ".repeat(margin + 2)}${labels.join("")}`];
}
