/** Values as lines of text: an area of Unicode's blocks, an eighth of a line fine. */

export interface AreaChartOptions {
  readonly count: number;
  /** Of the terminal. */
  readonly columns: number;
  /** Of the values at the left. */
  readonly format: (value: number) => string;
  /** The lines below. */
  readonly axis: (place: AxisPlace) => string[];
}

export interface AxisPlace {
  /** Columns left of the axis' cross. */
  readonly margin: number;
  /** Columns of the area. */
  readonly width: number;
  /** What stands at its height. */
  readonly zero: string;
}

const ROWS = 12;
/** Of 1/8 to 8/8 of a line. */
const BLOCKS = " ▁▂▃▄▅▆▇█";
const MOST_COLUMNS = 160;
const FEWEST_COLUMNS = 40;

/** From 0 to the highest value; each column shows the mean of its own. */
export function areaChart(
  valueAt: (index: number) => number,
  { count, columns, format, axis }: AreaChartOptions,
): string[] {
  const highest = highestOf(valueAt, count);
  const labels = [highest, highest / 2, 0].map(format);
  const margin = Math.max(...labels.map(({ length }) => length));
  const width = Math.min(MOST_COLUMNS, Math.max(FEWEST_COLUMNS, columns)) - margin - 3;
  const heights = Array.from({ length: width }, (_, column) => {
    const from = Math.floor((column * count) / width);
    const to = Math.max(from + 1, Math.floor(((column + 1) * count) / width));
    return (meanOf(valueAt, from, to) / highest) * ROWS;
  });
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const floor = ROWS - 1 - row;
    const cells = heights.map((height) => BLOCKS[Math.round(Math.min(1, Math.max(0, height - floor)) * 8)]!);
    const label = row === 0 ? labels[0]! : row === ROWS / 2 ? labels[1]! : "";
    return `${label.padStart(margin)} ${label === "" ? "│" : "┤"}${cells.join("")}`;
  });
  return [...lines, ...axis({ margin, width, zero: labels[2]! })].map((line) => line.trimEnd());
}

function highestOf(valueAt: (index: number) => number, count: number): number {
  let highest = 0;
  for (let index = 0; index < count; index++) highest = Math.max(highest, valueAt(index));
  return highest;
}

function meanOf(valueAt: (index: number) => number, from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index++) sum += valueAt(index);
  return sum / (to - from);
}
