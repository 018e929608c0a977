/**
 * Predictions as yes-or-no questions, one for each labelled picture and class: is it of this class? What one class against the
 * others, all decisions together, and label sets are judged by.
 */
import type { Predictions } from "@convkit/schema";

interface Decisions {
  /** Pictures: those with a label, in their order. */
  readonly count: number;
  readonly classCount: number;
  /** uint8 [count, classCount], row-major: 1 where the picture is of the class, or has the label. */
  readonly has: Uint8Array;
  /** float32 [count, classCount]. */
  readonly scores: Float32Array;
}

export function decisionsOf(predictions: Predictions): Decisions {
  const { ids, classNames, labels, labelSets, probabilities } = predictions;
  const classCount = classNames.length;
  if (labelSets) return { count: ids.length, classCount, has: labelSets, scores: probabilities };
  const rows = labelledRows(predictions);
  const has = new Uint8Array(rows.length * classCount);
  const scores = new Float32Array(rows.length * classCount);
  for (const [i, row] of rows.entries()) {
    has[i * classCount + labels[row]!] = 1;
    scores.set(probabilities.subarray(row * classCount, (row + 1) * classCount), i * classCount);
  }
  return { count: rows.length, classCount, has, scores };
}

/** Positions of the pictures that have a label; of label sets, all. */
export function labelledRows({ ids, labels, labelSets }: Predictions): number[] {
  return [...ids.keys()].filter((row) => labelSets !== undefined || labels[row]! >= 0);
}

/** One class's decisions. */
export function decisionsOfClass({ count, classCount, has, scores }: Decisions, k: number) {
  const ofClass = { has: new Uint8Array(count), scores: new Float32Array(count) };
  for (let row = 0; row < count; row++) {
    ofClass.has[row] = has[row * classCount + k]!;
    ofClass.scores[row] = scores[row * classCount + k]!;
  }
  return ofClass;
}
