import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochTicks, niceTicks, tickLabels } from "./axis-ticks.js";

describe("ticks of a value", () => {
  it.each([
    [0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0.24, 1.09, [0.2, 0.4, 0.6, 0.8, 1, 1.2]],
    [0.66, 0.93, [0.6, 0.7, 0.8, 0.9, 1]],
    [-3, 12, [-5, 0, 5, 10, 15]],
  ])("from %d to %d", (low, high, ticks) => {
    expect(niceTicks(low, high, 5)).toEqual(ticks);
  });

  it("widen around a single value, 0 included", () => {
    expect(niceTicks(0.5, 0.5, 5)).toEqual([0.44, 0.46, 0.48, 0.5, 0.52, 0.54, 0.56]);
    const around0 = niceTicks(0, 0, 5);
    expect(around0[0]).toBeLessThan(0);
    expect(around0.at(-1)).toBeGreaterThan(0);
  });

  it("rise, hold the range and stay few", () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        fc.pre(high - low > 1e-6 * Math.max(Math.abs(low), Math.abs(high), 1e-3));
        const ticks = niceTicks(low, high, 5);
        const slack = (high - low) * 1e-6;
        expect(ticks[0]).toBeLessThanOrEqual(low + slack);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(high - slack);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(8);
        expect(ticks.every((tick, index) => index === 0 || tick > ticks[index - 1]!)).toBe(true);
      }),
    );
  });

  it("are labelled with the same decimals", () => {
    expect(tickLabels([0.2, 0.4, 1])).toEqual(["0.2", "0.4", "1.0"]);
    expect(tickLabels([0.07, 0.08].map((tick) => tick * 100))).toEqual(["7", "8"]);
    expect(tickLabels([0, 2e6])).toEqual(["0", "2.0e+6"]);
  });
});

describe("ticks of epochs", () => {
  it.each([
    [1, 1, [1]],
    [1, 4, [1, 2, 3, 4]],
    [1, 12, [2, 4, 6, 8, 10, 12]],
    [1, 60, [10, 20, 30, 40, 50, 60]],
    [11, 14, [11, 12, 13, 14]],
  ])("from %d to %d", (first, last, ticks) => {
    expect(epochTicks(first, last, 8)).toEqual(ticks);
  });
});
