/** From every picture's probabilities to the report: nothing else is needed, the model least of all. */
import type { EvaluationReport, Predictions } from "@convkit/schema";
import { accuracy, topKAccuracy } from "./accuracy.js";
import { balancedAccuracy } from "./balanced-accuracy.js";
import { brierScore } from "./brier-score.js";
import { bootstrapIntervals } from "./bootstrap/bootstrap-intervals.js";
import { calibrationOf } from "./calibration/calibration.js";
import { withTemperature } from "./calibration/temperature-scaling.js";
import { checkPredictions } from "./check-predictions.js";
import { classCounts } from "./class-counts.js";
import { macroAverageOf, microAverage, reportsOf, weightedAverage } from "./class-report.js";
import { cohenKappa } from "./cohen-kappa.js";
import { confusionMatrix } from "./confusion-matrix.js";
import { crossEntropy } from "./cross-entropy.js";
import { curveFamilies } from "./curves/curve-families.js";
import { binaryCrossEntropy, labelSetFigures } from "./label-set-report.js";
import { matthewsCorrelation } from "./matthews-correlation.js";
import { mostUncertain } from "./most-uncertain.js";
import { worstMistakes } from "./worst-mistakes.js";

export interface EvaluateOptions {
  /** The ks of top-k accuracy. Unless told 1 and 5, where there are more than 5 classes. */
  readonly topK?: readonly number[];
  /** How many of the worst mistakes to keep. */
  readonly mistakeCount?: number;
  /** How many of the least sure predictions to keep. */
  readonly uncertainCount?: number;
  /** How intervals are found: unless told 1,000 resamples by the seed 0; false for none, which is faster. */
  readonly bootstrap?: { readonly resamples: number; readonly seed: number } | false;
  /** One that was fitted on other pictures (`fitTemperature`): the report then tells what it makes of these. */
  readonly temperature?:
    { readonly value: number; readonly split: string; readonly count: number } | undefined;
}

/**
 * Judges predictions. Conventions:
 * - pictures without a label (-1) are left out of every figure; without any label, fractions and loss are NaN;
 * - of equally probable classes, the one with the lowest index is the prediction;
 * - a fraction of nothing (the precision of a class never predicted) is 0;
 * - a class with neither pictures nor predictions is left out of the macro average;
 * - a probability below 1e-15 counts as 1e-15 in the loss;
 * - a figure that is perfect, or that no resample of the pictures changes, has no interval.
 *
 * Of pictures that have label sets, each label is judged by itself (`labelSetFigures`): what needs one class a picture, top-k,
 * the confusion matrix and mistakes, is left empty, and kappa, Matthews correlation and the least sure are left out.
 *
 * @throws {InvalidPredictionsError} if the parts do not fit each other or the rows are no probabilities.
 */
export function evaluate(predictions: Predictions, options: EvaluateOptions = {}): EvaluationReport {
  checkPredictions(predictions);
  const { classNames, split } = predictions;
  const { bootstrap = { resamples: 1000, seed: 0 }, temperature } = options;
  const { roc, precisionRecall, perClass: areas = [] } = curveFamilies(predictions) ?? {};
  const { perClass, ...figures } = predictions.labelSets
    ? figuresOfSets({ ...predictions, labelSets: predictions.labelSets })
    : figuresOfClasses(predictions, options);
  const topK = Object.keys(figures.topK).map(Number);
  const intervals = bootstrap ? bootstrapIntervals(predictions, { ...bootstrap, topK }) : undefined;
  return {
    formatVersion: 1,
    split,
    classNames: [...classNames],
    ...figures,
    perClass: perClass.map((report, k) => ({
      ...report,
      ...areas[k],
      ...(intervals && { intervals: intervals.perClass[k]! }),
    })),
    brierScore: brierScore(predictions),
    calibration: calibrationOf(predictions),
    ...(bootstrap && intervals && { intervals: { ...bootstrap, of: intervals.of } }),
    ...(roc && { roc }),
    ...(precisionRecall && { precisionRecall }),
    ...(temperature && { temperature: { ...temperature, ...atTemperature(predictions, temperature.value) } }),
  };
}

function atTemperature(predictions: Predictions, value: number) {
  const scaled = withTemperature(predictions, value);
  const { labelSets, probabilities } = scaled;
  return {
    calibration: calibrationOf(scaled),
    loss: labelSets ? binaryCrossEntropy(labelSets, probabilities) : crossEntropy(scaled),
  };
}

type Figures = Omit<EvaluationReport, "formatVersion" | "split" | "classNames">;

function figuresOfClasses(predictions: Predictions, options: EvaluateOptions): Figures {
  const { classNames, labels } = predictions;
  const {
    topK = [1, 5].filter((k) => k === 1 || k < classNames.length),
    mistakeCount = 24,
    uncertainCount = 24,
  } = options;
  const matrix = confusionMatrix(predictions);
  const counts = classCounts(matrix);
  const perClass = reportsOf(counts, classNames);
  return {
    testCount: labels.filter((label) => label >= 0).length,
    accuracy: accuracy(predictions),
    topK: Object.fromEntries(topK.map((k) => [String(k), topKAccuracy(predictions, k)])),
    loss: crossEntropy(predictions),
    perClass,
    macroAverage: macroAverageOf(counts, perClass),
    microAverage: microAverage(counts),
    weightedAverage: weightedAverage(perClass),
    balancedAccuracy: balancedAccuracy(counts),
    cohenKappa: cohenKappa(counts),
    matthewsCorrelation: matthewsCorrelation(counts),
    confusionMatrix: matrix,
    worstMistakes: worstMistakes(predictions, mistakeCount),
    mostUncertain: mostUncertain(predictions, uncertainCount),
  };
}

function figuresOfSets(predictions: Predictions & { readonly labelSets: Uint8Array }): Figures {
  return {
    testCount: predictions.ids.length,
    ...labelSetFigures(predictions),
    topK: {},
    confusionMatrix: [],
    worstMistakes: [],
  };
}
