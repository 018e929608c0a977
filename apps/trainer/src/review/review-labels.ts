/** A data set's doubtful labels and copies, out of what networks that have not learnt from its pictures make of them. */
import type { DatasetInspection, LabelReview, Predictions, ReviewedLabel } from "@convkit/schema";
import { labelErrors, type JudgedLabel } from "@convkit/evaluator";
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
  const splitOf = new Map(
    dataset.splitList().flatMap(({ name, ids }) => ids.map((id) => [id, name] as const)),
  );
  const { classNames } = dataset;
  const copies = inspection.duplicates.groups.filter(({ isLeak, isConflict }) => isLeak || isConflict);
  const otherLabels = conflictsOf(copies);
  const labels = ranked
    .filter(
      ({ isSuspect, id }, rank) => isSuspect || otherLabels.has(id) || rank < ranked.length * LEAST_SHARE,
    )
    .map(({ row: _row, ...judged }): ReviewedLabel => ({
      ...judged,
      split: splitOf.get(judged.id) ?? predictions.split,
      why: whyOf(judged, classNames, otherLabels.get(judged.id)),
    }));
  const counts: Record<string, number> = {};
  for (const { id } of ranked) {
    const split = splitOf.get(id) ?? predictions.split;
    counts[split] = (counts[split] ?? 0) + 1;
  }
  const review: LabelReview = {
    formatVersion: 1,
    runId,
    classNames: [...classNames],
    folds,
    counts,
    suspectCount: ranked.filter(({ isSuspect }) => isSuspect).length,
    confidentJoint: confidentJoint.map((row) => [...row]),
    joint: joint.map((row) => [...row]),
    labels,
    copies,
  };
  return { review, ranked };
}

/** Of each picture that is there under another label, too, in words which and as what. */
function conflictsOf(copies: DatasetInspection["duplicates"]["groups"]): Map<string, string> {
  return new Map(
    copies.flatMap(({ pictures }) =>
      pictures.flatMap(({ id, className }) => {
        const other = pictures.find((picture) => picture.className !== className);
        return other ? [[id, `${other.id} shows the same and is labelled ${other.className}`] as const] : [];
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
