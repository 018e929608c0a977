import { Rng } from "@convkit/random";
import { describe, expect, it } from "vitest";
import { judgeDifference, resamplePictures } from "./paired-bootstrap.js";
import { finish } from "./steps.js";

const rng = Rng.fromSeed(11);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/** Of two runs, the first of which is always 0. */
const judge = (observed: number, resampled: readonly number[]) =>
  judgeDifference(
    {
      observed: Float64Array.of(0, observed),
      resamples: resampled.map((value) => Float64Array.of(0, value)),
    },
    [[0], [1]],
    rng,
  );

describe("of resampled differences", () => {
  it("takes the k-th lowest and highest, k = 0.025 (B + 1), and the share beyond 0", () => {
    // k = 2; none is at 0 or below: 2 · (0 + 1) / 80.
    expect(judge(40, range(1, 80).toReversed())).toEqual({
      difference: 40,
      interval: [2, 78],
      pValue: 0.025,
      undefinedShare: 0,
    });
    // −3, −2, −1 and 0: 2 · (4 + 1) / 80.
    expect(judge(36, range(-3, 76))).toMatchObject({ interval: [-2, 74], pValue: 0.125 });
  });

  it("leaves out those that are not defined", () => {
    const few = judge(40, [NaN, ...range(1, 80), Infinity]);
    expect(few).toMatchObject({ interval: [2, 78], pValue: 0.025 });
    expect(few.undefinedShare).toBeCloseTo(2 / 81, 12);
  });

  it("has neither interval nor p where more than a tenth is not defined", () => {
    expect(judge(5, [...range(1, 10), NaN]).interval).toEqual([1, 9]);
    expect(judge(5, [...range(1, 18), NaN, NaN])).toEqual({
      difference: 5,
      interval: [NaN, NaN],
      pValue: NaN,
      undefinedShare: expect.closeTo(2 / 19, 12) as number,
    });
  });

  it("leaves a resample out where any run of several is not defined", () => {
    const resamples = range(1, 81).map((value) => Float64Array.of(0, value, value === 80 ? NaN : value));
    const found = judgeDifference({ observed: Float64Array.of(0, 40, 40), resamples }, [[0], [1, 2]], rng);
    expect(found.undefinedShare).toBeCloseTo(1 / 80, 12);
    expect(found.interval[0]).toBeGreaterThan(0);
    expect(found.interval[1]).toBeLessThan(80);
  });
});

it("draws a class's pictures but one, each for as much as makes up for it, and a single one as it is", () => {
  const seen: number[][] = [];
  const strata = [Int32Array.of(0, 1, 2), Int32Array.of(3)];
  finish(resamplePictures([(weights) => seen.push([...weights])], { strata, resamples: 50, rng }));
  const [once, ...drawn] = seen;
  expect(once).toEqual([1, 1, 1, 1]);
  expect(drawn).toHaveLength(50);
  for (const [a, b, c, single] of drawn as [number, number, number, number][]) {
    expect(a + b + c).toBe(3);
    // Two of three are drawn, of 3 / 2 each.
    expect([0, 1.5, 3]).toContain(a);
    expect(single).toBe(1);
  }
});
