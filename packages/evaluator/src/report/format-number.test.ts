import { expect, it } from "vitest";
import { formatCount, formatDuration, formatLoss, formatPercent } from "./format-number.js";

it("formats fractions", () => {
  expect([formatPercent(0.92531, 2), formatPercent(1), formatPercent(NaN)]).toEqual([
    "92.53\u202f%",
    "100.0\u202f%",
    "n/a",
  ]);
});

it("formats counts", () => {
  expect([formatCount(272474), formatCount(0), formatCount(NaN)]).toEqual(["272,474", "0", "n/a"]);
});

it.each([
  [0, "0.0000"],
  [0.23456, "0.2346"],
  [2.3026, "2.303"],
  [34.539, "34.54"],
  [123.456, "123.5"],
  [1e-9, "1.00e-9"],
  [3.2e12, "3.20e+12"],
  [NaN, "n/a"],
  [Infinity, "∞"],
  [-Infinity, "−∞"],
])("formats a loss of %d as %s", (loss, text) => {
  expect(formatLoss(loss)).toBe(text);
});

it.each([
  [0, "0.0 s"],
  [9940, "9.9 s"],
  [59_400, "59 s"],
  [59_600, "1 min 0 s"],
  [171_000, "2 min 51 s"],
  [3_600_000, "1 h 0 min"],
  [7_384_000, "2 h 3 min"],
  [NaN, "n/a"],
])("formats %d ms as %s", (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});
