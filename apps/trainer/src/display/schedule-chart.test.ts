import { createSchedule } from "@convkit/schema/schedule";
import { expect, it } from "vitest";
import { formatRate, scheduleChart } from "./schedule-chart.js";

it("draws the rate from 0 to the highest, with epochs beneath", () => {
  const schedule = createSchedule(
    { name: "step", milestones: [2, 3], gamma: 0.5, warmupFraction: 0 },
    { learningRate: 0.4, totalSteps: 40, stepsPerEpoch: 10 },
  );
  // 40 columns without a margin of 3 letters and 3 for the axis: 34 columns, of which an epoch has 8.5.
  expect(scheduleChart(schedule, { totalSteps: 40, stepsPerEpoch: 10, columns: 40 })).toEqual([
    "0.4 ┤█████████████████",
    "    │█████████████████",
    "    │█████████████████",
    "    │█████████████████",
    "    │█████████████████",
    "    │█████████████████",
    "0.2 ┤██████████████████████████",
    "    │██████████████████████████",
    "    │██████████████████████████",
    "    │██████████████████████████████████",
    "    │██████████████████████████████████",
    "    │██████████████████████████████████",
    "  0 ┼┬────────┬───────┬────────┬───────",
    "     0        1       2        3 epochs",
  ]);
});

it("rises by eighths of a line, and takes the mean where a column has many steps", () => {
  const rising = (step: number) => step + 1;
  const [top, second] = scheduleChart(rising, { totalSteps: 9600, stepsPerEpoch: 96, columns: 105 });
  // 97 columns of about 99 steps: 96 eighths of a line in 12 lines.
  expect(top).toMatch(/^9,600 ┤ +▁▂▃▄▅▆▇█$/);
  expect(second).toMatch(/^ {6}│ +▁▂▃▄▅▆▇█{9}$/);
});

it("numbers epochs no closer than can be read, and says what they are", () => {
  const lines = scheduleChart(() => 1, { totalSteps: 3000, stepsPerEpoch: 10, columns: 80 });
  expect(lines.at(-1)).toMatch(/^ {5}0 +50 +100 +150 +200 +250 +epochs$/);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
});

it.each([
  [0, "0"],
  [0.05, "0.05"],
  [0.0012345, "0.00123"],
  [2e-7, "2e-7"],
  [3.24e-5, "3.2e-5"],
])("writes %d as %s", (rate, text) => {
  expect(formatRate(rate)).toBe(text);
});
