import { ScheduleSpec } from "@convkit/schema";
import { describe, expect, it } from "vitest";
import { createSchedule, type ScheduleOptions } from "./schedule.js";

function ratesOf(spec: unknown, options: ScheduleOptions): number[] {
  const schedule = createSchedule(ScheduleSpec.parse(spec), options);
  return Array.from({ length: options.totalSteps }, (_, step) => schedule(step));
}

function expectRates(actual: number[], expected: number[]): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((rate, step) => expect(actual[step], `step ${step}`).toBeCloseTo(rate, 12));
}

describe("constant", () => {
  it("stays at the peak", () => {
    expectRates(ratesOf({ name: "constant" }, { learningRate: 0.3, totalSteps: 3 }), [0.3, 0.3, 0.3]);
  });

  it("rises in equal steps during the warm-up", () => {
    const rates = ratesOf({ name: "constant", warmupFraction: 0.5 }, { learningRate: 0.4, totalSteps: 8 });
    expectRates(rates, [0.1, 0.2, 0.3, 0.4, 0.4, 0.4, 0.4, 0.4]);
  });
});

describe("cosine", () => {
  it("follows (1 + cos πk/K) / 2 after the warm-up", () => {
    const rates = ratesOf({ name: "cosine", warmupFraction: 1 / 3 }, { learningRate: 1, totalSteps: 6 });
    // k/K = 0, ¼, ½, ¾ → 1, (1 + √½)/2, ½, (1 − √½)/2
    expectRates(rates, [0.5, 1, 1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2]);
  });

  it("falls towards finalFactor times the peak", () => {
    const rates = ratesOf(
      { name: "cosine", warmupFraction: 0, finalFactor: 0.5 },
      { learningRate: 2, totalSteps: 2 },
    );
    expectRates(rates, [2, 1.5]);
  });
});

describe("one-cycle", () => {
  // The expected values are torch 1.13's OneCycleLR(max_lr=0.1, cycle_momentum=False) with the same settings.
  const learningRate = 0.1;

  it("equals PyTorch's, annealed by cosine", () => {
    expectRates(
      ratesOf({ name: "one-cycle" }, { learningRate, totalSteps: 10 }),
      [
        0.0040000000000000036, 0.052000000000000005, 0.1, 0.09504846320134738, 0.0811745653949763,
        0.06112620219362893, 0.03887419780637107, 0.0188258346050237, 0.004951936798652629, 4e-7,
      ],
    );
  });

  it("equals PyTorch's, annealed linearly", () => {
    expectRates(
      ratesOf({ name: "one-cycle", anneal: "linear" }, { learningRate, totalSteps: 10 }),
      [
        0.004, 0.052000000000000005, 0.1, 0.08571434285714286, 0.07142868571428572, 0.05714302857142858,
        0.042857371428571434, 0.028571714285714284, 0.014286057142857148, 3.999999999976245e-7,
      ],
    );
  });

  it("equals PyTorch's where the peak falls between two steps", () => {
    expectRates(
      ratesOf(
        { name: "one-cycle", pctStart: 0.25, divFactor: 10, finalDivFactor: 100 },
        { learningRate, totalSteps: 5 },
      ),
      [0.009999999999999995, 0.09046039886902862, 0.0552711967402193, 0.01662692621237505, 0.0001],
    );
  });

  it("leaves out the rise when it would be shorter than a step", () => {
    expectRates(ratesOf({ name: "one-cycle" }, { learningRate, totalSteps: 1 }), [0.1]);
    expectRates(ratesOf({ name: "one-cycle" }, { learningRate, totalSteps: 2 }), [0.1, 4e-7]);
  });
});

it("gives a positive, finite rate not above the peak at every step, however short the run", () => {
  for (const name of ["constant", "cosine", "one-cycle"]) {
    for (let totalSteps = 1; totalSteps <= 40; totalSteps++) {
      for (const rate of ratesOf({ name }, { learningRate: 0.7, totalSteps })) {
        expect(rate).toBeGreaterThan(0);
        expect(rate).toBeLessThanOrEqual(0.7 + 1e-12);
      }
    }
  }
});
