export { accuracy, topKAccuracy } from "./accuracy.js";
export { checkPredictions, InvalidPredictionsError } from "./check-predictions.js";
export { classReports, macroAverage, weightedAverage } from "./class-report.js";
export { confusionMatrix, topConfusions, type Confusion } from "./confusion-matrix.js";
export { crossEntropy } from "./cross-entropy.js";
export { evaluate, type EvaluateOptions } from "./evaluate.js";
export { predictedClasses } from "./predicted-classes.js";
export { wilsonInterval } from "./wilson-interval.js";
export { worstMistakes } from "./worst-mistakes.js";
