/**
 * The squared error of the probabilities, 0 at best. Brier 1950,
 * https://doi.org/10.1175/1520-0493(1950)078%3C0001:VOFEIT%3E2.0.CO;2
 */
import type { Predictions } from "@convkit/schema";
import { labelledRows } from "./decisions.js";

/**
 * Mean over pictures of Σₖ (pₖ − yₖ)², y 1 for the label and else 0: from 0 to 2, the sum over the classes of scikit-learn's
 * `brier_score_loss`. Of label sets the mean over the labels, from 0 to 1. NaN without a labelled picture.
 */
export function brierScore(predictions: Predictions): number {
  const errors = labelledRows(predictions).map((row) => squaredError(predictions, row));
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

/** Of one picture. */
export function squaredError(
  { classNames, labels, labelSets, probabilities }: Predictions,
  row: number,
): number {
  const classCount = classNames.length;
  let sum = 0;
  for (let k = 0; k < classCount; k++) {
    const truth = labelSets ? labelSets[row * classCount + k]! : Number(labels[row] === k);
    sum += (probabilities[row * classCount + k]! - truth) ** 2;
  }
  return labelSets ? sum / classCount : sum;
}
