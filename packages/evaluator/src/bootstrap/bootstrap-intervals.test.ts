import { Rng } from "@convkit/random";
import type { Predictions } from "@convkit/schema";
import { describe, expect, it } from "vitest";
import { bootstrapIntervals } from "./bootstrap-intervals.js";

function predictions(labels: number[], rows: number[][], more: Partial<Predictions> = {}): Predictions {
  return {
    split: "test",
    classNames: rows[0]!.map((_, k) => `class ${k}`),
    ids: labels.map((_, row) => `picture ${row}`),
    labels: Int32Array.from(labels),
    probabilities: Float32Array.from(rows.flat()),
    ...more,
  };
}

const SEED = 2027;
const DRAWS = 1000;

/** How many percent of the simulated test sets that have an interval have one that holds the true figure. */
function coverage(
  truths: Record<string, number>,
  simulate: (rng: Rng) => Predictions,
): Record<string, number> {
  const told = Object.fromEntries(Object.keys(truths).map((name) => [name, { hits: 0, count: 0 }]));
  for (let draw = 0; draw < DRAWS; draw++) {
    const simulated = simulate(Rng.fromSeed(SEED).split(draw));
    const { of, perClass } = bootstrapIntervals(simulated, { resamples: 200, seed: draw, topK: [2] });
    for (const [name, truth] of Object.entries(truths)) {
      const [, k, score] = /^perClass\.(\d+)\.(.*)$/.exec(name) ?? [];
      const interval = score === undefined ? of[name] : perClass[Number(k)]![score];
      if (!interval) continue;
      told[name]!.count++;
      if (interval[0] <= truth && truth <= interval[1]) told[name]!.hits++;
    }
  }
  return Object.fromEntries(
    Object.entries(told).map(([name, { hits, count }]) => [name, Math.round((1000 * hits) / count) / 10]),
  );
}

const STEPS = 20_000;
/** The midpoints of equal steps, and how much of a normal variable lies in each. */
const NORMAL = Array.from({ length: STEPS }, (_, i) => {
  const z = -9 + (18 * (i + 0.5)) / STEPS;
  return { z, share: ((Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * 18) / STEPS };
});

function meanOverNormal(valueOf: (z: number) => number): number {
  return NORMAL.reduce((sum, { z, share }) => sum + share * valueOf(z), 0);
}

/** Of normal scores: of pictures without the label about 0, of a share that has it about `distance`. */
function averagePrecision(distance: number, share: number): number {
  // From the highest score down, what lies above: a step is a whole part of the distance.
  const ahead = Math.round((distance * STEPS) / 18);
  const above = new Float64Array(STEPS + 1);
  for (let i = STEPS - 1; i >= 0; i--) above[i] = above[i + 1]! + NORMAL[i]!.share;
  return NORMAL.reduce((sum, { share: found }, i) => {
    const [hits, others] = [share * above[i]!, (1 - share) * above[Math.min(STEPS, i + ahead)]!];
    return sum + (found * hits) / (hits + others);
  }, 0);
}

/** 95 ± 2. */
function expectCoverage(percents: Record<string, number>): void {
  for (const [name, percent] of Object.entries(percents)) {
    expect(percent, `${name} with seed ${SEED}`).toBeGreaterThanOrEqual(93);
    expect(percent, `${name} with seed ${SEED}`).toBeLessThanOrEqual(97);
  }
}

describe(`95 % intervals hold the truth in 95 ± 2 % of ${DRAWS} simulated test sets (seed ${SEED})`, () => {
  it("of figures that count pictures", async ({ annotate }) => {
    const supports = [40, 60, 100];
    // Of each label, how often each class is predicted.
    const said = [
      [0.8, 0.15, 0.05],
      [0.1, 0.7, 0.2],
      [0.05, 0.1, 0.85],
    ];
    // Shares of all pictures: predicted as 0 are 0.16 + 0.03 + 0.025, as 1 0.03 + 0.21 + 0.05, as 2 0.01 + 0.06 + 0.425.
    const accuracy = 0.16 + 0.21 + 0.425;
    const chance = 0.2 * 0.215 + 0.3 * 0.29 + 0.5 * 0.495;
    const f1 = ((2 * 0.16) / (0.2 + 0.215) + (2 * 0.21) / (0.3 + 0.29) + (2 * 0.425) / (0.5 + 0.495)) / 3;
    const truths = {
      accuracy,
      balancedAccuracy: (0.8 + 0.7 + 0.85) / 3,
      "macroAverage.f1": f1,
      cohenKappa: (accuracy - chance) / (1 - chance),
      matthewsCorrelation:
        (accuracy - chance) /
        Math.sqrt((1 - 0.215 ** 2 - 0.29 ** 2 - 0.495 ** 2) * (1 - 0.2 ** 2 - 0.3 ** 2 - 0.5 ** 2)),
      // Of the wrong ones three of five have the label second.
      "topK.2": accuracy + 0.6 * (1 - accuracy),
    };
    const percents = coverage(truths, (rng) => {
      const labels = supports.flatMap((support, label) => new Array<number>(support).fill(label));
      const seconds = rng.split("seconds");
      const rows = labels.map((label) => {
        const drawn = rng.uniform();
        const [a, b] = said[label] as [number, number, number];
        const prediction = drawn < a ? 0 : drawn < a + b ? 1 : 2;
        const isSecond = seconds.bernoulli(0.6);
        return [0, 1, 2].map((k) => (k === prediction ? 0.7 : (k === label) === isSecond ? 0.2 : 0.1));
      });
      return predictions(labels, rows);
    });
    await annotate(`Held in %: ${JSON.stringify(percents)}, seed ${SEED}`);
    expectCoverage(percents);
  });

  it("of losses and rankings", async ({ annotate }) => {
    // Scores of the two classes are normal, 1.8 apart: the area under the ROC curve is Φ(1.8 / √2) = Φ(1.272792).
    const distance = 1.8;
    const loss = meanOverNormal((z) => Math.log1p(Math.exp(-distance * (z + distance / 2))));
    const brierScore = meanOverNormal((z) => 2 / (1 + Math.exp(distance * (z + distance / 2))) ** 2);
    const precision = averagePrecision(distance, 0.5);
    const truths = {
      "roc.macroArea": 0.898455,
      loss,
      brierScore,
      // Of each class alone in 93.3 % of 5,000: too near the bound for a thousand to tell.
      "precisionRecall.macroArea": precision,
      // Either class's scores are the other's turned over.
      "roc.microArea": 0.898455,
      "precisionRecall.microArea": precision,
    };
    const percents = coverage(truths, (rng) => {
      const labels = Array.from({ length: 200 }, (_, i) => i % 2);
      const rows = labels.map((label) => {
        const score = rng.normal() + (label - 0.5) * distance;
        const p = 1 / (1 + Math.exp(-distance * score));
        return [1 - p, p];
      });
      return predictions(labels, rows);
    });
    await annotate(`Held in %: ${JSON.stringify(percents)}, seed ${SEED}`);
    expectCoverage(percents);
  });
});

it("hold the truth of label sets as often", async ({ annotate }) => {
  const shares = [0.3, 0.5];
  const distance = 1.5;
  const precisions = shares.map((share) => averagePrecision(distance, share));
  const half = meanOverNormal((z) => Number(z > -distance / 2));
  // Of a label's share s of the pictures s · Φ are found, and (1 − s) · (1 − Φ) said besides.
  const [found, said] = [0.4 * half, 0.4 * half + 0.6 * (1 - half)];
  const truths = {
    accuracy: half,
    meanAveragePrecision: (precisions[0]! + precisions[1]!) / 2,
    "perClass.0.averagePrecision": precisions[0]!,
    "microAverage.f1": (2 * found) / (0.4 + said),
  };
  const percents = coverage(truths, (rng) => {
    const has = Array.from({ length: 2 * 150 }, (_, i) => Number(rng.bernoulli(shares[i % 2]!)));
    const said = has.map((is) => 1 / (1 + Math.exp(-distance * (rng.normal() + (is - 0.5) * distance))));
    const rows = Array.from({ length: 150 }, (_, picture) => said.slice(2 * picture, 2 * picture + 2));
    return predictions(new Array<number>(150).fill(-1), rows, { labelSets: Uint8Array.from(has) });
  });
  await annotate(`Held in %: ${JSON.stringify(percents)}, seed ${SEED}`);
  expectCoverage(percents);
});

it("hold the truth of a class of five pictures as often, where they are told at all", async ({
  annotate,
}) => {
  // 4.5 of 5 are found, and with them 0.05 · 55 = 2.75 of the other class.
  const [recall, wrong] = [0.9, 0.05];
  const truths = {
    "perClass.0.recall": recall,
    "perClass.0.f1": (2 * 4.5) / (5 + 4.5 + 2.75),
  };
  const labels = Array.from({ length: 60 }, (_, i) => Number(i >= 5));
  const percents = coverage(truths, (rng) =>
    predictions(
      labels,
      labels.map((label) => (rng.bernoulli(label === 0 ? recall : wrong) ? [0.75, 0.25] : [0.25, 0.75])),
    ),
  );
  await annotate(`Held in %: ${JSON.stringify(percents)}, seed ${SEED}`);
  // Figures of five pictures come in steps: they cannot hold in 95 % exactly.
  for (const percent of Object.values(percents)) expect(percent).toBeGreaterThanOrEqual(93);
});

describe("bootstrap intervals", () => {
  /** Of class 0 15 of 20 are right, of class 1 70 of 80. */
  const rightOrNot = predictions(
    Array.from({ length: 100 }, (_, i) => Number(i >= 20)),
    Array.from({ length: 100 }, (_, i) => (i < 15 || (i >= 20 && i < 30) ? [0.75, 0.25] : [0.25, 0.75])),
  );

  it("are as wide as theory has it, class by class", () => {
    const { of, perClass } = bootstrapIntervals(rightOrNot, { resamples: 4000, seed: 1 });
    // Within classes the variance of the share that is right is Σ nₖ pₖ qₖ / n², n / (n − 2) of it for two classes.
    const error = Math.sqrt(((20 * 0.75 * 0.25 + 80 * 0.875 * 0.125) / 100 ** 2) * (100 / 98));
    const logit = Math.log(0.85 / 0.15);
    const reach = (1.96 * error) / (0.85 * 0.15);
    expect(of["accuracy"]![0]).toBeCloseTo(1 / (1 + Math.exp(-(logit - reach))), 2);
    expect(of["accuracy"]![1]).toBeCloseTo(1 / (1 + Math.exp(-(logit + reach))), 2);
    // Each recall is of its own pictures.
    const widths = perClass.map(({ recall }) => recall![1] - recall![0]);
    expect(widths[0]! / widths[1]!).toBeGreaterThan(2);
  });

  it("are the same for the same predictions and seed, and others by another seed", () => {
    const options = { resamples: 100, seed: 5 };
    const once = bootstrapIntervals(rightOrNot, options);
    expect(bootstrapIntervals(rightOrNot, options)).toEqual(once);
    expect(bootstrapIntervals(rightOrNot, { ...options, seed: 6 })).not.toEqual(once);
    const unlabelled = predictions([...rightOrNot.labels, -1], [[0.75, 0.25]], {
      probabilities: Float32Array.of(...rightOrNot.probabilities, 0.75, 0.25),
    });
    expect(bootstrapIntervals(unlabelled, options)).toEqual(once);
  });

  it("are none of what is perfect, or cannot be known", () => {
    const { of, perClass } = bootstrapIntervals(
      predictions(
        [0, 0, 1, 1],
        [0, 0, 1, 2].map((said) => [0, 1, 2].map((k) => (k === said ? 0.5 : 0.25))),
      ),
      { resamples: 100, seed: 0 },
    );
    // Class 0 is always right, class 2 has no pictures.
    expect(perClass[0]).toEqual({});
    // Said once, and rightly.
    expect(Object.keys(perClass[1]!).sort()).toEqual(["averagePrecision", "f1", "recall", "rocAuc"]);
    expect(perClass[2]).toEqual({});
    expect(of["accuracy"]![0]).toBeGreaterThan(0);
    expect(bootstrapIntervals(predictions([-1], [[0.5, 0.5]]), { resamples: 9, seed: 0 })).toEqual({
      of: {},
      perClass: [{}, {}],
    });
  });

  it("are none of a class with a single picture, in which nothing can differ", () => {
    const { perClass } = bootstrapIntervals(
      predictions(
        [0, 1, 1, 1, 1],
        [0, 0, 1, 1, 1].map((said) => (said === 0 ? [0.75, 0.25] : [0.25, 0.75])),
      ),
      { resamples: 100, seed: 0 },
    );
    // Its precision is a half, by the other class's pictures alone.
    expect(perClass[0]).toEqual({});
    expect(perClass[1]).toHaveProperty("recall");
  });

  it("are none of a label's areas where too many resamples have no picture with it", () => {
    // 99 draws of 100 pictures miss those with the label in 0.98⁹⁹ = 13.5 %, and where four have it in 0.96⁹⁹ = 1.8 %.
    const having = [2, 4];
    const count = 100;
    const has = Array.from({ length: 2 * count }, (_, i) => Number(Math.floor(i / 2) < having[i % 2]!));
    const { of, perClass } = bootstrapIntervals(
      predictions(
        new Array<number>(count).fill(-1),
        Array.from({ length: count }, (_, picture) => [0, 1].map(() => ((37 * picture) % count) / count)),
        { labelSets: Uint8Array.from(has) },
      ),
      { resamples: 1000, seed: 4 },
    );
    expect(perClass[0]).not.toHaveProperty("rocAuc");
    expect(perClass[0]).not.toHaveProperty("averagePrecision");
    expect(Object.keys(perClass[1]!)).toEqual(expect.arrayContaining(["rocAuc", "averagePrecision"]));
    expect(of).toHaveProperty("meanAveragePrecision");
  });

  it("are of label sets, too: of pictures whole, with all their labels", () => {
    const count = 60;
    // Label 1 is where label 0 is, and both are found three times of four.
    const has = Array.from({ length: count }, (_, i) => Number(i % 2 === 0));
    const said = has.map((value, i) => (i % 8 < 2 ? 1 - value : value));
    const both = (values: number[]) => values.flatMap((value) => [value, value]);
    const { of, perClass } = bootstrapIntervals(
      predictions(
        has.map(() => -1),
        said.map((value) => [value, value].map((p) => 0.25 + p / 2)),
        {
          labelSets: Uint8Array.from(both(has)),
        },
      ),
      { resamples: 2000, seed: 3 },
    );
    const right = said.filter((value, i) => value === has[i]).length / count;
    const error = Math.sqrt((right * (1 - right)) / (count - 1));
    // Twice as many decisions, but no more pictures.
    const [low, high] = of["accuracy"]!;
    expect(high - low).toBeCloseTo(2 * 1.96 * error, 1);
    expect(of["microAverage.f1"]![0]).toBeCloseTo(perClass[0]!["f1"]![0], 12);
    expect(of["meanAveragePrecision"]).toEqual(of["precisionRecall.macroArea"]);
  });
});
