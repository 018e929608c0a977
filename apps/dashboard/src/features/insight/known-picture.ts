/** All that a run's documents say of one picture, so that it looks the same wherever it is opened. */
import type { Explanations, LabelReview, LabelSetReview, Projection } from "../../trpc/context";

export interface PictureDocuments {
  readonly explanations?: Explanations | null | undefined;
  readonly review?: LabelReview | null | undefined;
  readonly setReview?: LabelSetReview | null | undefined;
  readonly projection?: Projection | null | undefined;
}

export interface Neighbour {
  readonly id: string;
  /** Class name; `unknown` where it has none. */
  readonly label: string;
  /** Cosine of the features, −1 to 1. */
  readonly similarity: number;
}

export interface KnownPicture {
  readonly id: string;
  /** null where no document names the picture's class; of label sets all that it has. */
  readonly label: string | null;
  readonly split: string | null;
  readonly explained: Explanations["pictures"][number] | null;
  readonly reviewed: LabelReview["labels"][number] | null;
  readonly reviewedSet: LabelSetReview["pictures"][number] | null;
  /** Of a judged picture its nearest training pictures; of a training picture the judged ones that it is near to. */
  readonly neighbours: readonly Neighbour[];
  /** Which split the neighbours are of. */
  readonly neighbourSplit: string | null;
}

/** A training picture may be near to hundreds. */
const MOST_NEIGHBOURS = 12;

export function knownPicture(
  id: string,
  { explanations, review, setReview, projection }: PictureDocuments,
): KnownPicture {
  const explained = explanations?.pictures.find((picture) => picture.id === id) ?? null;
  const reviewed = review?.labels.find((picture) => picture.id === id) ?? null;
  const reviewedSet = setReview?.pictures.find((picture) => picture.id === id) ?? null;
  const around = projection ? neighbourhoodOf(id, projection) : null;
  return {
    id,
    label:
      (reviewedSet && setReview && namesOf(setReview.classNames, reviewedSet.labels)) ??
      (explained && explanations && labelWords(explanations, explained).label) ??
      (reviewed && review && className(review.classNames, reviewed.label)) ??
      around?.label ??
      null,
    split:
      reviewed?.split ??
      reviewedSet?.split ??
      around?.split ??
      (explained && explanations ? explanations.split : null),
    explained,
    reviewed,
    reviewedSet,
    neighbours: around?.neighbours ?? [],
    neighbourSplit: around?.neighbourSplit ?? null,
  };
}

export const className = (classNames: readonly string[], index: number) =>
  index < 0 ? "unknown" : (classNames[index] ?? String(index));

/** A set of labels. */
export const namesOf = (classNames: readonly string[], labels: readonly number[]) =>
  labels.length === 0 ? "no label" : labels.map((label) => className(classNames, label)).join(", ");

/** What the picture is and what the network said; of label sets whether the explained label is there, and said to be. */
export function labelWords(
  { classNames, isMultiLabel }: Explanations,
  { label, prediction, explained }: Explanations["pictures"][number],
): { label: string; prediction: string } {
  const wordOf = (index: number) =>
    isMultiLabel && index < 0 ? `no ${className(classNames, explained)}` : className(classNames, index);
  return { label: wordOf(label), prediction: wordOf(prediction) };
}

interface Neighbourhood {
  readonly label: string;
  readonly split: string;
  readonly neighbours: readonly Neighbour[];
  readonly neighbourSplit: string;
}

/** null of a picture that the projection has not. */
function neighbourhoodOf(id: string, projection: Projection): Neighbourhood | null {
  const { ids, labels, classNames, split, neighbours } = projection;
  const judged = ids.indexOf(id);
  if (judged >= 0) {
    const similarity = neighbours.similarity[judged] ?? [];
    return {
      label: className(classNames, labels[judged] ?? -1),
      split,
      neighbourSplit: neighbours.split,
      neighbours: (neighbours.of[judged] ?? []).flatMap((place, rank) => {
        const other = neighbours.ids[place];
        if (other === undefined) return [];
        const label = className(classNames, neighbours.labels[place] ?? -1);
        return [{ id: other, label, similarity: similarity[rank] ?? NaN }];
      }),
    };
  }
  const learnt = neighbours.ids.indexOf(id);
  if (learnt < 0) return null;
  const near = neighbours.of.flatMap((places, index) => {
    const rank = places.indexOf(learnt);
    const other = ids[index];
    if (rank < 0 || other === undefined) return [];
    const label = className(classNames, labels[index] ?? -1);
    return [{ id: other, label, similarity: neighbours.similarity[index]?.[rank] ?? NaN }];
  });
  return {
    label: className(classNames, neighbours.labels[learnt] ?? -1),
    split: neighbours.split,
    neighbourSplit: split,
    neighbours: near.sort((a, b) => b.similarity - a.similarity).slice(0, MOST_NEIGHBOURS),
  };
}

/** A file beside `index.json`; null for a name that leads elsewhere, which no command writes. */
export function explanationPath(file: string): string | null {
  return /^[\w-][\w.-]*\.png$/.test(file) ? `artifacts/explanations/${file}` : null;
}
