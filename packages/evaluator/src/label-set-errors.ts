/**
 * Confident learning where pictures have any number of labels: each label is a question of its own, whether a picture has it, and
 * its wrong answers are found as among two classes.
 * Thyagarajan, Snorrason, Northcutt, Mueller 2022, https://arxiv.org/abs/2211.13895: one label against the rest, self-confidence of each,
 * and a picture's score out of them by an exponential moving average or by the worst. The average's weight is cleanlab's:
 * https://docs.cleanlab.ai/stable/cleanlab/multilabel_classification/rank.html
 */
import type { Predictions } from "@convkit/schema";
import { checkPredictions, InvalidPredictionsError } from "./check-predictions.js";
import { labelErrors } from "./label-errors.js";

export interface LabelSetErrorOptions {
  /**
   * What a picture's score is of its labels' self-confidence. `moving-average`, if left out: from the best to the worst, each weighs 0.8
   * against all before it, so that the worst counts most and several bad ones make it worse; `worst`: the least.
   */
  readonly combine?: "moving-average" | "worst" | undefined;
}

/** Whether a picture has a label is doubted. */
export interface JudgedAssignment {
  /** Class index. */
  readonly label: number;
  /** What the data set says. */
  readonly isThere: boolean;
  /** That it is there. */
  readonly probability: number;
  /** Self-confidence, 0…1: the probability of what the data set says. */
  readonly quality: number;
}

export interface JudgedLabelSet {
  readonly id: string;
  /** Of the predictions. */
  readonly row: number;
  /** 0…1, the lower the likelier is one of its labels wrong. */
  readonly quality: number;
  /** Labels that are probably missing or too many, the surest first: beside the diagonal of their label's confident joint. */
  readonly suspects: readonly JudgedAssignment[];
  /** The one of least quality, suspect or not. */
  readonly worst: JudgedAssignment;
}

export interface LabelSetErrors {
  /**
   * Of each label its confident joint, counts as [data set says][network confidently says], each of no and yes; pictures about which it
   * is sure of neither are not in it.
   */
  readonly confidentJoints: readonly (readonly (readonly number[])[])[];
  /** The likeliest errors first; of equal quality in the order of the predictions. */
  readonly pictures: readonly JudgedLabelSet[];
}

/** Of a label's quality against the average of all better ones. */
const FORGETTING = 0.8;

/**
 * @param predictions with label sets, of pictures that the network, or each fold's network, has not learnt from.
 * @throws {InvalidPredictionsError} if the parts do not fit each other, values are no probabilities, or pictures are of one class each.
 */
export function labelSetErrors(
  predictions: Predictions,
  { combine = "moving-average" }: LabelSetErrorOptions = {},
): LabelSetErrors {
  checkPredictions(predictions);
  const { ids, classNames, labelSets, probabilities } = predictions;
  if (labelSets === undefined) {
    throw new InvalidPredictionsError(
      "Expected pictures with label sets. Received: pictures of one class each. `labelErrors` is for these.",
    );
  }
  const classCount = classNames.length;
  const suspects = ids.map((): JudgedAssignment[] => []);
  const assignmentAt = (row: number, label: number): JudgedAssignment => {
    const at = row * classCount + label;
    const [isThere, probability] = [labelSets[at] === 1, probabilities[at]!];
    return { label, isThere, probability, quality: isThere ? probability : 1 - probability };
  };
  const confidentJoints = classNames.map((_, label) => {
    const found = labelErrors(againstTheRest(predictions, labelSets, label));
    for (const { row, isSuspect } of found.pictures) {
      if (isSuspect) suspects[row]!.push(assignmentAt(row, label));
    }
    return found.confidentJoint;
  });
  const pictures = ids.map((id, row): JudgedLabelSet => {
    const all = classNames.map((_, label) => assignmentAt(row, label)).sort(byQuality);
    const qualities = all.map(({ quality }) => quality);
    return {
      id,
      row,
      quality: combine === "worst" ? qualities[0]! : movingAverage(qualities),
      suspects: suspects[row]!.sort(byQuality),
      worst: all[0]!,
    };
  });
  return { confidentJoints, pictures: pictures.sort((a, b) => a.quality - b.quality || a.row - b.row) };
}

const byQuality = (a: JudgedAssignment, b: JudgedAssignment): number =>
  a.quality - b.quality || a.label - b.label;

/** The question whether pictures have a label, as two classes: 0 no, 1 yes. */
function againstTheRest(
  { split, ids, classNames, probabilities }: Predictions,
  labelSets: Uint8Array,
  label: number,
): Predictions {
  const classCount = classNames.length;
  const binary = new Float32Array(2 * ids.length);
  for (let row = 0; row < ids.length; row++) {
    const probability = probabilities[row * classCount + label]!;
    binary[2 * row] = 1 - probability;
    binary[2 * row + 1] = probability;
  }
  return {
    split,
    classNames: ["no", "yes"],
    ids,
    labels: Int32Array.from(ids, (_, row) => labelSets[row * classCount + label]!),
    probabilities: binary,
  };
}

/**
 * EMA₁ = s₁, EMAₜ = α sₜ + (1 − α) EMAₜ₋₁ over the scores from best to worst.
 * @param ascending at least one.
 */
function movingAverage(ascending: readonly number[]): number {
  return ascending.reduceRight((average, score) => FORGETTING * score + (1 - FORGETTING) * average);
}
