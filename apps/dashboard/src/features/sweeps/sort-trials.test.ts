import { expect, test } from "vitest";
import type { SweepRun } from "../../trpc/context";
import { parameterColumn, sortTrials } from "./sort-trials";

const run = (trial: number, value: number | null, ...values: SweepRun["values"]): SweepRun => ({
  runId: `run-${trial}`,
  name: `rates-${trial}`,
  trial,
  rung: null,
  status: "completed",
  epoch: 3,
  epochs: 3,
  durationMs: 1000,
  value,
  values,
});
const runs = [
  run(1, 0.8, 0.1, "sgd"),
  run(2, null, 0.3, "adamw"),
  run(3, 0.9, 10, "sgd"),
  run(4, 0.8, "auto", "sgd"),
];
const order = (columnId: string, descending = false) =>
  sortTrials(runs, { columnId, descending }).map(({ trial }) => trial);

test("trials without a value come last in both directions, equal ones by their number", () => {
  expect(order("value", true)).toEqual([3, 1, 4, 2]);
  expect(order("value")).toEqual([1, 4, 3, 2]);
});

test("a parameter's column is sorted by its numbers, texts behind them", () => {
  expect(order(parameterColumn(0))).toEqual([1, 2, 3, 4]);
  expect(order(parameterColumn(0), true)).toEqual([4, 3, 2, 1]);
  expect(order(parameterColumn(1))).toEqual([2, 1, 3, 4]);
  expect(order("trial", true)).toEqual([4, 3, 2, 1]);
});
