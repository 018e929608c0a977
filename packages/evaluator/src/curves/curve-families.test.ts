import { stringifyWithSpelledNumbers, type Predictions } from "@convkit/schema";
import { Rng } from "@convkit/random";
import { describe, expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import { curveFamilies } from "./curve-families.js";

function predictions(labels: number[], rows: number[][]): Predictions {
  return {
    split: "test",
    classNames: rows[0]!.map((_, k) => `class ${k}`),
    ids: labels.map((_, row) => `picture ${row}`),
    labels: Int32Array.from(labels),
    probabilities: Float32Array.from(rows.flat()),
  };
}

function randomPredictions(count: number, classCount: number): Predictions {
  const rng = Rng.fromSeed(0);
  return predictions(
    Array.from({ length: count }, (_, row) => row % classCount),
    Array.from({ length: count }, (_, row) => {
      const weights = Array.from({ length: classCount }, (_, k) =>
        Math.exp(2 * rng.normal() + (k === row % classCount ? 2 : 0)),
      );
      const sum = weights.reduce((a, b) => a + b);
      return weights.map((weight) => weight / sum);
    }),
  );
}

describe("by hand", () => {
  // Class 0 ranks hit, miss, hit, miss; class 1 the same pictures from the other end; class 2 is nowhere.
  const { roc, precisionRecall, perClass } = curveFamilies(
    predictions(
      [0, 1, 0, 1],
      [
        [0.875, 0.125, 0],
        [0.75, 0.25, 0],
        [0.5, 0.5, 0],
        [0.25, 0.75, 0],
      ],
    ),
  )!;

  it("draws each class against the others", () => {
    expect(roc.classes[0]).toEqual({ x: [0, 0, 0.5, 0.5, 1], y: [0, 0.5, 0.5, 1, 1] });
    expect(precisionRecall.classes[0]).toEqual({
      x: [0, 0.5, 0.5, 1, 1],
      y: [1, 1, 0.5, 0.66667, 0.5],
    });
    expect(perClass[0]).toEqual({ rocAuc: 3 / 4, averagePrecision: (1 + 2 / 3) / 2 });
  });

  it("leaves a class without pictures out of the means, and has nothing to draw of it", () => {
    expect(perClass[2]).toEqual({ rocAuc: NaN, averagePrecision: NaN });
    expect([roc.classes[2], precisionRecall.classes[2]]).toEqual([
      { x: [], y: [] },
      { x: [], y: [] },
    ]);
    expect(roc.macroArea).toBe((perClass[0]!.rocAuc + perClass[1]!.rocAuc) / 2);
    expect(precisionRecall.macroArea).toBe(
      (perClass[0]!.averagePrecision + perClass[1]!.averagePrecision) / 2,
    );
  });

  it("means the rates at each false positive rate, the precisions at each recall", () => {
    // Both classes have the same curves.
    expect(roc.macro).toEqual({ x: [0, 0, 0.49, 0.5, 1], y: [0, 0.5, 0.5, 1, 1] });
    // First reached: recalls up to 0.5 at a precision of 1, up to 1 at 2/3.
    expect(precisionRecall.macro).toEqual({ x: [0, 0.5, 0.51, 1], y: [1, 1, 0.66667, 0.66667] });
  });

  it("puts all decisions together", () => {
    // Hits at 0.875, 0.75, 0.5 and 0.25; misses at 0.75, 0.5, 0.25, 0.125 and four at 0. Pairs in order, equal ones half:
    expect(roc.microArea).toBe((8 + 7.5 + 6.5 + 5.5) / 32);
    // Precisions at each threshold that finds more.
    expect(precisionRecall.microArea).toBeCloseTo((1 + 2 / 3 + 3 / 5 + 4 / 7) / 4, 12);
  });
});

describe("in a report", () => {
  it("the mean curve has the mean area", () => {
    const { roc } = curveFamilies(randomPredictions(2000, 5))!;
    const { x, y } = roc.macro!;
    let area = 0;
    for (let i = 1; i < x.length; i++) area += ((x[i]! - x[i - 1]!) * (y[i]! + y[i - 1]!)) / 2;
    expect(area).toBeCloseTo(roc.macroArea, 2);
  });

  it("100 classes stay below a megabyte; more have areas, and curves of all together", () => {
    const hundred = evaluate(randomPredictions(1000, 100));
    expect(stringifyWithSpelledNumbers(hundred, 2).length).toBeLessThan(1_000_000);
    expect(hundred.roc!.classes).toHaveLength(100);
    expect(Object.keys(hundred.perClass[7]!.intervals!)).toContain("rocAuc");
    const more = evaluate(randomPredictions(404, 101));
    expect([more.roc!.classes, more.precisionRecall!.classes]).toEqual([[], []]);
    expect(more.perClass[100]!.rocAuc).toBeGreaterThan(0.5);
    expect(more.roc!.micro.x.length).toBeGreaterThan(50);
  });
});
