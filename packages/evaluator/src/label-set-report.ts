/** The judgement of pictures that have any number of labels: each label is a question of its own, answered at 0.5. */
import type { EvaluationReport, Predictions } from "@convkit/schema";
import { averagePrecision } from "./average-precision.js";
import { totalOf, type ClassCounts } from "./class-counts.js";
import { macroAverageOf, microAverage, reportsOf, weightedAverage, type Average } from "./class-report.js";
import { meanOfKnown } from "./curves/curve-families.js";
import { decisionsOfClass } from "./decisions.js";

/** From which probability on a label counts as said. */
export const LABEL_THRESHOLD = 0.5;

/** As Keras's epsilon: in float32 a probability may be 1 to the last bit, and be wrong. */
const SMALLEST_PROBABILITY = 1e-7;

type LabelSetPredictions = Pick<Predictions, "classNames" | "probabilities"> & {
  readonly labelSets: Uint8Array;
};

export type LabelSetFigures = Pick<EvaluationReport, "accuracy" | "loss" | "perClass" | "weightedAverage"> & {
  readonly macroAverage: Average;
  readonly microAverage: Average;
  readonly meanAveragePrecision: number;
};

/**
 * Per label support, precision, recall, F1 (scikit-learn's, with `zero_division=0`) and average precision; their plain means
 * over the labels that any picture has, those of precision, recall and F1 also over labels that are only said. The
 * accuracy is the share of all labels that are right, Keras's `BinaryAccuracy`: with rare labels, a network that says none is
 * nearly always right. The loss is the mean binary cross-entropy, in nats.
 */
export function labelSetFigures(predictions: LabelSetPredictions): LabelSetFigures {
  const { classNames, labelSets, probabilities } = predictions;
  const classCount = classNames.length;
  const count = labelSets.length / classCount;
  const decisions = { count, classCount, has: labelSets, scores: probabilities };
  const counts = labelCounts(predictions);
  const perClass = reportsOf(counts, classNames).map((report, k) => {
    const { has, scores } = decisionsOfClass(decisions, k);
    return { ...report, averagePrecision: averagePrecision(has, scores) };
  });
  const missedOrTooMuch = totalOf(counts.predicted) + totalOf(counts.support) - 2 * totalOf(counts.hits);
  return {
    accuracy: (labelSets.length - missedOrTooMuch) / labelSets.length,
    loss: binaryCrossEntropy(labelSets, probabilities),
    perClass,
    macroAverage: macroAverageOf(counts, perClass),
    microAverage: microAverage(counts),
    weightedAverage: weightedAverage(perClass),
    meanAveragePrecision: meanOfKnown(perClass.map((report) => report.averagePrecision)),
  };
}

/** Of each label: how many pictures have it, of how many it is said, and both. */
function labelCounts({ classNames, labelSets, probabilities }: LabelSetPredictions): ClassCounts {
  const counts = {
    hits: new Float64Array(classNames.length),
    predicted: new Float64Array(classNames.length),
    support: new Float64Array(classNames.length),
  };
  for (let i = 0; i < labelSets.length; i++) {
    const k = i % classNames.length;
    const isSaid = Number(probabilities[i]! >= LABEL_THRESHOLD);
    counts.support[k]! += labelSets[i]!;
    counts.predicted[k]! += isSaid;
    counts.hits[k]! += labelSets[i]! * isSaid;
  }
  return counts;
}

/** The mean over these labels of −ln p, p the probability of what is true of each. */
export function binaryCrossEntropy(labelSets: Uint8Array, probabilities: Float32Array): number {
  let sum = 0;
  for (const [i, p] of probabilities.entries()) {
    sum -= Math.log(Math.max(labelSets[i] === 1 ? p : 1 - p, SMALLEST_PROBABILITY));
  }
  return sum / probabilities.length;
}
