/** A data set's doubtful labels and copies, out of what networks that have not learnt from its pictures make of them. */
import type {
  DatasetInspection,
  LabelReview,
  LabelSetReview,
  Predictions,
  ReviewedLabel,
  ReviewedLabelSet,
} from "@convkit/schema";
import {
  labelErrors,
  labelSetErrors,
  type JudgedAssignment,
  type JudgedLabel,
  type JudgedLabelSet,
} from "@convkit/evaluator";
import type { ImageDataset } from "@convkit/data";

/** Of the judged pictures, so many are kept at least, suspects or not. */
const LEAST_SHARE = 0.1;

export interface ReviewedRun {
  readonly runId: string;
  readonly folds: number;
  readonly dataset: ImageDataset;
  readonly inspection: Pick<DatasetInspection, "duplicates">;
}

/**
 * @param predictions each by a network that has not learnt from the picture.
 * @returns the review, and beside it all judged labels, the likeliest errors first.
 * @throws {InvalidPredictionsError} of label sets, or probabilities that are none.
 */
export function reviewLabels(
  predictions: Predictions,
  { runId, folds, dataset, inspection }: ReviewedRun,
): { review: LabelReview; ranked: readonly JudgedLabel[] } {
  const { pictures: ranked, confidentJoint, joint } = labelErrors(predictions);
  const { splitOf, otherLabels, kept, ...told } = surroundings(predictions, {
    runId,
    folds,
    dataset,
    inspection,
  });
  const labels = ranked
    .filter(({ isSuspect, id }, rank) => isSuspect || kept(id, rank))
    .map(({ row: _row, ...judged }): ReviewedLabel => ({
      ...judged,
      split: splitOf(judged.id),
      why: whyOf(judged, dataset.classNames, otherLabels.get(judged.id)),
    }));
  const review: LabelReview = {
    ...told,
    suspectCount: ranked.filter(({ isSuspect }) => isSuspect).length,
    confidentJoint: confidentJoint.map((row) => [...row]),
    joint: joint.map((row) => [...row]),
    labels,
  };
  return { review, ranked };
}

/**
 * The same of pictures with any number of labels, each label of which is doubted by itself.
 *
 * @param predictions each by a network that has not learnt from the picture.
 * @throws {InvalidPredictionsError} of pictures of one class each, or probabilities that are none.
 */
export function reviewLabelSets(
  predictions: Predictions,
  reviewed: ReviewedRun,
): { review: LabelSetReview; ranked: readonly JudgedLabelSet[] } {
  const { pictures: ranked, confidentJoints } = labelSetErrors(predictions);
  const { splitOf, otherLabels, kept, ...told } = surroundings(predictions, reviewed);
  const classCount = told.classNames.length;
  const pictures = ranked
    .filter(({ suspects, id }, rank) => suspects.length > 0 || kept(id, rank))
    .map(({ id, row, suspects, quality, worst }): ReviewedLabelSet => {
      const set = predictions.labelSets!.subarray(row * classCount, (row + 1) * classCount);
      const conflict = otherLabels.get(id);
      const doubted = suspects.length > 0 ? suspects : [worst];
      const judged = doubted.map((each) => doubtOf(each, told.classNames, suspects.length > 0));
      return {
        id,
        split: splitOf(id),
        labels: [...set.keys()].filter((label) => set[label] === 1),
        suspects: suspects.map(({ label, isThere, probability }) => ({ label, isThere, probability })),
        quality,
        why: [...judged, ...(conflict === undefined ? [] : [conflict])].join("; "),
      };
    });
  const review: LabelSetReview = {
    ...told,
    suspectCount: ranked.reduce((sum, { suspects }) => sum + suspects.length, 0),
    suspectPictureCount: ranked.filter(({ suspects }) => suspects.length > 0).length,
    confidentJoints: confidentJoints.map((joint) => joint.map((row) => [...row])),
    pictures,
  };
  return { review, ranked };
}

/** What a review says beside the labels, and what it is that a picture stands in. */
function surroundings(predictions: Predictions, { runId, folds, dataset, inspection }: ReviewedRun) {
  const splits = new Map(
    dataset.splitList().flatMap(({ name, ids }) => ids.map((id) => [id, name] as const)),
  );
  const splitOf = (id: string): string => splits.get(id) ?? predictions.split;
  const { ids, labels, labelSets } = predictions;
  const judged = ids.filter((_, row) => labelSets !== undefined || labels[row]! >= 0);
  const counts: Record<string, number> = {};
  for (const id of judged) counts[splitOf(id)] = (counts[splitOf(id)] ?? 0) + 1;
  const copies = inspection.duplicates.groups.filter(({ isLeak, isConflict }) => isLeak || isConflict);
  const otherLabels = conflictsOf(copies);
  return {
    splitOf,
    otherLabels,
    /** Whether a picture is told of that is no suspect. */
    kept: (id: string, rank: number) => otherLabels.has(id) || rank < judged.length * LEAST_SHARE,
    formatVersion: 1 as const,
    runId,
    folds,
    classNames: [...dataset.classNames],
    counts,
    copies,
  };
}

/** Such as: confidently no red (red 0.04). */
function doubtOf(
  { label, isThere, probability }: JudgedAssignment,
  classNames: readonly string[],
  isSuspect: boolean,
): string {
  const name = classNames[label]!;
  const isOther = isThere === probability < 0.5;
  const sure = isSuspect ? "confidently" : isOther ? "rather" : "probably";
  const isSaid = isSuspect || isOther ? !isThere : isThere;
  // By the label's own name: the probability is of the label, also where there is rather none.
  return `${sure} ${isSaid ? "" : "no "}${name} (${name} ${probability.toFixed(2)})`;
}

/** Of each picture that is there under another label, too, in words which and as what. */
function conflictsOf(copies: DatasetInspection["duplicates"]["groups"]): Map<string, string> {
  return new Map(
    copies.flatMap(({ pictures }) =>
      pictures.flatMap(({ id, className }) => {
        const other = pictures.find((picture) => picture.className !== className);
        return other
          ? [[id, `${other.id} shows the same and is labelled ${other.className || "with none"}`] as const]
          : [];
      }),
    ),
  );
}

function whyOf(
  { label, suggestion, labelProbability, suggestionProbability, isSuspect }: Omit<JudgedLabel, "row">,
  classNames: readonly string[],
  conflict: string | undefined,
): string {
  const [own, other] = [classNames[label]!, classNames[suggestion]!];
  const said = `${other} ${suggestionProbability.toFixed(2)}, ${own} ${labelProbability.toFixed(2)}`;
  const judged = isSuspect
    ? `confidently ${other}: ${said}`
    : labelProbability < suggestionProbability
      ? `rather ${other}: ${said}`
      : `probably ${own}: ${said}`;
  return conflict === undefined ? judged : `${judged}; ${conflict}`;
}
