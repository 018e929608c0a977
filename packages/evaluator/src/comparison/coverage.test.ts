/** Whether an interval of 95 % holds the true difference 95 times of 100: simulated, as the truth of real networks is not known. */
import { Rng } from "@convkit/random";
import { describe, expect, it } from "vitest";
import { compareRuns, type ComparedGroup } from "./compare-runs.js";
import type { NamedJudgements } from "./same-pictures.js";

const SEED = 2027;
const DRAWS = 1000;
/** Of which an interval leaves out 3 on either side, and 120 would be as many gaps: of those, 114 are 95 %. */
const RESAMPLES = 119;
const METRICS = ["accuracy", "macro_f1"] as const;

interface Population {
  /** Runs of each group. */
  readonly seeds: number;
  /** Logit that the second method is better by. */
  readonly gain: number;
  /** Deviation of a run's logit from its method's, as seeds make it. */
  readonly ofSeeds: number;
  /** The same of a picture's logit for one method and not for the other. */
  readonly ofMethods: number;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
/** Of every test set: pictures, the mean logit of being right on them, and what is said of them where it is not right. */
const CLASSES = [
  { pictures: 60, ease: 2, mistakenFor: 1 },
  { pictures: 40, ease: 0.8, mistakenFor: 2 },
  { pictures: 20, ease: 1.4, mistakenFor: 1 },
];
const LABELS = CLASSES.flatMap(({ pictures }, label) => new Array<number>(pictures).fill(label));
/** Deviation of a picture's logit from its class's, for all methods alike. */
const OF_PICTURES = 1.5;

/** A test set, and runs that were judged on it. */
function drawGroups({ seeds, gain, ofSeeds, ofMethods }: Population, rng: Rng): ComparedGroup[] {
  const difficulty = LABELS.map(() => OF_PICTURES * rng.normal());
  return [0, gain].map((bonus, group): ComparedGroup => {
    const taste = LABELS.map(() => ofMethods * rng.normal());
    const runs = Array.from({ length: seeds }, (_unused, seed): NamedJudgements => {
      const ability = bonus + ofSeeds * rng.normal();
      const predictions = LABELS.map((label, picture) => {
        const { ease, mistakenFor } = CLASSES[label]!;
        const logit = ease + difficulty[picture]! + taste[picture]! + ability;
        return rng.bernoulli(sigmoid(logit)) ? label : mistakenFor;
      });
      return {
        id: `${group}/${seed}`,
        judgements: {
          split: "test",
          classNames: ["easy", "hard", "rare"],
          ids: LABELS.map((_label, picture) => String(picture)),
          labels: LABELS,
          predictions,
          labelProbabilities: LABELS,
        },
      };
    });
    return { name: String(group), runs };
  });
}

/** Of every test set of label sets: pictures, and of each label the share of them that has it. */
const SETS = { pictures: 120, shares: [0.3, 0.5] };
/** How far apart the two methods' scores of pictures with a label are from those without, in their deviations. */
const APART = [1.2, 1.6] as const;

/** One run each, whose scores have half of their variance in common. */
function drawLabelSetGroups(rng: Rng): ComparedGroup[] {
  const { pictures, shares } = SETS;
  const labelSets = Uint8Array.from({ length: pictures * shares.length }, (_unused, i) =>
    Number(rng.bernoulli(shares[i % shares.length]!)),
  );
  const inCommon = Array.from(labelSets, () => rng.normal());
  return APART.map((apart, group): ComparedGroup => {
    const probabilities = Float32Array.from(labelSets, (has, i) =>
      sigmoid(apart * has + (inCommon[i]! + rng.normal()) / Math.SQRT2),
    );
    const ids = Array.from({ length: pictures }, (_unused, picture) => String(picture));
    const classNames = shares.map((_share, label) => `label ${label}`);
    const judgements = { split: "test", classNames, ids, labelSets, probabilities };
    return { name: String(group), runs: [{ id: String(group), judgements }] };
  });
}

/** Of normal scores, of which those of a share of the pictures are higher: by how many pictures with the label are above each, and how many others. */
function averagePrecision(apart: number, share: number): number {
  const step = 1 / 400;
  let [sum, total, hits, others] = [0, 0, 0, 0];
  for (let z = 10; z >= -8; z -= step) {
    const density = Math.exp(-((z - apart) ** 2) / 2);
    hits += share * density;
    others += (1 - share) * Math.exp((-z * z) / 2);
    sum += (density * hits) / (hits + others);
    total += density;
  }
  return sum / total;
}

/** The mean of a function of a normal variable, by the trapezoidal rule: of smooth functions exact to many digits. */
function meanOverNormal(deviation: number, valueOf: (x: number) => number): number {
  if (deviation === 0) return valueOf(0);
  let [sum, total] = [0, 0];
  for (let z = -8; z <= 8; z += 1 / 16) {
    const density = Math.exp((-z * z) / 2);
    sum += density * valueOf(deviation * z);
    total += density;
  }
  return sum / total;
}

/** The differences over all seeds and pictures that there might be. */
function trueDifferences({ gain, ofSeeds, ofMethods }: Population): Record<(typeof METRICS)[number], number> {
  const figuresOf = (ability: number) => {
    const hits = CLASSES.map(({ pictures, ease }) => {
      const logit = ease + ability;
      return pictures * meanOverNormal(Math.hypot(OF_PICTURES, ofMethods), (x) => sigmoid(logit + x));
    });
    const predicted = [...hits];
    for (const [label, { pictures, mistakenFor }] of CLASSES.entries())
      predicted[mistakenFor]! += pictures - hits[label]!;
    const f1 = hits.map((found, label) => (2 * found) / (CLASSES[label]!.pictures + predicted[label]!));
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    return { accuracy: sum(hits) / LABELS.length, macro_f1: sum(f1) / CLASSES.length };
  };
  const differenceOf = (metric: (typeof METRICS)[number]) =>
    meanOverNormal(ofSeeds, (x) => figuresOf(gain + x)[metric] - figuresOf(x)[metric]);
  return { accuracy: differenceOf("accuracy"), macro_f1: differenceOf("macro_f1") };
}

describe(`95 % intervals hold the true difference in 95 ± 2 % of ${DRAWS} simulated comparisons (seed ${SEED})`, () => {
  it.for<[string, Population]>([
    ["one run each", { seeds: 1, gain: 0.4, ofSeeds: 0, ofMethods: 0.5 }],
    ["two seeds each", { seeds: 2, gain: 0.4, ofSeeds: 0.3, ofMethods: 0.5 }],
    ["three seeds each that scatter widely", { seeds: 3, gain: 0.4, ofSeeds: 0.6, ofMethods: 0 }],
    ["five seeds each", { seeds: 5, gain: 0.4, ofSeeds: 0.3, ofMethods: 0.5 }],
    ["three seeds each that differ by chance alone", { seeds: 3, gain: 0.4, ofSeeds: 0, ofMethods: 0 }],
  ])("of %s", async ([name, population], { annotate }) => {
    const rng = Rng.fromSeed(SEED).split(name);
    const truths = trueDifferences(population);
    const held = { accuracy: 0, macro_f1: 0 };
    for (let draw = 0; draw < DRAWS; draw++) {
      const groups = drawGroups(population, rng.split("data").split(draw));
      for (const metric of METRICS) {
        const { differences } = compareRuns(groups, {
          metric,
          rng: rng.split("draws").split(draw),
          resamples: RESAMPLES,
        });
        const [low, high] = differences[0]!.interval;
        if (low <= truths[metric] && truths[metric] <= high) held[metric]++;
      }
    }
    const percents = Object.entries(held).map(([metric, count]) => [metric, (100 * count) / DRAWS] as const);
    await annotate(`Held in %: ${JSON.stringify(Object.fromEntries(percents))}, seed ${SEED}`);
    for (const [metric, percent] of percents) {
      expect(percent, `${metric} with seed ${SEED}`).toBeGreaterThanOrEqual(93);
      expect(percent, `${metric} with seed ${SEED}`).toBeLessThanOrEqual(97);
    }
  });
});

it(`hold the true difference of label sets' mean average precision as often (seed ${SEED})`, async ({
  annotate,
}) => {
  const rng = Rng.fromSeed(SEED).split("label sets");
  const [first, second] = APART.map(
    (apart) =>
      SETS.shares.reduce((sum, share) => sum + averagePrecision(apart, share), 0) / SETS.shares.length,
  ) as [number, number];
  let held = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    const groups = drawLabelSetGroups(rng.split("data").split(draw));
    const options = { rng: rng.split("draws").split(draw), resamples: RESAMPLES };
    const [low, high] = compareRuns(groups, options).differences[0]!.interval;
    if (low <= second - first && second - first <= high) held++;
  }
  const percent = (100 * held) / DRAWS;
  await annotate(`Held in ${percent} %, seed ${SEED}`);
  expect(percent).toBeGreaterThanOrEqual(93);
  expect(percent).toBeLessThanOrEqual(97);
});
