/** The pictures a classifier is most sure and most wrong about: a label may be wrong, or the network blind. */
import type { EvaluationReport, Predictions } from "@convkit/schema";
import { predictedClasses } from "./predicted-classes.js";

type Mistake = EvaluationReport["worstMistakes"][number];

/**
 * Labelled pictures whose most probable class is not their label, the most confident first. Of equal confidence,
 * the less probable label first, then the order of the predictions.
 */
export function worstMistakes(predictions: Predictions, count: number): Mistake[] {
  const { ids, labels, classNames, probabilities } = predictions;
  const mistakes: Mistake[] = [];
  predictedClasses(predictions).forEach((prediction, row) => {
    const label = labels[row]!;
    if (label < 0 || label === prediction) return;
    const probabilityOf = (k: number) => probabilities[row * classNames.length + k]!;
    mistakes.push({
      id: ids[row]!,
      label,
      prediction,
      probability: probabilityOf(prediction),
      labelProbability: probabilityOf(label),
    });
  });
  mistakes.sort((a, b) => b.probability - a.probability || a.labelProbability - b.labelProbability);
  return mistakes.slice(0, count);
}
