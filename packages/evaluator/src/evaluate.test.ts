import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EvaluationReport, stringifyWithSpelledNumbers, type Predictions } from "@convkit/schema";
import { InvalidPredictionsError } from "./check-predictions.js";
import { evaluate } from "./evaluate.js";
import scikitLearn from "./fixtures/scikit-learn.json" with { type: "json" };

function predictions(labels: number[], rows: number[][], classNames?: string[]): Predictions {
  return {
    split: "test",
    classNames: classNames ?? rows[0]!.map((_, k) => `class ${k}`),
    ids: labels.map((_, row) => `picture ${row}`),
    labels: Int32Array.from(labels),
    probabilities: Float32Array.from(rows.flat()),
  };
}

describe("by hand", () => {
  // Predicted 0, 1, 1, 2, 0: pictures 0, 1 and 3 are right, 2 and 4 are taken for 1 and 0.
  const report = evaluate(
    predictions(
      [0, 1, 0, 2, 2],
      [
        [0.5, 0.25, 0.25],
        [0.25, 0.5, 0.25],
        [0.25, 0.625, 0.125],
        [0.125, 0.125, 0.75],
        [0.875, 0.125, 0],
      ],
      ["cat", "dog", "eel"],
    ),
    { topK: [1, 2], bootstrap: false },
  );

  it("counts", () => {
    expect(report.testCount).toBe(5);
    expect(report.accuracy).toBe(3 / 5);
    // The label of picture 4 is last, that of picture 2 second.
    expect(report.topK).toEqual({ "1": 3 / 5, "2": 4 / 5 });
    expect(report.confusionMatrix).toEqual([
      [1, 1, 0],
      [0, 1, 0],
      [1, 0, 1],
    ]);
  });

  it("takes the mean of −ln p, a probability of 0 counted as 1e-15", () => {
    const expected = -(Math.log(0.5) + Math.log(0.5) + Math.log(0.25) + Math.log(0.75) + Math.log(1e-15)) / 5;
    expect(report.loss).toBeCloseTo(expected, 12);
  });

  // Cats score 1/2 and 1/4, the others 1/4, 1/8 and 7/8: of six pairs 3 1/2 are in order, the equal ones counted half.
  // The dog scores 1/2, the others 1/4, 5/8, 1/8, 1/8. Eels score 3/4 and 0, the others 1/4, 1/4 and 1/8.
  const ranking = [
    { rocAuc: 3.5 / 6, averagePrecision: (1 / 2 + 2 / 4) / 2 },
    { rocAuc: 3 / 4, averagePrecision: 1 / 2 },
    { rocAuc: 3 / 6, averagePrecision: (1 + 2 / 5) / 2 },
  ];

  it("judges each class", () => {
    expect(report.perClass).toEqual([
      { className: "cat", support: 2, precision: 1 / 2, recall: 1 / 2, f1: 1 / 2, ...ranking[0] },
      { className: "dog", support: 1, precision: 1 / 2, recall: 1, f1: 2 / 3, ...ranking[1] },
      { className: "eel", support: 2, precision: 1, recall: 1 / 2, f1: 2 / 3, ...ranking[2] },
    ]);
    expect(report.macroAverage.precision).toBeCloseTo((1 / 2 + 1 / 2 + 1) / 3, 12);
    expect(report.macroAverage.f1).toBeCloseTo((1 / 2 + 2 / 3 + 2 / 3) / 3, 12);
    expect(report.weightedAverage.precision).toBeCloseTo((2 * (1 / 2) + 1 / 2 + 2 * 1) / 5, 12);
    expect(report.weightedAverage.recall).toBeCloseTo(report.accuracy, 12);
  });

  it("keeps the most confident mistakes first", () => {
    expect(report.worstMistakes).toEqual([
      { id: "picture 4", label: 2, prediction: 0, probability: 0.875, labelProbability: 0 },
      { id: "picture 2", label: 0, prediction: 1, probability: 0.625, labelProbability: 0.25 },
    ]);
  });
});

describe("conventions", () => {
  it("gives ties to the lower index, in top-k as in accuracy", () => {
    const half = [0.5, 0.5, 0];
    const report = evaluate(predictions([0, 1, 2], [half, half, half]), { topK: [1, 2, 3] });
    expect(report.confusionMatrix.map((row) => row[0])).toEqual([1, 1, 1]);
    expect(report.topK).toEqual({ "1": 1 / 3, "2": 2 / 3, "3": 1 });
  });

  it("orders equal mistakes by the label's probability, then as they came", () => {
    const { worstMistakes } = evaluate(
      predictions(
        [1, 1, 1, 2],
        [
          [0.5, 0.25, 0.25],
          [0.5, 0.125, 0.375],
          [0.5, 0.25, 0.25],
          [0.75, 0.25, 0],
        ],
      ),
      { mistakeCount: 3 },
    );
    expect(worstMistakes.map(({ id }) => id)).toEqual(["picture 3", "picture 1", "picture 0"]);
  });

  it("leaves unlabelled pictures out of every figure", () => {
    const rows = [
      [0.75, 0.25],
      [0.25, 0.75],
      [0.75, 0.25],
    ];
    expect(evaluate(predictions([0, -1, 1], rows))).toEqual({
      ...evaluate(predictions([0, 1], [rows[0]!, rows[2]!])),
      worstMistakes: [
        { id: "picture 2", label: 1, prediction: 0, probability: 0.75, labelProbability: 0.25 },
      ],
      mostUncertain: [
        { id: "picture 0", label: 0, prediction: 0, probability: 0.75, labelProbability: 0.75 },
        { id: "picture 2", label: 1, prediction: 0, probability: 0.75, labelProbability: 0.25 },
      ],
    });
  });

  it("has no fractions without a labelled picture", () => {
    const report = evaluate(predictions([-1], [[0.5, 0.5]]));
    expect(report).toMatchObject({ testCount: 0, accuracy: NaN, loss: NaN, topK: { "1": NaN } });
    expect(report.macroAverage).toEqual({ precision: NaN, recall: NaN, f1: NaN });
    expect(report.weightedAverage).toEqual({ precision: NaN, recall: NaN, f1: NaN });
    expect(report.perClass[0]).toMatchObject({ support: 0, precision: 0, recall: 0, f1: 0 });
  });

  it("has top-5 only where there are more classes", () => {
    const uniform = (classCount: number) => [new Array<number>(classCount).fill(1 / classCount)];
    expect(Object.keys(evaluate(predictions([0], uniform(5))).topK)).toEqual(["1"]);
    expect(Object.keys(evaluate(predictions([0], uniform(6))).topK)).toEqual(["1", "5"]);
  });
});

describe("scikit-learn's figures", () => {
  it.each(scikitLearn.cases)("$name", ({ classCount, labels, probabilities, expected }) => {
    const rows = labels.map((_, row) => probabilities.slice(row * classCount, (row + 1) * classCount));
    const report = evaluate(predictions(labels, rows), { topK: [2], bootstrap: false });
    expect(report.confusionMatrix).toEqual(expected.confusionMatrix);
    const close = (value: number) => (Number.isNaN(value) ? value : (expect.closeTo(value, 10) as number));
    const average = ({ precision, recall, f1 }: typeof expected.macroAverage) => ({
      precision: close(precision),
      recall: close(recall),
      f1: close(f1),
    });
    expect(report.accuracy).toBeCloseTo(expected.accuracy, 10);
    expect(report.topK["2"]).toBeCloseTo(expected.top2, 10);
    // scikit-learn divides each row by its sum again, which float32 has left 1e-7 from 1.
    expect(report.loss).toBeCloseTo(expected.loss, 6);
    expect(report.perClass).toEqual(
      expected.perClass.map(({ support, ...scores }, k) => ({
        className: `class ${k}`,
        support,
        ...average(scores),
        rocAuc: close(expected.ranking[k]!.rocAuc ?? Number.NaN),
        averagePrecision: close(expected.ranking[k]!.averagePrecision ?? Number.NaN),
      })),
    );
    expect(report.macroAverage).toEqual(average(expected.macroAverage));
    expect(report.weightedAverage).toEqual(average(expected.weightedAverage));
  });
});

describe("any predictions", () => {
  const arbitrary = fc.integer({ min: 1, max: 6 }).chain((classCount) =>
    fc.array(
      fc.record({
        label: fc.integer({ min: -1, max: classCount - 1 }),
        row: fc
          .array(fc.integer({ min: 1, max: 4 }), { minLength: classCount, maxLength: classCount })
          .map((weights) => weights.map((weight) => weight / weights.reduce((a, b) => a + b))),
      }),
      { minLength: 1, maxLength: 30 },
    ),
  );

  it("keep what holds between the figures", () => {
    fc.assert(
      fc.property(arbitrary, (pictures) => {
        const report = evaluate(
          predictions(
            pictures.map(({ label }) => label),
            pictures.map(({ row }) => row),
          ),
          { topK: [1, 2, 6], mistakeCount: 100, bootstrap: { resamples: 20, seed: 0 } },
        );
        fc.pre(report.testCount > 0);
        const cells = report.confusionMatrix.flat().reduce((a, b) => a + b);
        const diagonal = report.confusionMatrix.reduce((total, row, k) => total + row[k]!, 0);
        expect(cells).toBe(report.testCount);
        expect(report.accuracy).toBeCloseTo(diagonal / cells, 12);
        expect(report.worstMistakes).toHaveLength(cells - diagonal);
        expect(report.topK["1"]).toBe(report.accuracy);
        expect(report.topK["2"]).toBeGreaterThanOrEqual(report.accuracy);
        expect(report.topK["6"]).toBe(1);
        expect(report.weightedAverage.recall).toBeCloseTo(report.accuracy, 12);
        for (const [name, [low, high]] of Object.entries(report.intervals!.of)) {
          const [first, second] = name.split(".") as [keyof typeof report, string];
          const figure =
            second === undefined ? report[first] : (report[first] as Record<string, number>)[second];
          expect(figure).toBeGreaterThanOrEqual(low - 1e-12);
          expect(figure).toBeLessThanOrEqual(high + 1e-12);
        }
        expect(EvaluationReport.parse(JSON.parse(stringifyWithSpelledNumbers(report)))).toEqual(report);
        for (const { f1, precision, recall } of report.perClass) {
          expect(f1).toBeGreaterThanOrEqual(Math.min(precision, recall) - 1e-12);
          expect(f1).toBeLessThanOrEqual(Math.max(precision, recall) + 1e-12);
        }
      }),
    );
  });
});

describe("refused", () => {
  it.each([
    ["NaN", [0], [[NaN, NaN]], "Received: NaN, NaN for picture 0."],
    [
      "logits",
      [0, 1],
      [
        [0.5, 0.5],
        [-3, 4],
      ],
      "Received: -3, 4 for picture 1. Apply softmax to logits",
    ],
    [
      "a label of another data set",
      [2],
      [[0.5, 0.5]],
      "Expected labels from 0 to 1, or -1 for unknown. Received: 2",
    ],
  ])("%s", (_what, labels, rows, message) => {
    expect(() => evaluate(predictions(labels, rows))).toThrow(InvalidPredictionsError);
    expect(() => evaluate(predictions(labels, rows))).toThrow(message);
  });

  it("parts of different lengths", () => {
    const whole = predictions(
      [0, 1],
      [
        [0.5, 0.5],
        [0.5, 0.5],
      ],
    );
    expect(() => evaluate({ ...whole, ids: ["one"] })).toThrow(
      "Expected one label and 2 probabilities for each of 1 ids. Received: 2 labels, 4 probabilities.",
    );
  });
});
