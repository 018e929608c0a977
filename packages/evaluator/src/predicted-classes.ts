/** The class that a classifier says: the most probable one. */
import type { Predictions } from "@convkit/schema";

/** One class index per picture. Of equally probable classes the one with the lowest index, as numpy's argmax has it. */
export function predictedClasses({ ids, classNames, probabilities }: Predictions): Int32Array {
  const classCount = classNames.length;
  return Int32Array.from(ids, (_id, row) => {
    let best = 0;
    for (let k = 1; k < classCount; k++) {
      if (probabilities[row * classCount + k]! > probabilities[row * classCount + best]!) best = k;
    }
    return best;
  });
}
