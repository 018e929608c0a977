import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reduceSeries } from "./reduce-series.js";

const number = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
const anyNumber = fc.oneof(
  { weight: 8, arbitrary: number },
  fc.constantFrom(NaN, Infinity, -Infinity),
  fc.constantFrom(0, -0, 1),
);
const limit = fc.integer({ min: 5, max: 400 });

// −0 and 0 are one place on an axis: plus 0, both are 0.
const lowest = (values: readonly number[]) => Math.min(...values.filter(Number.isFinite)) + 0;
const highest = (values: readonly number[]) => Math.max(...values.filter(Number.isFinite)) + 0;

describe("reduceSeries", () => {
  it("keeps the lowest and highest point of every bucket, by hand", () => {
    const values = [0, 5, 1, 9, 3, -2, 4, 4, 4, 7];
    // Limit 6: first, last, and two buckets of four: [5, 1, 9, 3] and [-2, 4, 4, 4].
    expect([...reduceSeries(values, 6)]).toEqual([0, 2, 3, 5, 6, 9]);
  });

  it("leaves a series that is short enough as it is", () => {
    expect([...reduceSeries([3, NaN, 1], 5)]).toEqual([0, 1, 2]);
    expect([...reduceSeries([], 5)]).toEqual([]);
  });

  it("shows that a series is not a number everywhere", () => {
    const kept = reduceSeries(new Float64Array(1000).fill(NaN), 20);
    expect(kept.length).toBeLessThanOrEqual(20);
    expect(kept.length).toBeGreaterThanOrEqual(8);
  });

  it("never exceeds the limit, ascends, and keeps both ends", () => {
    fc.assert(
      fc.property(fc.array(anyNumber, { minLength: 1, maxLength: 3000 }), limit, (values, most) => {
        const kept = [...reduceSeries(values, most)];
        expect(kept.length).toBeLessThanOrEqual(most);
        expect(kept.every((index, at) => at === 0 || index > kept[at - 1]!)).toBe(true);
        expect(kept[0]).toBe(0);
        expect(kept.at(-1)).toBe(values.length - 1);
      }),
      { numRuns: 500 },
    );
  });

  it("hides no spike: of every bucket, and of the whole, the lowest and the highest point stay", () => {
    fc.assert(
      fc.property(fc.array(anyNumber, { minLength: 1, maxLength: 2000 }), limit, (values, most) => {
        const kept = new Set(reduceSeries(values, most));
        const perBucket = values.every(Number.isFinite) ? 2 : 3;
        const buckets = Math.max(1, Math.floor((most - 2) / perBucket));
        const size = Math.ceil(Math.max(0, values.length - 2) / buckets);
        if (values.length <= most) return;
        for (let bucket = 0; bucket < buckets; bucket += 1) {
          const start = 1 + Math.floor((bucket * (values.length - 2)) / buckets);
          const end = 1 + Math.floor(((bucket + 1) * (values.length - 2)) / buckets);
          expect(end - start).toBeLessThanOrEqual(size);
          const all = values.slice(start, end);
          const shown = all.filter((_, index) => kept.has(start + index));
          expect(lowest(shown)).toBe(lowest(all));
          expect(highest(shown)).toBe(highest(all));
          expect(shown.some((value) => !Number.isFinite(value))).toBe(
            all.some((value) => !Number.isFinite(value)),
          );
        }
        expect(lowest(values.filter((_, index) => kept.has(index)))).toBe(lowest(values));
        expect(highest(values.filter((_, index) => kept.has(index)))).toBe(highest(values));
      }),
      { numRuns: 500 },
    );
  });

  it("shows a spike of one step among a hundred thousand, wherever it is", () => {
    fc.assert(
      fc.property(fc.nat(99_999), fc.constantFrom(1, -1), (at, spike) => {
        const values = new Float64Array(100_000);
        values[at] = spike;
        expect([...reduceSeries(values, 200)]).toContain(at);
      }),
      { numRuns: 50 },
    );
  });
});
