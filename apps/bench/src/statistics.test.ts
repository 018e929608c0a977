import { describe, expect, it } from "vitest";
import { quantile, ratioSpread, spreadOf } from "./statistics.js";

describe("quantile", () => {
  it("is linear between the two nearest values", () => {
    // NumPy: quantile([1, 2, 3, 10], [0, 0.25, 0.5, 0.75, 1]) = [1, 1.75, 2.5, 4.75, 10]
    const values = [10, 1, 3, 2];
    expect([0, 0.25, 0.5, 0.75, 1].map((fraction) => quantile(values, fraction))).toEqual([
      1, 1.75, 2.5, 4.75, 10,
    ]);
    expect(values).toEqual([10, 1, 3, 2]);
  });

  it("sorts as numbers", () => {
    expect(quantile([9, 100, 80], 0.5)).toBe(80);
  });

  it("has nothing to say of no values", () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});

describe("spreadOf", () => {
  it("gives median and quartiles", () => {
    expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ median: 3, lowerQuartile: 2, upperQuartile: 4, rounds: 5 });
  });

  it("of one value is that value", () => {
    expect(spreadOf([7])).toEqual({ median: 7, lowerQuartile: 7, upperQuartile: 7, rounds: 1 });
  });
});

describe("ratioSpread", () => {
  it("divides round by round, before it takes the median", () => {
    // 10/5, 30/10, 2/2: the ratio of the medians would be 10/5 = 2 for another reason.
    expect(ratioSpread([10, 30, 2], [5, 10, 2])).toEqual({
      median: 2,
      lowerQuartile: 1.5,
      upperQuartile: 2.5,
      rounds: 3,
    });
  });

  it("leaves out rounds that a slow peer sat out", () => {
    expect(ratioSpread([8, 6, 100], [4, 2])).toEqual({
      median: 2.5,
      lowerQuartile: 2.25,
      upperQuartile: 2.75,
      rounds: 2,
    });
  });
});
