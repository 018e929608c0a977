import { expect, it } from "vitest";
import { codeOfError } from "./code-of-error.js";
import { affordableResamples, MOST_DRAWS, TooMuchToCompareError } from "./compare-judged-runs.js";

it("draws as often as convkit compare does, and less where that would be too many draws in all", () => {
  expect(affordableResamples(2 * 10_000)).toBe(2000);
  expect(affordableResamples(20 * 25_000)).toBe(2000);
  expect(affordableResamples(20 * 50_000)).toBe(1000);
  for (const runs of [2, 3, 7, 20]) {
    for (let pictures = 1; pictures * runs <= MOST_DRAWS / 200; pictures = Math.ceil(pictures * 1.7)) {
      expect(affordableResamples(runs * pictures) * runs * pictures).toBeLessThanOrEqual(MOST_DRAWS);
    }
  }
});

it("refuses what it could draw too rarely for an interval", () => {
  expect(affordableResamples(5_000_000)).toBe(200);
  const draw = () => affordableResamples(5_000_001);
  expect(draw).toThrow(
    "Expected 5,000,000 judged pictures at most, of all runs together. Received: 5,000,001. Compare fewer runs,",
  );
  expect(codeOfError(new TooMuchToCompareError("too many"))).toBe("BAD_REQUEST");
});
