/** The loss over rising learning rates as lines of text, with a mark at each power of ten. */
import { areaChart, type AxisPlace } from "./area-chart.js";
import { formatLoss } from "./format.js";

export interface RatePoint {
  readonly learningRate: number;
  readonly smoothed: number;
}

/** Columns that a mark's text may take: `1e-5`. */
const TICK_COLUMNS = 6;

/** @param points of rates that rise by the same factor each. */
export function rateRangeChart(points: readonly RatePoint[], columns: number): string[] {
  const axis = (place: AxisPlace): string[] => rateAxis(points, place);
  const valueAt = (index: number): number => points[index]!.smoothed;
  return areaChart(valueAt, { count: points.length, columns, format: formatLoss, axis });
}

function rateAxis(points: readonly RatePoint[], { margin, width, zero }: AxisPlace): string[] {
  const [first, last] = [points[0]!, points.at(-1)!].map(({ learningRate }) => Math.log10(learningRate)) as [
    number,
    number,
  ];
  const columnsPerDecade = width / Math.max(Number.EPSILON, last - first);
  const every = Math.max(1, Math.ceil(TICK_COLUMNS / columnsPerDecade));
  const rule = Array.from({ length: width }, () => "─");
  const numbers = Array.from({ length: width }, () => " ");
  for (let power = Math.ceil(first - 1e-9); power <= last; power += every) {
    const column = Math.max(0, Math.round((power - first) * columnsPerDecade));
    const text = `1e${power}`;
    if (column + text.length > width) break;
    rule[column] = "┬";
    numbers.splice(column, text.length, ...text);
  }
  return [`${zero.padStart(margin)} ┼${rule.join("")}`, `${" ".repeat(margin + 2)}${numbers.join("")}`];
}
