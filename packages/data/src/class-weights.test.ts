import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classWeights } from "./class-weights.js";

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const expectClose = (received: readonly number[], expected: readonly number[]) =>
  received.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 12));

describe("balanced", () => {
  it("weighs by 1 / count", () => {
    // 1/30 : 1/10 : 1/15 = 2 : 6 : 4, of a sum of 3.
    expectClose(classWeights([30, 10, 15], { method: "balanced" }), [0.5, 1.5, 1]);
  });
});

describe("effective-number", () => {
  it("weighs by (1 − β) / (1 − βⁿ)", () => {
    // β = ½: E(1) = 1, E(2) = 1.5, E(3) = 1.75; weights 1, 2/3, 4/7 of a sum of 47/21.
    const expected = [63 / 47, 42 / 47, 36 / 47];
    expectClose(classWeights([1, 2, 3], { method: "effective-number", beta: 0.5 }), expected);
  });

  it("weighs all alike at β = 0, and as balanced where β nears 1", () => {
    expect(classWeights([1, 50, 1000], { method: "effective-number", beta: 0 })).toEqual([1, 1, 1]);
    const counts = [3, 40, 7];
    const near = classWeights(counts, { method: "effective-number", beta: 1 - 1e-8 });
    classWeights(counts, { method: "balanced" }).forEach((value, i) => expect(near[i]).toBeCloseTo(value, 5));
  });

  it.each([-0.1, 1, Number.NaN])("refuses a β of %f", (beta) => {
    expect(() => classWeights([1], { method: "effective-number", beta })).toThrow(/from 0 to below 1/);
  });
});

it.each(["balanced", "effective-number"] as const)(
  "%s sums to the number of classes, weighs rarer classes no less, and what is not there not at all",
  (method) => {
    expect(classWeights([0, 0], { method })).toEqual([0, 0]);
    const counts = fc.array(fc.nat(1e6), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        counts.filter((each) => each.some((count) => count > 0)),
        (perClass) => {
          const weights = classWeights(perClass, { method });
          expect(sumOf(weights)).toBeCloseTo(perClass.length, 9);
          perClass.forEach((count, i) => {
            expect(weights[i]! > 0).toBe(count > 0);
            perClass.forEach((other, j) => {
              if (count > 0 && count < other) expect(weights[i]).toBeGreaterThanOrEqual(weights[j]!);
            });
          });
        },
      ),
    );
  },
);
