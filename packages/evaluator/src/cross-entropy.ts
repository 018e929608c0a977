/** The loss that training minimised, measured on predictions. */
import type { Predictions } from "@convkit/schema";

/** A label's probability counts as at least this: float32 rounds tiny ones to 0, whose logarithm is infinite. */
const SMALLEST_PROBABILITY = 1e-15;

/** Mean of −ln(probability of the label) over labelled pictures, in nats; NaN without any. */
export function crossEntropy(predictions: Predictions): number {
  let labelled = 0;
  let sum = 0;
  predictions.labels.forEach((label, row) => {
    if (label < 0) return;
    labelled++;
    sum += lossOfLabel(predictions, row);
  });
  return sum / labelled;
}

/** Of one labelled picture. */
export function lossOfLabel({ labels, classNames, probabilities }: Predictions, row: number): number {
  return -Math.log(Math.max(probabilities[row * classNames.length + labels[row]!]!, SMALLEST_PROBABILITY));
}
