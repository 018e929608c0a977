import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { around, logTicks, niceTicks, scaleOver } from "./scale.js";

describe("niceTicks", () => {
  test.each([
    [0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0, 12_000, 6, [0, 2000, 4000, 6000, 8000, 10_000, 12_000]],
    [-0.3, 0.3, 3, [-0.2, 0, 0.2]],
    [0.3, 0.1, 2, [0.1, 0.2, 0.3]],
    [5, 5, 4, [5]],
    [NaN, 1, 4, []],
    [0, Infinity, 4, []],
  ])("from %s to %s, about %s", (min, max, count, ticks) => {
    expect(niceTicks(min, max, count)).toEqual(ticks);
  });

  test("lie inside, ascend, and are about as many as asked for", () => {
    const finite = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(
        finite,
        fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
        fc.integer({ min: 2, max: 12 }),
        (min, span, count) => {
          const max = min + span;
          fc.pre(max - min > Math.abs(min) * 1e-6);
          const ticks = niceTicks(min, max, count);
          expect(ticks.length).toBeLessThanOrEqual(count + 2);
          for (const [index, tick] of ticks.entries()) {
            expect(tick).toBeGreaterThanOrEqual(min - span * 1e-6);
            expect(tick).toBeLessThanOrEqual(max + span * 1e-6);
            if (index > 0) expect(tick).toBeGreaterThan(ticks[index - 1] ?? NaN);
          }
        },
      ),
    );
  });
});

test.each([
  [1e-4, 1, [0.0001, 0.001, 0.01, 0.1, 1]],
  [0.01, 1, [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]],
  [1, 2, [1, 1.2, 1.4, 1.6, 1.8, 2]],
  [0, 1, []],
  [3, 3, [3]],
])("logTicks from %s to %s", (min, max, ticks) => expect(logTicks(min, max)).toEqual(ticks));

test("around a constant there is room on both sides", () => {
  expect(around(0, "linear")).toEqual([-1, 1]);
  expect(around(8, "log")).toEqual([4, 16]);
});

describe("scaleOver", () => {
  test("maps ends to 0 and 1, on a log axis ratios to distances", () => {
    const linear = scaleOver([2, 4, NaN, 10], "linear");
    expect([2, 6, 10].map(linear.toUnit)).toEqual([0, 0.5, 1]);
    const log = scaleOver([0.001, 0.1, -5, 0], "log");
    expect(log.toUnit(0.01)).toBeCloseTo(0.5);
    expect(log.toUnit(0)).toBeNull();
    expect(log.toUnit(NaN)).toBeNull();
  });

  test("puts a constant in the middle, and stands without values", () => {
    expect(scaleOver([7], "linear").toUnit(7)).toBe(0.5);
    expect(scaleOver([7], "log").toUnit(7)).toBeCloseTo(0.5);
    expect(scaleOver([], "linear").domain).toEqual([0, 1]);
  });

  test("holds values whose logarithms are the same number", () => {
    const scale = scaleOver([1.0000000000000014e-6, 1.0000000000000016e-6], "log");
    expect(scale.toUnit(1.0000000000000014e-6)).toBeCloseTo(0.5);
  });

  test("goes there and back", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 2 }),
        fc.constantFrom("linear" as const, "log" as const),
        (values, kind) => {
          const scale = scaleOver(values, kind);
          for (const value of values) {
            const back = scale.fromUnit(scale.toUnit(value) ?? NaN);
            expect(Math.abs(back - value)).toBeLessThanOrEqual(scale.domain[1] * 1e-9);
          }
        },
      ),
    );
  });
});
