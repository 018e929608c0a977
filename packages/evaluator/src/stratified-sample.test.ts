import { Rng } from "@convkit/random";
import { expect, it } from "vitest";
import { stratifiedSample } from "./stratified-sample.js";

const largest = (seed: number) => ({ rng: Rng.fromSeed(seed), rounding: "largest-remainders" }) as const;
const labels = Array.from({ length: 100 }, (_, i) => (i < 60 ? 0 : i < 95 ? 1 : 2));

it("gives each class its share, largest remainders first", () => {
  // 7 of 100: 4.2, 2.45 and 0.35 → 4, 2, 0 and one more for the second.
  const sample = stratifiedSample(labels, 7, largest(0));
  expect([0, 1, 2].map((label) => sample.filter((position) => labels[position] === label).length)).toEqual([
    4, 3, 0,
  ]);
  expect(new Set(sample).size).toBe(7);
  expect(sample).toEqual(sample.toSorted((a, b) => a - b));
});

it("is drawn by its seed, and is everything where there is no more", () => {
  expect(stratifiedSample(labels, 20, largest(1))).toEqual(stratifiedSample(labels, 20, largest(1)));
  expect(stratifiedSample(labels, 20, largest(2))).not.toEqual(stratifiedSample(labels, 20, largest(1)));
  expect(stratifiedSample(labels, 100, largest(1))).toEqual(labels.map((_, i) => i));
});

it("leaves no class out where it is told to, at the price of a size that is not exact", () => {
  const sample = stratifiedSample(labels, 7, { rng: Rng.fromSeed(0), rounding: "none-left-out" });
  // 4.2, 2.45 and 0.35 → 4, 2 and the one at least.
  expect([0, 1, 2].map((label) => sample.filter((position) => labels[position] === label).length)).toEqual([
    4, 2, 1,
  ]);
  // Each class is drawn in one order, however shares are rounded.
  const rounded = stratifiedSample(labels, 7, largest(0));
  expect(sample.slice(0, 6)).toEqual(rounded.filter((position) => sample.includes(position)));
});
