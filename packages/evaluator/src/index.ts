export { accuracy, topKAccuracy } from "./accuracy.js";
export { averagePrecision } from "./average-precision.js";
export { balancedAccuracy } from "./balanced-accuracy.js";
export {
  bootstrapIntervals,
  type BootstrapIntervals,
  type BootstrapOptions,
} from "./bootstrap/bootstrap-intervals.js";
export { brierScore } from "./brier-score.js";
export { calibrationOf } from "./calibration/calibration.js";
export {
  fitTemperature,
  withTemperature,
  type FittedTemperature,
} from "./calibration/temperature-scaling.js";
export { checkPredictions, InvalidPredictionsError } from "./check-predictions.js";
export { classCounts, type ClassCounts } from "./class-counts.js";
export { classReports, macroAverage, microAverage, weightedAverage } from "./class-report.js";
export { cohenKappa } from "./cohen-kappa.js";
export {
  confusionMatrix,
  normaliseConfusionMatrix,
  topConfusions,
  type Confusion,
} from "./confusion-matrix.js";
export { confusedPairs, type ConfusedPair, type ConfusedPairsOptions } from "./confused-pairs.js";
export {
  compareRuns,
  comparisonSteps,
  leastResamples,
  MetricNotComparedError,
  type ComparedGroup,
  type CompareRunsOptions,
  type GroupComparison,
  type GroupDifference,
  type GroupFigure,
  type GroupSummary,
} from "./comparison/compare-runs.js";
export {
  judgementsOf,
  judgementsOfRun,
  type ClassJudgements,
  type Judgements,
  type LabelSetJudgements,
} from "./comparison/judgements.js";
export { mcnemar, type McNemar } from "./comparison/mcnemar.js";
export {
  COMPARISON_METRICS,
  type ComparisonMetric,
  type ComparisonMetricName,
} from "./comparison/measures.js";
export { TestDataMismatchError, type NamedJudgements } from "./comparison/same-pictures.js";
export type { Steps } from "./comparison/steps.js";
export { crossEntropy } from "./cross-entropy.js";
export { curveFamilies, type CurveFamilies } from "./curves/curve-families.js";
export { precisionRecallCurve } from "./curves/precision-recall-curve.js";
export { rocAuc, rocCurve } from "./curves/roc-curve.js";
export { evaluate, type EvaluateOptions } from "./evaluate.js";
export {
  labelSetErrors,
  type JudgedAssignment,
  type JudgedLabelSet,
  type LabelSetErrorOptions,
  type LabelSetErrors,
} from "./label-set-errors.js";
export { labelErrors, type JudgedLabel, type LabelErrorOptions, type LabelErrors } from "./label-errors.js";
export { labelSetFigures, type LabelSetFigures, LABEL_THRESHOLD } from "./label-set-report.js";
export { matthewsCorrelation } from "./matthews-correlation.js";
export { mostUncertain } from "./most-uncertain.js";
export { predictedClasses } from "./predicted-classes.js";
export {
  corruptionErrors,
  type CorruptionErrors,
  type CorruptionResults,
} from "./robustness/corruption-errors.js";
export { sliceReport, type PictureAttributes, type SliceOptions } from "./slice-report.js";
export { stratifiedSample, type ShareRounding } from "./stratified-sample.js";
export { wilsonInterval } from "./wilson-interval.js";
export { worstMistakes } from "./worst-mistakes.js";
export { ImageDataUrlError } from "./report/image-data-url.js";
export { picturesShown } from "./report/picture-galleries.js";
export { renderHtml, type HtmlReportOptions } from "./report/render-html.js";
export { renderModelCard, type ModelCardOptions } from "./report/render-model-card.js";
export { renderMarkdown } from "./report/render-markdown.js";
export { summarise, type SummaryPart } from "./report/summarise.js";
export type { EpochRecord, ReportContext, RunFacts } from "./report/report-context.js";
