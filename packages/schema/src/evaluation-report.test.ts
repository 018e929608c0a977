import { describe, expect, it } from "vitest";
import { EvaluationReport } from "./evaluation-report.js";
import { stringifyWithSpelledNumbers } from "./finite.js";
import { ModelCard } from "./model-card.js";

describe("numbers that may be NaN", () => {
  it("survive in an evaluation report without a labelled picture", () => {
    const average = { precision: NaN, recall: NaN, f1: NaN };
    const report: EvaluationReport = {
      formatVersion: 1,
      split: "test",
      testCount: 0,
      accuracy: NaN,
      topK: { "1": NaN },
      loss: Infinity,
      classNames: ["cat"],
      perClass: [{ className: "cat", support: 0, precision: 0, recall: 0, f1: 0 }],
      macroAverage: average,
      weightedAverage: average,
      confusionMatrix: [[0]],
      worstMistakes: [],
    };
    expect(EvaluationReport.parse(JSON.parse(stringifyWithSpelledNumbers(report)))).toEqual(report);
  });

  it("survive in a model card", () => {
    const card: ModelCard = {
      formatVersion: 1,
      name: "simple-cnn",
      classNames: ["cat", "dog"],
      inputShape: [28, 28, 1],
      preprocessing: [{ name: "Normalize", mean: [0.5], std: [0.5] }],
      output: "logits",
      parameters: 10,
      metrics: { val_accuracy: 0.5, val_loss: NaN },
    };
    expect(ModelCard.parse(JSON.parse(stringifyWithSpelledNumbers(card)))).toEqual(card);
  });
});
