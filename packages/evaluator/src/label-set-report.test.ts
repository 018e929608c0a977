import type { Predictions } from "@convkit/schema";
import { describe, expect, it } from "vitest";
import { averagePrecision } from "./average-precision.js";
import { evaluate } from "./evaluate.js";
import { renderHtml } from "./report/render-html.js";
import { renderMarkdown } from "./report/render-markdown.js";

function predictions(sets: number[][], rows: number[][], more: Partial<Predictions> = {}): Predictions {
  return {
    split: "test",
    classNames: ["Mass", "Hernia", "Nodule"].slice(0, rows[0]!.length),
    ids: rows.map((_, row) => `picture ${row}`),
    labels: Int32Array.from(rows, () => -1),
    labelSets: Uint8Array.from(sets.flat()),
    probabilities: Float32Array.from(rows.flat()),
    ...more,
  };
}

describe("average precision", () => {
  it("is scikit-learn's", () => {
    // The example of its documentation: 0.8 and 0.35 have the label, at precisions of 1 and 2/3.
    expect(averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])).toBeCloseTo(0.8333333, 6);
    expect(averagePrecision([1, 1, 0, 0], [0.7, 0.4, 0.05, 0.1])).toBe(1);
    // Found at ranks 2 and 5.
    expect(averagePrecision([0, 1, 0, 0, 1], [0.9, 0.8, 0.7, 0.6, 0.5])).toBeCloseTo((1 / 2 + 2 / 5) / 2, 12);
  });

  it("takes pictures of one score together", () => {
    // All three at one threshold: recall from 0 to 1 at a precision of 1/3, wherever the picture stands.
    expect(averagePrecision([1, 0, 0], [0.5, 0.5, 0.5])).toBeCloseTo(1 / 3, 12);
    expect(averagePrecision([0, 0, 1], [0.5, 0.5, 0.5])).toBeCloseTo(1 / 3, 12);
  });

  it("is not known without a picture that has the label", () => {
    expect(averagePrecision([0, 0], [0.5, 0.1])).toBeNaN();
    expect(averagePrecision([], [])).toBeNaN();
  });
});

describe("label sets", () => {
  // Mass: said of 0, 1 and 3, has 0 and 2. Hernia: never said, has 1. Nodule: neither.
  const report = evaluate(
    predictions(
      [
        [1, 0, 0],
        [0, 1, 0],
        [1, 0, 0],
        [0, 0, 0],
      ],
      [
        [0.875, 0.25, 0.125],
        [0.75, 0.375, 0.25],
        [0.25, 0.125, 0.25],
        [0.5, 0.0625, 0.125],
      ],
    ),
    { bootstrap: false },
  );

  it("are judged label by label, at 0.5", () => {
    expect(report.perClass).toEqual([
      // Ranked: 0 (has), 1, 3, 2 (has).
      {
        className: "Mass",
        support: 2,
        precision: 1 / 3,
        recall: 1 / 2,
        f1: 2 / 5,
        averagePrecision: 3 / 4,
        // Of four pairs, the two with picture 0 are in order.
        rocAuc: 2 / 4,
      },
      { className: "Hernia", support: 1, precision: 0, recall: 0, f1: 0, averagePrecision: 1, rocAuc: 1 },
      {
        className: "Nodule",
        support: 0,
        precision: 0,
        recall: 0,
        f1: 0,
        averagePrecision: Number.NaN,
        rocAuc: Number.NaN,
      },
    ]);
    // 12 labels: wrong are Mass of 1, 2 and 3, and Hernia of 1.
    expect(report.accuracy).toBeCloseTo(8 / 12, 12);
    expect(report.testCount).toBe(4);
  });

  it("have means over the labels that pictures have", () => {
    expect(report.meanAveragePrecision).toBeCloseTo((3 / 4 + 1) / 2, 12);
    expect(report.macroAverage.f1).toBeCloseTo((2 / 5 + 0) / 2, 12);
    expect(report.macroAverage.precision).toBeCloseTo(1 / 6, 12);
    expect(report.weightedAverage.f1).toBeCloseTo((2 * (2 / 5)) / 3, 12);
  });

  it("have, over all decisions together, precision, recall and F1, and the mean squared error", () => {
    // Said 4 times, once rightly, of 3 that are there.
    expect(report.microAverage).toEqual({ precision: 1 / 3, recall: 1 / 3, f1: 1 / 3 });
    const errors = [0.125, 0.25, 0.125, 0.75, 0.625, 0.25, 0.75, 0.125, 0.25, 0.5, 0.0625, 0.125];
    expect(report.brierScore).toBeCloseTo(errors.reduce((sum, error) => sum + error ** 2, 0) / 12, 12);
  });

  it("have binary cross-entropy as loss, bounded where a probability is 0 or 1", () => {
    const one = evaluate(predictions([[1, 0]], [[0.25, 0.5]]));
    expect(one.loss).toBeCloseTo(-(Math.log(0.25) + Math.log(0.5)) / 2, 6);
    const sure = evaluate(predictions([[1, 0]], [[0, 1]]));
    expect(sure.loss).toBeCloseTo(-Math.log(1e-7), 6);
  });

  it("need no rows that sum to 1, but probabilities", () => {
    expect(() => evaluate(predictions([[1, 0]], [[1, 1]]))).not.toThrow();
    for (const wrong of [Number.NaN, -0.5, 2]) {
      expect(() => evaluate(predictions([[1, 0]], [[1, wrong]]))).toThrow(/from 0 to 1 for each label/);
    }
    expect(() => evaluate(predictions([[1, 0]], [[1, 1]], { labelSets: Uint8Array.of(1) }))).toThrow(
      /Expected a set of labels/,
    );
  });

  it("are reported by label, without a confusion matrix", () => {
    const markdown = renderMarkdown(report);
    expect(markdown).toContain("| Mean average precision | 87.50");
    expect(markdown).toContain("## Per label");
    expect(markdown).toMatch(/\| Mass \| 2 \| 33\.3.*\| 75\.0/);
    const html = renderHtml({ report });
    expect(html).toContain("Average precision</th>");
    for (const page of [markdown, html]) expect(page).not.toMatch(/>Confusion|## Confusion|Worst mistakes/);
    expect(html).not.toContain("Pictures without a label are left out");
  });
});
