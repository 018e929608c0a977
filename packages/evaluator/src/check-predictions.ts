/** Predictions that no figure can be taken from. */
import type { Predictions } from "@convkit/schema";

/** Predictions whose parts do not fit each other, or whose rows are no probabilities. */
export class InvalidPredictionsError extends Error {
  override readonly name = "InvalidPredictionsError";
}

/** How far a row's sum may be from 1: rounding to two digits passes, logits do not. */
const SUM_TOLERANCE = 0.02;

/**
 * Refuses what every metric would turn into nonsense without a word: NaN (the network diverged), logits in place of
 * probabilities, labels of another data set.
 * @throws {InvalidPredictionsError} naming the first picture that is wrong.
 */
export function checkPredictions(predictions: Predictions): void {
  const { ids, labels, probabilities, classNames } = predictions;
  const classCount = classNames.length;
  if (labels.length !== ids.length || probabilities.length !== ids.length * classCount) {
    throw new InvalidPredictionsError(
      `Expected one label and ${classCount} probabilities for each of ${ids.length} ids. ` +
        `Received: ${labels.length} labels, ${probabilities.length} probabilities.`,
    );
  }
  if (predictions.labelSets) return checkLabelSets(predictions, predictions.labelSets);
  for (let row = 0; row < ids.length; row++) {
    const label = labels[row]!;
    if (label < -1 || label >= classCount) {
      throw new InvalidPredictionsError(
        `Expected labels from 0 to ${classCount - 1}, or -1 for unknown. Received: ${label} for ${ids[row]}.`,
      );
    }
    const probs = probabilities.subarray(row * classCount, (row + 1) * classCount);
    const sum = probs.reduce((total, p) => total + p, 0);
    // Written so that NaN fails too.
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE) || probs.some((p) => p < 0)) {
      throw new InvalidPredictionsError(
        `Expected probabilities that sum to 1. Received: ${Array.from(probs.subarray(0, 5)).join(", ")}` +
          `${classCount > 5 ? ", …" : ""} for ${ids[row]}. Apply softmax to logits; NaN means that training diverged.`,
      );
    }
  }
}

function checkLabelSets({ ids, classNames, probabilities }: Predictions, labelSets: Uint8Array): void {
  if (labelSets.length !== probabilities.length) {
    throw new InvalidPredictionsError(
      `Expected a set of labels for each of ${ids.length} ids. Received: ${labelSets.length / classNames.length}.`,
    );
  }
  // Written so that NaN fails too.
  const stray = probabilities.findIndex((p) => !(p >= 0 && p <= 1));
  if (stray < 0) return;
  throw new InvalidPredictionsError(
    `Expected a probability from 0 to 1 for each label. Received: ${probabilities[stray]} for ` +
      `${ids[Math.floor(stray / classNames.length)]}. Apply sigmoid to logits; NaN means that training diverged.`,
  );
}
