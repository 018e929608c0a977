import { describe, expect, it } from "vitest";
import {
  LearningRateCurve,
  rateOfStep,
  suggestLearningRate,
  type LearningRatePoint,
} from "./learning-rate-curve.js";

/** Rates of 1e-5, 1e-4, … with the losses as if they were smooth already. */
const curveOf = (losses: readonly number[]): LearningRatePoint[] =>
  losses.map((loss, i) => ({ learningRate: 10 ** (i / 2 - 5), loss, smoothed: loss }));

describe("rateOfStep", () => {
  it("rises by the same factor at each step, from end to end", () => {
    const range = { from: 1e-6, to: 10, steps: 8 };
    const rates = Array.from({ length: 8 }, (_, step) => rateOfStep(step, range));
    [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10].forEach((rate, i) =>
      expect(rates[i]! / rate).toBeCloseTo(1, 12),
    );
    expect(rateOfStep(0, { ...range, steps: 1 })).toBe(1e-6);
  });
});

describe("LearningRateCurve", () => {
  it("smooths as if the losses before the first had been like the others", () => {
    const curve = new LearningRateCurve();
    curve.add(1, 3);
    curve.add(2, 1);
    // (0.98 · 0.02 · 3 + 0.02 · 1) / (1 − 0.98²) = 0.0788 / 0.0396
    expect(curve.points[0]!.smoothed).toBeCloseTo(3, 12);
    expect(curve.points[1]!.smoothed).toBeCloseTo(0.0788 / 0.0396, 12);
  });

  it("ends where the smoothed loss is four times the best, and where the loss is no number", () => {
    const curve = new LearningRateCurve();
    expect([2, 1, 1].map((loss) => curve.add(0.1, loss))).toEqual([false, false, false]);
    // The mean of 2, 1, 1 and x is about (4 + x) / 4: above 4 · 1.33 for x = 20, below for x = 10.
    expect(curve.add(0.2, 10)).toBe(false);
    expect(curve.add(0.3, 20)).toBe(true);
    expect(curve.add(0.4, Number.NaN)).toBe(true);
    expect(curve.points).toHaveLength(5);
  });
});

describe("suggestLearningRate", () => {
  // A tenth at the beginning and five at the end are left out: of 20 points 2 to 14.
  const told = [2.3, 2.3, 2.29, 2.2, 2.0, 1.2, 1.0, 0.9, 0.95, 1.1, 1.2, 1.3, 1.4];
  const points = curveOf([0, 9, ...told, 0, 50, 60, 70, 80]);

  it("finds where the loss falls most steeply", () => {
    // From 2.0 to 1.2, which begins at the seventh of all points: 10^(6 / 2 − 5).
    expect(suggestLearningRate(points)!.steepest).toBeCloseTo(1e-2, 12);
  });

  it("finds the valley", () => {
    // Falls over 7 different losses that end at the eighth of those told: from place 0, thirds of 7 / 3, so place 2 + 1.
    expect(suggestLearningRate(points)!.valley).toBeCloseTo(10 ** (5 / 2 - 5), 12);
  });

  it("has nothing to say where the loss never falls, or of a handful of points", () => {
    expect(suggestLearningRate(curveOf(Array.from({ length: 30 }, (_, i) => 1 + i)))).toBeNull();
    expect(suggestLearningRate(points.slice(0, 9))).toBeNull();
  });
});
