/** The learning rate over a run as lines of text: an area of Unicode's blocks, an eighth of a line fine. */
import type { Schedule } from "@convkit/schema/schedule";
import { formatFigure } from "./format.js";

export interface ScheduleChartOptions {
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  /** Of the terminal. */
  readonly columns: number;
}

const ROWS = 12;
/** Of 1/8 to 8/8 of a line. */
const BLOCKS = " ▁▂▃▄▅▆▇█";
const MOST_COLUMNS = 160;
const FEWEST_COLUMNS = 40;
/** Between the beginnings of two epochs' numbers. */
const TICK_COLUMNS = 8;
const UNIT = " epochs";

/** From 0 to the highest rate; each column shows the mean of its steps. */
export function scheduleChart(
  schedule: Schedule,
  { totalSteps, stepsPerEpoch, columns }: ScheduleChartOptions,
): string[] {
  const highest = highestOf(schedule, totalSteps);
  const labels = [highest, highest / 2, 0].map(formatRate);
  const margin = Math.max(...labels.map(({ length }) => length));
  const width = Math.min(MOST_COLUMNS, Math.max(FEWEST_COLUMNS, columns)) - margin - 3;
  const heights = Array.from({ length: width }, (_, column) => {
    const from = Math.floor((column * totalSteps) / width);
    const to = Math.max(from + 1, Math.floor(((column + 1) * totalSteps) / width));
    return (meanOf(schedule, from, to) / highest) * ROWS;
  });
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const floor = ROWS - 1 - row;
    const cells = heights.map((height) => BLOCKS[Math.round(Math.min(1, Math.max(0, height - floor)) * 8)]!);
    const label = row === 0 ? labels[0]! : row === ROWS / 2 ? labels[1]! : "";
    return `${label.padStart(margin)} ${label === "" ? "│" : "┤"}${cells.join("")}`;
  });
  return [...lines, ...epochAxis(totalSteps / stepsPerEpoch, { margin, width, zero: labels[2]! })].map(
    (line) => line.trimEnd(),
  );
}

function epochAxis(
  epochs: number,
  { margin, width, zero }: { margin: number; width: number; zero: string },
): string[] {
  const every = tickEpochs((TICK_COLUMNS * epochs) / width);
  const rule = Array.from({ length: width }, () => "─");
  const numbers = Array.from({ length: width }, () => " ");
  for (let epoch = 0; epoch < epochs; epoch += every) {
    const column = Math.round((epoch / epochs) * width);
    const text = String(epoch);
    rule[column] = "┬";
    if (column + text.length <= width - UNIT.length) numbers.splice(column, text.length, ...text);
  }
  numbers.splice(-UNIT.length, UNIT.length, ...UNIT);
  return [`${zero.padStart(margin)} ┼${rule.join("")}`, `${" ".repeat(margin + 2)}${numbers.join("")}`];
}

/** The smallest of 1, 2, 5, 10, 20, 50 … that is not below `least`. */
function tickEpochs(least: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, least))));
  return [1, 2, 5, 10].map((factor) => factor * power).find((every) => every >= least)!;
}

/** 0.05, and 2e-7 where that is shorter. */
export function formatRate(rate: number): string {
  return rate === 0 || rate >= 1e-3 ? formatFigure(rate) : rate.toExponential(1).replace(".0e", "e");
}

function highestOf(schedule: Schedule, totalSteps: number): number {
  let highest = 0;
  for (let step = 0; step < totalSteps; step++) highest = Math.max(highest, schedule(step));
  return highest;
}

function meanOf(schedule: Schedule, from: number, to: number): number {
  let sum = 0;
  for (let step = from; step < to; step++) sum += schedule(step);
  return sum / (to - from);
}
