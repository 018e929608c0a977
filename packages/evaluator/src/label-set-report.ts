/** The judgement of pictures that have any number of labels: each label is a question of its own, answered at 0.5. */
import type { EvaluationReport, Predictions } from "@convkit/schema";
import { averagePrecision } from "./average-precision.js";
import { averageOf, scoresOf, weightedAverage, type Average } from "./class-report.js";

/** From which probability on a label counts as said. */
const LABEL_THRESHOLD = 0.5;

/** As Keras's epsilon: in float32 a probability may be 1 to the last bit, and be wrong. */
const SMALLEST_PROBABILITY = 1e-7;

type LabelSetPredictions = Pick<Predictions, "classNames" | "probabilities"> & {
  readonly labelSets: Uint8Array;
};

export type LabelSetFigures = Pick<EvaluationReport, "accuracy" | "loss" | "perClass" | "weightedAverage"> & {
  readonly macroAverage: Average;
  readonly meanAveragePrecision: number;
};

/**
 * Per label support, precision, recall, F1 (scikit-learn's, with `zero_division=0`) and average precision; their plain means
 * over the labels that any picture has, those of precision, recall and F1 also over labels that are only said. The
 * accuracy is the share of all labels that are right, Keras's `BinaryAccuracy`: with rare labels, a network that says none is
 * nearly always right. The loss is the mean binary cross-entropy, in nats.
 */
export function labelSetFigures({
  classNames,
  labelSets,
  probabilities,
}: LabelSetPredictions): LabelSetFigures {
  const classCount = classNames.length;
  const columnOf = (values: Uint8Array | Float32Array, label: number) =>
    Array.from(
      { length: values.length / classCount },
      (_, row) => values[row * classCount + label] as number,
    );
  const predictedCounts: number[] = [];
  let right = 0;
  const perClass = classNames.map((className, label) => {
    const has = columnOf(labelSets, label);
    const scores = columnOf(probabilities, label);
    const isSaid = scores.map((score) => score >= LABEL_THRESHOLD);
    const predicted = isSaid.filter(Boolean).length;
    const hits = has.filter((value, row) => value === 1 && isSaid[row]).length;
    const support = has.filter((value) => value === 1).length;
    predictedCounts.push(predicted);
    right += has.length - predicted - support + 2 * hits;
    return {
      className,
      ...scoresOf({ hits, predicted, support }),
      averagePrecision: averagePrecision(has, scores),
    };
  });
  const present = perClass.filter(({ support }) => support > 0);
  return {
    accuracy: right / labelSets.length,
    loss: binaryCrossEntropy(labelSets, probabilities),
    perClass,
    macroAverage: averageOf(
      perClass.filter(({ support }, label) => support > 0 || predictedCounts[label]! > 0),
      () => 1,
    ),
    weightedAverage: weightedAverage(perClass),
    meanAveragePrecision: present.reduce((sum, one) => sum + one.averagePrecision, 0) / present.length,
  };
}

function binaryCrossEntropy(labelSets: Uint8Array, probabilities: Float32Array): number {
  let sum = 0;
  for (const [i, p] of probabilities.entries()) {
    sum -= Math.log(Math.max(labelSets[i] === 1 ? p : 1 - p, SMALLEST_PROBABILITY));
  }
  return sum / probabilities.length;
}
