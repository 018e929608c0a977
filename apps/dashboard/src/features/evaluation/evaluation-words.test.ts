import { expect, test } from "vitest";
import { confusedPairs } from "./confused-pairs";
import { formatDifference, formatInterval, formatPValue, formatShare } from "./format-figures";
import { leastArea } from "./least-area";
import { propertyWords, sliceVerdict } from "./slice-words";

test("pairs are what is taken for what, the most frequent first, without right answers and without none", () => {
  const matrix = [
    [90, 2, 8],
    [2, 97, 1],
    [0, 0, 100],
  ];
  expect(confusedPairs(matrix, 3)).toEqual([
    { label: 0, prediction: 2, count: 8 },
    { label: 0, prediction: 1, count: 2 },
    { label: 1, prediction: 0, count: 2 },
  ]);
  expect(confusedPairs(matrix, 10)).toHaveLength(4);
  expect(confusedPairs([[5]], 10)).toEqual([]);
});

test("the class that is looked at first is the one that is ranked worst; one without pictures has no area", () => {
  const areas = [
    { averagePrecision: 0.9, rocAuc: 0.1 },
    { averagePrecision: NaN },
    { averagePrecision: 0.5, rocAuc: 0.9 },
  ];
  expect(leastArea(areas)).toBe(2);
  expect(leastArea([{ rocAuc: 0.9 }, { rocAuc: 0.8 }])).toBe(1);
  expect(leastArea([{}, {}])).toBe(0);
});

test("a group differs only where chance does not explain it", () => {
  expect(sliceVerdict({ difference: -0.1, pValue: 0.049 })).toBe("worse");
  expect(sliceVerdict({ difference: 0.1, pValue: 0.001 })).toBe("better");
  expect(sliceVerdict({ difference: -0.5, pValue: 0.05 })).toBe("");
  expect(sliceVerdict({ difference: -0.5, pValue: NaN })).toBe("");
});

test("measured properties have words, a manifest's columns keep their names", () => {
  expect(propertyWords("aspect")).toBe("Width ÷ height");
  expect(propertyWords("scanner")).toBe("scanner");
  expect(propertyWords("constructor")).toBe("constructor");
});

test.each([
  [-0.0312, "−3.1 points"],
  [0.0208, "+2.1 points"],
  [-0.0004, "0.0 points"],
  [NaN, "–"],
])("a difference of %s is %s", (difference, text) => expect(formatDifference(difference)).toBe(text));

test("figures that are no numbers are said to be none", () => {
  expect([formatShare(0.02134), formatShare(0.5, 1), formatShare(NaN)]).toEqual(["2.13%", "50.0%", "–"]);
  expect([formatPValue(0.0312), formatPValue(0.0009), formatPValue(NaN)]).toEqual(["0.031", "< 0.001", "–"]);
  const four = (value: number) => value.toFixed(4);
  expect(formatInterval([0.91234, 0.9345], four)).toBe("0.9123 to 0.9345");
  expect(formatInterval([NaN, 1], four)).toBeNull();
  expect(formatInterval(undefined, four)).toBeNull();
});
