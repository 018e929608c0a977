/**
 * Confident learning: which labels are probably wrong, by probabilities of a network that has not learnt from them.
 * Northcutt, Jiang, Chuang 2021, https://arxiv.org/abs/1911.00068, §3 and §4: thresholds (eq. 2), confident joint (eq. 1, with its
 * handling of collisions), calibration (eq. 3), and the rules of §3.2 that prune by it. Rankings are those of cleanlab's
 * `get_label_quality_scores`: https://docs.cleanlab.ai/stable/cleanlab/rank.html
 * Differs from cleanlab, which counts at least one picture on each place of the diagonal.
 */
import type { Predictions } from "@convkit/schema";
import { checkPredictions, InvalidPredictionsError } from "./check-predictions.js";

export interface LabelErrorOptions {
  /**
   * What the pictures are ranked by, the lowest first: `self-confidence` p(label), which is taken if left out, or
   * `normalized-margin` (p(label) − p(most probable other) + 1) / 2.
   */
  readonly rankBy?: "self-confidence" | "normalized-margin" | undefined;
  /**
   * Which of them are suspects. `confident-joint`, if left out: those counted beside the diagonal of the confident joint;
   * `prune-by-class`: of each class as many as the joint says are wrong, the least self-confident; `prune-by-noise-rate`: of each two
   * classes as many, those with the largest margin between them; `both`: what these two agree on.
   */
  readonly rule?: "confident-joint" | "prune-by-class" | "prune-by-noise-rate" | "both" | undefined;
}

export interface JudgedLabel {
  readonly id: string;
  /** Of the predictions. */
  readonly row: number;
  readonly label: number;
  /** Class that it is confidently counted as, where that is another; else the most probable of the others. */
  readonly suggestion: number;
  readonly labelProbability: number;
  readonly suggestionProbability: number;
  /** 0…1, the lower the likelier is the label wrong. */
  readonly quality: number;
  readonly isSuspect: boolean;
}

export interface LabelErrors {
  /** Of each class, the mean probability of it over its own pictures; NaN of a class without. */
  readonly thresholds: readonly number[];
  /** Counts, [label][class that it confidently is]; pictures that are confidently nothing are not in it. */
  readonly confidentJoint: readonly (readonly number[])[];
  /** Estimate of the joint distribution of labels and true classes, [label][class]: sums to 1. */
  readonly joint: readonly (readonly number[])[];
  /** All that have a label, the likeliest errors first; of equal quality in the order of the predictions. */
  readonly pictures: readonly JudgedLabel[];
}

/** As cleanlab has it: a probability that is the threshold but for rounding counts as confident. */
const CONFIDENCE_SLACK = 1e-6;

/**
 * @param predictions of pictures that the network, or each fold's network, has not learnt from: it knows by heart what it was
 *   taught, wrong labels too. Those without a label (-1) are left out.
 * @throws {InvalidPredictionsError} if the parts do not fit each other, rows are no probabilities, or pictures have label sets.
 */
export function labelErrors(predictions: Predictions, options: LabelErrorOptions = {}): LabelErrors {
  const { rankBy = "self-confidence", rule = "confident-joint" } = options;
  checkPredictions(predictions);
  if (predictions.labelSets) {
    throw new InvalidPredictionsError(
      "Expected pictures of one class each, for confident learning. Received: pictures with label sets. `labelSetErrors` is for " +
        "these.",
    );
  }
  const pictures = labelledPictures(predictions);
  const classCount = predictions.classNames.length;
  const thresholds = thresholdsOf(pictures, classCount);
  const confident = pictures.map(({ probabilities }) => confidentClass(probabilities, thresholds));
  const confidentJoint = squareOf(classCount);
  pictures.forEach(({ label }, i) => {
    if (confident[i]! >= 0) confidentJoint[label]![confident[i]!]! += 1;
  });
  const counts = calibrate(confidentJoint, pictures);
  const suspects = suspectsBy(rule, { pictures, confident, counts });
  const judged = pictures.map(({ row, label, probabilities }, i): JudgedLabel => {
    const other = mostProbable(probabilities, (k) => k !== label);
    const isConfidentlyOther = confident[i]! >= 0 && confident[i] !== label;
    const suggestion = isConfidentlyOther ? confident[i]! : other;
    const own = probabilities[label]!;
    return {
      id: predictions.ids[row]!,
      row,
      label,
      suggestion,
      labelProbability: own,
      suggestionProbability: probabilities[suggestion]!,
      quality: rankBy === "self-confidence" ? own : (own - probabilities[other]! + 1) / 2,
      isSuspect: suspects.has(i),
    };
  });
  return {
    thresholds,
    confidentJoint,
    joint: counts.map((row) => row.map((count) => count / pictures.length)),
    pictures: judged.sort((a, b) => a.quality - b.quality || a.row - b.row),
  };
}

interface LabelledPicture {
  readonly row: number;
  readonly label: number;
  readonly probabilities: Float32Array;
}

function labelledPictures({ labels, classNames, probabilities }: Predictions): LabelledPicture[] {
  const classCount = classNames.length;
  return Array.from(labels, (label, row) => ({
    row,
    label,
    probabilities: probabilities.subarray(row * classCount, (row + 1) * classCount),
  })).filter(({ label }) => label >= 0);
}

/** Eq. 2: t_j = mean of p(j) over the pictures labelled j. */
function thresholdsOf(pictures: readonly LabelledPicture[], classCount: number): number[] {
  const sums = new Array<number>(classCount).fill(0);
  const counts = new Array<number>(classCount).fill(0);
  for (const { label, probabilities } of pictures) {
    sums[label]! += probabilities[label]!;
    counts[label]! += 1;
  }
  return sums.map((sum, k) => sum / counts[k]!);
}

/** Eq. 1: of the classes whose threshold its probability reaches, the most probable; -1 if it reaches none. */
function confidentClass(probabilities: Float32Array, thresholds: readonly number[]): number {
  return mostProbable(probabilities, (k) => probabilities[k]! >= thresholds[k]! - CONFIDENCE_SLACK);
}

function mostProbable(probabilities: Float32Array, isWanted: (k: number) => boolean): number {
  let best = -1;
  probabilities.forEach((p, k) => {
    if (isWanted(k) && (best < 0 || p > probabilities[best]!)) best = k;
  });
  return best;
}

const squareOf = (classCount: number): number[][] =>
  Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));

/** Eq. 3 times the number of pictures: each row of the joint is brought to the number of its label's pictures. */
function calibrate(
  confidentJoint: readonly (readonly number[])[],
  pictures: readonly LabelledPicture[],
): number[][] {
  const support = confidentJoint.map(() => 0);
  for (const { label } of pictures) support[label]! += 1;
  return confidentJoint.map((row, label) => {
    const counted = row.reduce((sum, count) => sum + count, 0);
    // A class's surest picture reaches its mean: only a class without pictures counts none.
    return row.map((count) => (counted === 0 ? 0 : (count / counted) * support[label]!));
  });
}

interface Evidence {
  readonly pictures: readonly LabelledPicture[];
  readonly confident: readonly number[];
  /** Calibrated, [label][class]. */
  readonly counts: readonly (readonly number[])[];
}

/** @returns positions among the labelled pictures. */
function suspectsBy(rule: NonNullable<LabelErrorOptions["rule"]>, evidence: Evidence): Set<number> {
  const { pictures, confident } = evidence;
  switch (rule) {
    case "confident-joint":
      return new Set(
        confident.flatMap((k, i) => (k >= 0 && k !== (pictures[i] as LabelledPicture).label ? [i] : [])),
      );
    case "prune-by-class":
      return prunedByClass(evidence);
    case "prune-by-noise-rate":
      return prunedByNoiseRate(evidence);
    case "both": {
      const byNoiseRate = prunedByNoiseRate(evidence);
      return new Set([...prunedByClass(evidence)].filter((i) => byNoiseRate.has(i)));
    }
    default:
      return rule satisfies never;
  }
}

function prunedByClass({ pictures, counts }: Evidence): Set<number> {
  return new Set(
    counts.flatMap((row, label) => {
      const wrong = row.reduce((sum, count, k) => sum + (k === label ? 0 : count), 0);
      return lowest(pictures, { label, count: wrong, score: (p) => p[label]! });
    }),
  );
}

function prunedByNoiseRate({ pictures, counts }: Evidence): Set<number> {
  return new Set(
    counts.flatMap((row, label) =>
      row.flatMap((count, k) =>
        k === label ? [] : lowest(pictures, { label, count, score: (p) => p[label]! - p[k]! }),
      ),
    ),
  );
}

/** Positions of the pictures of a label with the lowest scores, `count` of them, rounded; of equal ones the first. */
function lowest(
  pictures: readonly LabelledPicture[],
  {
    label,
    count,
    score,
  }: {
    readonly label: number;
    readonly count: number;
    readonly score: (probabilities: Float32Array) => number;
  },
): number[] {
  return pictures
    .flatMap((picture, i) => (picture.label === label ? [{ i, score: score(picture.probabilities) }] : []))
    .sort((a, b) => a.score - b.score || a.i - b.i)
    .slice(0, Math.floor(count + 0.5))
    .map(({ i }) => i);
}
