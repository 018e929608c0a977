/** Whether an interval of 95 % holds the true difference 95 times of 100: simulated, as the truth of real networks is not known. */
import { Rng } from "@convkit/random";
import { expect, it } from "vitest";
import { compareRuns, type ComparedGroup } from "./compare-runs.js";
import type { NamedJudgements } from "./same-pictures.js";

const PICTURES = 120;
const TRIALS = 300;
const RESAMPLES = 200;

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
/** Two classes, one of them harder, with as many pictures in every test set. */
const easeOf = (label: number) => (label === 0 ? 2 : 0.8);

/** A test set, and runs that were judged on it. */
function drawGroups({ seeds, gain, ofSeeds, ofMethods }: Population, rng: Rng): ComparedGroup[] {
  const labels = Array.from({ length: PICTURES }, (_, picture) => Number(picture % 3 === 0));
  const difficulty = labels.map(() => 1.5 * rng.normal());
  return [0, gain].map((bonus, group): ComparedGroup => {
    const taste = labels.map(() => ofMethods * rng.normal());
    const runs = Array.from({ length: seeds }, (_unused, seed): NamedJudgements => {
      const ability = bonus + ofSeeds * rng.normal();
      const predictions = labels.map((label, picture) => {
        const logit = easeOf(label) + difficulty[picture]! + taste[picture]! + ability;
        return rng.bernoulli(sigmoid(logit)) ? label : 1 - label;
      });
      return {
        id: `${group}/${seed}`,
        judgements: {
          split: "test",
          classNames: ["easy", "hard"],
          ids: labels.map((_label, picture) => String(picture)),
          labels,
          predictions,
          labelProbabilities: labels,
        },
      };
    });
    return { name: String(group), runs };
  });
}

/** The difference over all seeds and pictures that there might be. */
function trueDifference({ gain, ofSeeds, ofMethods }: Population, rng: Rng): number {
  const deviation = Math.hypot(1.5, ofMethods, ofSeeds);
  const draws = 200_000;
  let sum = 0;
  for (let draw = 0; draw < draws; draw++) {
    const logit = easeOf(Number(draw % 3 === 0)) + deviation * rng.normal();
    sum += sigmoid(logit + gain) - sigmoid(logit);
  }
  return sum / draws;
}

it.each([
  ["one run each", { seeds: 1, gain: 0.4, ofSeeds: 0, ofMethods: 0.5 }],
  ["two seeds each", { seeds: 2, gain: 0.4, ofSeeds: 0.3, ofMethods: 0.5 }],
  ["three seeds each that scatter widely", { seeds: 3, gain: 0.4, ofSeeds: 0.6, ofMethods: 0 }],
  ["three seeds each that differ by chance alone", { seeds: 3, gain: 0.4, ofSeeds: 0, ofMethods: 0 }],
])("holds the true difference 95 times of 100: %s", (name, population) => {
  const rng = Rng.fromSeed(name);
  const truth = trueDifference(population, rng.split("truth"));
  let held = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const groups = drawGroups(population, rng.split("data").split(trial));
    const { differences } = compareRuns(groups, {
      rng: rng.split("draws").split(trial),
      resamples: RESAMPLES,
    });
    const [low, high] = differences[0]!.interval;
    if (low <= truth && truth <= high) held++;
  }
  expect(held / TRIALS).toBeGreaterThan(0.92);
  expect(held / TRIALS).toBeLessThan(0.98);
});
