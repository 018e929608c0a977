/** The pictures a classifier is least sure of: what to look at, or to label, next. */
import type { JudgedPicture, Predictions } from "@convkit/schema";
import { labelledRows } from "./decisions.js";
import { predictedClasses } from "./predicted-classes.js";

/**
 * Labelled pictures, right or wrong, whose likeliest class is least likely, the least sure first ("least confident": Lewis & Gale
 * 1994, https://arxiv.org/abs/cmp-lg/9407020); equal ones in the order of the predictions.
 */
export function mostUncertain(predictions: Predictions, count: number): JudgedPicture[] {
  const { ids, labels, classNames, probabilities } = predictions;
  const predicted = predictedClasses(predictions);
  const probabilityOf = (row: number, k: number) => probabilities[row * classNames.length + k]!;
  return labelledRows(predictions)
    .map((row) => ({ row, probability: probabilityOf(row, predicted[row]!) }))
    .sort((a, b) => a.probability - b.probability)
    .slice(0, count)
    .map(({ row, probability }) => ({
      id: ids[row]!,
      label: labels[row]!,
      prediction: predicted[row]!,
      probability,
      labelProbability: probabilityOf(row, labels[row]!),
    }));
}
