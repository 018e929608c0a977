/** The loss that training minimised, measured on predictions. */
import type { Predictions } from "@convkit/schema";

/** A label's probability counts as at least this: float32 rounds tiny ones to 0, whose logarithm is infinite. */
const SMALLEST_PROBABILITY = 1e-15;

/** Mean of −ln(probability of the label) over labelled pictures, in nats; NaN without any. */
export function crossEntropy({ labels, classNames, probabilities }: Predictions): number {
  let labelled = 0;
  let sum = 0;
  labels.forEach((label, row) => {
    if (label < 0) return;
    labelled++;
    sum -= Math.log(Math.max(probabilities[row * classNames.length + label]!, SMALLEST_PROBABILITY));
  });
  return sum / labelled;
}
