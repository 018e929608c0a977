/**
 * What a comparison reads of a run: what was said of each picture, and what it is. Far less than the predictions, so that a
 * record may hand it out without the matrix of all probabilities.
 */
import type { Predictions } from "@convkit/schema";
import { checkPredictions, InvalidPredictionsError } from "../check-predictions.js";
import { predictedClasses } from "../predicted-classes.js";

interface JudgedPictures {
  readonly split: string;
  readonly classNames: readonly string[];
  readonly ids: readonly string[];
}

/** Of pictures that are of one class each; all arrays are in the order of `ids`. */
export interface ClassJudgements extends JudgedPictures {
  /** Class index; -1 where it is unknown: such pictures are left out. */
  readonly labels: ArrayLike<number>;
  /** Class index of what was said. */
  readonly predictions: ArrayLike<number>;
  /** Of the label; of any value where that is unknown. */
  readonly labelProbabilities: ArrayLike<number | null>;
  readonly labelSets?: undefined;
}

/** Of pictures that have any number of labels: uint8 and float32, both [pictures, labels]. */
export interface LabelSetJudgements extends JudgedPictures {
  readonly labelSets: Uint8Array;
  readonly probabilities: Float32Array;
}

export type Judgements = ClassJudgements | LabelSetJudgements;

/** @throws {InvalidPredictionsError} if the parts do not fit each other or the rows are no probabilities. */
export function judgementsOf(predictions: Predictions): Judgements {
  checkPredictions(predictions);
  const { split, classNames, ids, labels, labelSets, probabilities } = predictions;
  if (labelSets) return { split, classNames, ids, labelSets, probabilities };
  return {
    split,
    classNames,
    ids,
    labels,
    predictions: predictedClasses(predictions),
    labelProbabilities: Float32Array.from(
      labels,
      (label, row) => probabilities[row * classNames.length + label] ?? Number.NaN,
    ),
  };
}

/**
 * As `judgementsOf`, of one run among several: what is wrong with its predictions is said of that run.
 * @param read decodes the run's predictions; its errors are told so, too.
 * @throws {InvalidPredictionsError} naming the run.
 */
export function judgementsOfRun(id: string, read: () => Predictions): Judgements {
  try {
    return judgementsOf(read());
  } catch (error) {
    throw new InvalidPredictionsError(
      `${(error as Error).message} It is what run ${id} kept of its judgement: judge it again with convkit evaluate, or leave it out.`,
      { cause: error },
    );
  }
}
