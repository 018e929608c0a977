import { Rng } from "@convkit/random";
import { expect, it } from "vitest";
import { stratifiedSample } from "./stratified-sample.js";

const labels = Array.from({ length: 100 }, (_, i) => (i < 60 ? 0 : i < 95 ? 1 : 2));

it("gives each class its share, largest remainders first", () => {
  // 7 of 100: 4.2, 2.45 and 0.35 → 4, 2, 0 and one more for the second.
  const sample = stratifiedSample(labels, 7, Rng.fromSeed(0));
  expect([0, 1, 2].map((label) => sample.filter((position) => labels[position] === label).length)).toEqual([
    4, 3, 0,
  ]);
  expect(new Set(sample).size).toBe(7);
  expect(sample).toEqual(sample.toSorted((a, b) => a - b));
});

it("is drawn by its seed, and is everything where there is no more", () => {
  expect(stratifiedSample(labels, 20, Rng.fromSeed(1))).toEqual(
    stratifiedSample(labels, 20, Rng.fromSeed(1)),
  );
  expect(stratifiedSample(labels, 20, Rng.fromSeed(2))).not.toEqual(
    stratifiedSample(labels, 20, Rng.fromSeed(1)),
  );
  expect(stratifiedSample(labels, 100, Rng.fromSeed(1))).toEqual(labels.map((_, i) => i));
});
