import type { Predictions } from "@convkit/schema";
import { describe, expect, it } from "vitest";
import { calibrationOf } from "./calibration/calibration.js";
import { fitTemperature } from "./calibration/temperature-scaling.js";
import { confusionMatrix, normaliseConfusionMatrix } from "./confusion-matrix.js";
import { precisionRecallCurve } from "./curves/precision-recall-curve.js";
import { rocCurve } from "./curves/roc-curve.js";
import { evaluate } from "./evaluate.js";
import scikitLearn from "./fixtures/scikit-learn.json" with { type: "json" };

/** Within 1e-9; of null, scikit-learn's undefined, NaN. */
const close = (value: number | null): number =>
  value === null ? Number.NaN : (expect.closeTo(value, 9) as number);

/** The same of every number in a value. */
function closeTo(value: unknown): unknown {
  if (value === null || typeof value === "number") return close(value);
  if (Array.isArray(value)) return value.map(closeTo);
  return Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, closeTo(inner)]));
}

function predictionsOf({
  classCount,
  labels,
  labelSets,
  probabilities,
}: {
  classCount: number;
  labels?: number[];
  labelSets?: number[];
  probabilities: number[];
}): Predictions {
  const count = probabilities.length / classCount;
  return {
    split: "test",
    classNames: Array.from({ length: classCount }, (_, k) => `class ${k}`),
    ids: Array.from({ length: count }, (_, row) => `picture ${row}`),
    labels: labels ? Int32Array.from(labels) : new Int32Array(count).fill(-1),
    ...(labelSets && { labelSets: Uint8Array.from(labelSets) }),
    probabilities: Float32Array.from(probabilities),
  };
}

/** What is said of both kinds of predictions. */
function calibrationAndTemperature(predictions: Predictions) {
  const { ece, eceEqualMass, mce, bins } = calibrationOf(predictions);
  const { value, isAtBound, lossBefore, loss } = fitTemperature(predictions);
  return {
    calibration: {
      ece,
      eceEqualMass,
      mce,
      counts: bins.map(({ count }) => count),
      bins: bins.map(({ count, accuracy, confidence }) => (count === 0 ? null : [accuracy, confidence])),
    },
    temperature: { value, isAtBound, lossBefore, loss },
  };
}

function expectedOf({
  calibration,
  temperature,
}: (typeof scikitLearn.cases)[number]["expected"] | (typeof scikitLearn.labelSets)[number]["expected"]) {
  return {
    calibration: {
      ...calibration,
      ece: close(calibration.ece),
      eceEqualMass: close(calibration.eceEqualMass),
      mce: close(calibration.mce),
      bins: calibration.bins.map((bin) => bin && bin.map(close)),
    },
    temperature: {
      value: close(temperature.value),
      isAtBound: temperature.isAtBound,
      lossBefore: close(temperature.lossBefore),
      loss: close(temperature.loss),
    },
  };
}

describe.each([...scikitLearn.cases, ...scikitLearn.labelSets])("$name", ({ expected, ...given }) => {
  it("has scikit-learn's calibration curve, and scipy's temperature", () => {
    expect(calibrationAndTemperature(predictionsOf(given))).toEqual(expectedOf(expected));
  });
});

describe("one class a picture", () => {
  it.each(scikitLearn.cases)("$name", ({ expected, isExact, ...given }) => {
    const predictions = predictionsOf(given);
    const report = evaluate(predictions, { topK: [2], bootstrap: false });
    expect({
      accuracy: report.accuracy,
      top2: report.topK["2"],
      confusionMatrix: report.confusionMatrix,
      overLabels: normaliseConfusionMatrix(confusionMatrix(predictions), "labels"),
      overPredictions: normaliseConfusionMatrix(confusionMatrix(predictions), "predictions"),
      macroAverage: report.macroAverage,
      microAverage: report.microAverage,
      weightedAverage: report.weightedAverage,
      balancedAccuracy: report.balancedAccuracy,
      cohenKappa: report.cohenKappa,
      matthewsCorrelation: report.matthewsCorrelation,
      brierScore: report.brierScore,
      perClass: report.perClass.map(({ precision, recall, f1, support }) => ({
        precision,
        recall,
        f1,
        support,
      })),
      ranking: report.perClass.map(({ rocAuc, averagePrecision }) => ({ rocAuc, averagePrecision })),
      roc: { microArea: report.roc!.microArea, macroArea: report.roc!.macroArea },
      precisionRecall: {
        microArea: report.precisionRecall!.microArea,
        macroArea: report.precisionRecall!.macroArea,
      },
    }).toEqual({
      accuracy: close(expected.accuracy),
      top2: close(expected.top2),
      confusionMatrix: expected.confusionMatrix,
      overLabels: closeTo(expected.overLabels),
      overPredictions: closeTo(expected.overPredictions),
      macroAverage: closeTo(expected.macroAverage),
      microAverage: closeTo(expected.microAverage),
      weightedAverage: closeTo(expected.weightedAverage),
      balancedAccuracy: close(expected.balancedAccuracy),
      cohenKappa: close(expected.cohenKappa),
      matthewsCorrelation: close(expected.matthewsCorrelation),
      brierScore: close(expected.brierScore),
      perClass: closeTo(expected.perClass),
      ranking: closeTo(expected.ranking),
      roc: closeTo(expected.roc),
      precisionRecall: closeTo(expected.precisionRecall),
    });
    // Where rows do not sum to exactly 1, scikit-learn divides them by their sum first.
    if (isExact) expect(report.loss).toEqual(close(expected.loss));
  });

  it.each(scikitLearn.cases.filter(({ expected }) => expected.curvesOfClass0))(
    "$name: both curves of the first class",
    ({ expected, classCount, labels, probabilities }) => {
      const has = labels.map((label) => Number(label === 0));
      const scores = probabilities.filter((_, i) => i % classCount === 0);
      expect(rocCurve(has, scores)).toEqual(closeTo(expected.curvesOfClass0!.roc));
      expect(precisionRecallCurve(has, scores)).toEqual(closeTo(expected.curvesOfClass0!.precisionRecall));
    },
  );
});

describe("label sets", () => {
  it.each(scikitLearn.labelSets)("$name", ({ expected, ...given }) => {
    const report = evaluate(predictionsOf(given), { bootstrap: false });
    expect({
      accuracy: report.accuracy,
      macroAverage: report.macroAverage,
      microAverage: report.microAverage,
      weightedAverage: report.weightedAverage,
      brierScore: report.brierScore,
      perClass: report.perClass.map(({ precision, recall, f1, support }) => ({
        precision,
        recall,
        f1,
        support,
      })),
      ranking: report.perClass.map(({ rocAuc, averagePrecision }) => ({ rocAuc, averagePrecision })),
      roc: { microArea: report.roc!.microArea, macroArea: report.roc!.macroArea },
      precisionRecall: {
        microArea: report.precisionRecall!.microArea,
        macroArea: report.precisionRecall!.macroArea,
      },
      meanAveragePrecision: report.meanAveragePrecision,
    }).toEqual({
      accuracy: close(expected.accuracy),
      macroAverage: closeTo(expected.macroAverage),
      microAverage: closeTo(expected.microAverage),
      weightedAverage: closeTo(expected.weightedAverage),
      brierScore: close(expected.brierScore),
      perClass: closeTo(expected.perClass),
      ranking: closeTo(expected.ranking),
      roc: closeTo(expected.roc),
      precisionRecall: closeTo(expected.precisionRecall),
      meanAveragePrecision: close(expected.precisionRecall.macroArea),
    });
  });
});
