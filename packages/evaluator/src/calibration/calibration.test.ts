import type { Predictions } from "@convkit/schema";
import { expect, it } from "vitest";
import { calibrationOf } from "./calibration.js";

function predictions(labels: number[], rows: number[][], labelSets?: number[]): Predictions {
  return {
    split: "test",
    classNames: rows[0]!.map((_, k) => `class ${k}`),
    ids: labels.map((_, row) => `picture ${row}`),
    labels: Int32Array.from(labels),
    ...(labelSets && { labelSets: Uint8Array.from(labelSets) }),
    probabilities: Float32Array.from(rows.flat()),
  };
}

it("compares what was said with what was right, bin by bin", () => {
  // At 0.75: one right, one wrong, a gap of 1/4. At 1: both right. At 0.5: one wrong, a gap of 1/2.
  const { ece, mce, bins } = calibrationOf(
    predictions(
      [0, 1, 0, 1, 1, -1],
      [
        [0.75, 0.25],
        [0.75, 0.25],
        [1, 0],
        [0, 1],
        [0.5, 0.5],
        [0.875, 0.125],
      ],
    ),
  );
  expect(ece).toBeCloseTo((2 / 5) * (1 / 4) + (1 / 5) * (1 / 2), 12);
  expect(mce).toBe(1 / 2);
  expect(bins).toHaveLength(15);
  expect(bins.filter(({ count }) => count > 0)).toEqual([
    { lower: 7 / 15, upper: 8 / 15, count: 1, confidence: 0.5, accuracy: 0 },
    { lower: 11 / 15, upper: 12 / 15, count: 2, confidence: 0.75, accuracy: 0.5 },
    { lower: 14 / 15, upper: 1, count: 2, confidence: 1, accuracy: 1 },
  ]);
  expect(bins[0]).toEqual({ lower: 0, upper: 1 / 15, count: 0, confidence: NaN, accuracy: NaN });
});

it("asks of label sets how often a label of that probability is there", () => {
  const { ece, bins } = calibrationOf(
    predictions(
      [-1, -1],
      [
        [0.25, 0],
        [0.25, 0],
      ],
      [1, 0, 0, 0],
    ),
  );
  expect(bins[0]).toMatchObject({ count: 2, confidence: 0, accuracy: 0 });
  expect(bins[3]).toMatchObject({ count: 2, confidence: 0.25, accuracy: 0.5 });
  expect(ece).toBe((2 / 4) * (1 / 4));
});

it("puts equally many pictures in a bin, whatever their order, equal confidences together", () => {
  const confident = Array.from({ length: 28 }, (_, i) => 0.796875 - i / 1024);
  const rows = [...confident, 0.5, 0.5].map((p) => [p, 1 - p]);
  const labels = rows.map((_, i) => Number(i % 4 < 2));
  const { eceEqualMass, ece } = calibrationOf(predictions(labels, rows));
  // Two pictures a bin, and the two of 0.5 last.
  let expected = 0;
  for (let i = 0; i < 30; i += 2) {
    const confidence = (rows[i]![0]! + rows[i + 1]![0]!) / 2;
    const accuracy = (2 - labels[i]! - labels[i + 1]!) / 2;
    expected += (2 / 30) * Math.abs(accuracy - confidence);
  }
  expect(eceEqualMass).toBeCloseTo(expected, 6);
  // Of equal width, 28 of them share one bin, where right and wrong pairs make up for each other.
  expect(eceEqualMass - ece).toBeGreaterThan(0.1);
  const reversed = calibrationOf(predictions([...labels].reverse(), [...rows].reverse()));
  expect(reversed.eceEqualMass).toBeCloseTo(eceEqualMass, 12);
});

it("is not known without a labelled picture", () => {
  const { ece, eceEqualMass, mce } = calibrationOf(predictions([-1], [[0.5, 0.5]]));
  expect([ece, eceEqualMass, mce]).toEqual([NaN, NaN, NaN]);
});
