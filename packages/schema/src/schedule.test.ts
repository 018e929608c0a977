import { describe, expect, it } from "vitest";
import { ScheduleSpec } from "./schedule-spec.js";
import { createSchedule, trainingStepsPerEpoch, type ScheduleOptions } from "./schedule.js";

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

describe("step", () => {
  it("falls every so many epochs, as PyTorch's StepLR", () => {
    const options = { learningRate: 1, totalSteps: 8, stepsPerEpoch: 2 };
    expectRates(
      ratesOf({ name: "step", stepEpochs: 2, gamma: 0.5 }, options),
      [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5],
    );
    // 1.5 epochs are 3 steps.
    expectRates(ratesOf({ name: "step", stepEpochs: 1.5 }, options), [1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01]);
  });

  it("falls after given epochs, as MultiStepLR, whatever the warm-up", () => {
    const options = { learningRate: 8, totalSteps: 8, stepsPerEpoch: 2 };
    const spec = { name: "step", milestones: [1, 3], gamma: 0.5 };
    expectRates(ratesOf(spec, options), [8, 8, 4, 4, 4, 4, 2, 2]);
    expectRates(ratesOf({ ...spec, warmupFraction: 0.5 }, options), [2, 4, 3, 4, 4, 4, 2, 2]);
  });

  it("is refused without an epoch to fall at, with two ways to say it, and out of order", () => {
    const complaint = (spec: object) => ScheduleSpec.safeParse({ name: "step", ...spec }).error?.message;
    expect(complaint({})).toMatch(/Expected either stepEpochs or milestones/);
    expect(complaint({ stepEpochs: 2, milestones: [3] })).toMatch(/either stepEpochs or milestones/);
    expect(complaint({ milestones: [3, 3] })).toMatch(/each later than the one before/);
  });
});

describe("exponential", () => {
  it("falls by gamma over an epoch, a little at each step", () => {
    const options = { learningRate: 2, totalSteps: 5, stepsPerEpoch: 2 };
    expectRates(ratesOf({ name: "exponential", gamma: 0.25 }, options), [2, 1, 0.5, 0.25, 0.125]);
    const warm = ratesOf({ name: "exponential", gamma: 0.25, warmupFraction: 0.4 }, options);
    expectRates(warm, [1, 2, 2, 1, 0.5]);
  });
});

describe("polynomial", () => {
  it("falls with a power of what is left, as PyTorch's PolynomialLR", () => {
    const options = { learningRate: 1, totalSteps: 4 };
    expectRates(ratesOf({ name: "polynomial" }, options), [1, 0.75, 0.5, 0.25]);
    expectRates(ratesOf({ name: "polynomial", power: 2 }, options), [1, 0.5625, 0.25, 0.0625]);
    const spec = { name: "polynomial", finalFactor: 0.2, warmupFraction: 0.5 };
    expectRates(ratesOf(spec, options), [0.5, 1, 1, 0.6]);
  });
});

describe("triangular", () => {
  it("has airbench94's corners: a fifth, the peak, 7 hundredths after the last step", () => {
    // ⌊0.23 · 10⌋ = 2; then 0.93 in 8 steps.
    const fall = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => 1 - (0.93 / 8) * k);
    expectRates(ratesOf({ name: "triangular" }, { learningRate: 1, totalSteps: 10 }), [0.2, 0.6, ...fall]);
  });

  it("starts at the peak where the rise would be shorter than a step", () => {
    expectRates(ratesOf({ name: "triangular" }, { learningRate: 1, totalSteps: 3 }), [1, 0.69, 0.38]);
  });
});

describe("reduce-on-plateau", () => {
  it("stays at the peak after the warm-up until it is told of a plateau", () => {
    const spec = { name: "reduce-on-plateau", warmupFraction: 0.5 };
    expectRates(ratesOf(spec, { learningRate: 2, totalSteps: 4 }), [1, 2, 2, 2]);
  });
});

it.each(["step", "exponential"])("%s says that it needs to know how long an epoch is", (name) => {
  const spec = ScheduleSpec.parse({ name, ...(name === "step" && { stepEpochs: 1 }) });
  expect(() => createSchedule(spec, { learningRate: 1, totalSteps: 4 })).toThrow(/Expected `stepsPerEpoch`/);
});

it("counts whole batches as a run's steps, and one of fewer pictures than a batch", () => {
  expect(trainingStepsPerEpoch(50_000, 128)).toBe(390);
  expect(trainingStepsPerEpoch(128, 128)).toBe(1);
  expect(trainingStepsPerEpoch(5, 128)).toBe(1);
});

it("gives a positive, finite rate not above the peak at every step, however short the run", () => {
  const names = ["constant", "cosine", "one-cycle", "exponential", "polynomial", "triangular"];
  const specs = [...names.map((name) => ({ name })), { name: "step", stepEpochs: 2 }];
  for (const spec of specs) {
    for (let totalSteps = 1; totalSteps <= 40; totalSteps++) {
      for (const rate of ratesOf(spec, { learningRate: 0.7, totalSteps, stepsPerEpoch: 5 })) {
        expect(rate).toBeGreaterThan(0);
        expect(rate).toBeLessThanOrEqual(0.7 + 1e-12);
      }
    }
  }
});
