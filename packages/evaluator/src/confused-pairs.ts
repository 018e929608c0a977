/** The pictures behind the most frequent confusions: a number in a matrix does not tell why. */
import type { JudgedPicture, Predictions } from "@convkit/schema";
import { confusionMatrix, topConfusions, type Confusion } from "./confusion-matrix.js";
import { worstMistakes } from "./worst-mistakes.js";

export interface ConfusedPair extends Confusion {
  /** Of `label` and taken for `prediction`, the most confident first. */
  readonly pictures: readonly JudgedPicture[];
}

export interface ConfusedPairsOptions {
  /** How many pairs. */
  readonly pairs?: number;
  /** How many pictures of each, at most. */
  readonly picturesPerPair?: number;
}

/** The pairs of classes most often confused, the most frequent first; none of pictures that have label sets. */
export function confusedPairs(
  predictions: Predictions,
  { pairs = 4, picturesPerPair = 6 }: ConfusedPairsOptions = {},
): ConfusedPair[] {
  if (predictions.labelSets) return [];
  const mistakes = worstMistakes(predictions, predictions.ids.length);
  return topConfusions(confusionMatrix(predictions), pairs).map((confusion) => ({
    ...confusion,
    pictures: mistakes
      .filter(({ label, prediction }) => label === confusion.label && prediction === confusion.prediction)
      .slice(0, picturesPerPair),
  }));
}
