/** The learning rate over a run as lines of text. */
import type { Schedule } from "@convkit/schema/schedule";
import { areaChart, type AxisPlace } from "./area-chart.js";
import { formatFigure } from "./format.js";

export interface ScheduleChartOptions {
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  /** Of the terminal. */
  readonly columns: number;
}

/** Between the beginnings of two epochs' numbers. */
const TICK_COLUMNS = 8;
const UNIT = " epochs";

/** From 0 to the highest rate; each column shows the mean of its steps. */
export function scheduleChart(
  schedule: Schedule,
  { totalSteps, stepsPerEpoch, columns }: ScheduleChartOptions,
): string[] {
  const axis = (place: AxisPlace): string[] => epochAxis(totalSteps / stepsPerEpoch, place);
  return areaChart(schedule, { count: totalSteps, columns, format: formatRate, axis });
}

function epochAxis(epochs: number, { margin, width, zero }: AxisPlace): string[] {
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
