import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { mcnemar } from "./mcnemar.js";

const { cases } = JSON.parse(readFileSync(new URL("../fixtures/scipy.json", import.meta.url), "utf8")) as {
  cases: { onlyFirst: number; onlySecond: number; pValue: number }[];
};

it.each(cases)("says what scipy says of $onlyFirst and $onlySecond", ({ onlyFirst, onlySecond, pValue }) => {
  // Some that both are right on, and some that neither is.
  const count = onlyFirst + onlySecond + 7;
  const first = Array.from({ length: count }, (_, i) => i < onlyFirst || i >= count - 3);
  const second = Array.from({ length: count }, (_, i) => (i >= onlyFirst && i < count - 7) || i >= count - 3);
  const found = mcnemar(first, second);
  expect(found).toMatchObject({ onlyFirst, onlySecond });
  if (pValue < 1e-300) expect(found.pValue).toBeLessThan(1e-300);
  else expect(found.pValue / pValue).toBeCloseTo(1, 9);
});

it("is the coins' share by hand: five heads of five, either side", () => {
  expect(mcnemar(new Array(5).fill(true), new Array(5).fill(false)).pValue).toBeCloseTo(2 / 32, 12);
});

it("finds nothing in networks that are right on the same pictures", () => {
  expect(mcnemar([true, false], [true, false])).toEqual({ onlyFirst: 0, onlySecond: 0, pValue: 1 });
});
