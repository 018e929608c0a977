import { expect, it } from "vitest";
import { rateRangeChart } from "./rate-range-chart.js";

it("marks powers of ten, and is as high as the loss", () => {
  // From 1e-4 to 1e-1, a rate for each of the 34 columns that labels and axis leave.
  const points = Array.from({ length: 34 }, (_, i) => ({
    learningRate: 10 ** (i / 11 - 4),
    smoothed: i < 17 ? 2 : 1,
  }));
  const lines = rateRangeChart(points, 42);
  expect(lines).toHaveLength(14);
  expect(lines[0]).toBe(`2.000 ┤${"█".repeat(17)}`);
  expect(lines[6]).toBe(`1.000 ┤${"█".repeat(34)}`);
  expect(lines[11]).toBe(`      │${"█".repeat(34)}`);
  expect(lines[12]).toBe(`0.000 ┼${"┬──────────┬───────────┬──────────".padEnd(34, "─")}`);
  expect(lines[13]).toBe("       1e-4       1e-3        1e-2");
});
