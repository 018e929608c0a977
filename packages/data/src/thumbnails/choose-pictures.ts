/** Of which pictures of a data set there are small ones: those that runs are judged on, and examples to learn from. */
import { hashToUint32 } from "@convkit/random";
import type { DatasetSplit } from "../dataset-split.js";
import { labelsAt } from "../label-sets.js";
import type { ImageDataset } from "../image-dataset.js";

export interface ChosenPictures {
  readonly split: DatasetSplit;
  /** In the split. */
  readonly positions: readonly number[];
}

export interface ChoiceLimits {
  /** Of test and validation together; a data set of no more than these is taken whole. */
  readonly most: number;
  /** Of the training pictures of a larger one. */
  readonly perClass: number;
  /** Ids of training pictures to be among them in any case. */
  readonly also?: ReadonlySet<string> | undefined;
}

/** By the hash of their ids, as `take` chooses: the same ones at every call. */
export function choosePictures(
  { splits }: ImageDataset,
  { most, perClass, also }: ChoiceLimits,
): ChosenPictures[] {
  const { train, validation, test } = splits;
  let left = most;
  const judged = [test, validation].flatMap((split) => {
    if (!split || left === 0) return [];
    const positions = ranked(split).slice(0, left);
    left -= positions.length;
    return [{ split, positions }];
  });
  return [
    ...judged,
    { split: train, positions: train.length <= left ? ranked(train) : ofClasses(train, perClass, also) },
  ];
}

function ofClasses(split: DatasetSplit, perClass: number, also?: ReadonlySet<string>): number[] {
  const counts = new Map<number, number>();
  return ranked(split).filter((position) => {
    const labels = labelsAt(split, position);
    // Pictures without any label are a class of their own.
    const classes = labels.length > 0 ? labels : [-1];
    const isFew = classes.some((label) => (counts.get(label) ?? 0) < perClass);
    for (const label of classes) counts.set(label, (counts.get(label) ?? 0) + 1);
    return isFew || also?.has(split.ids[position] as string);
  });
}

function ranked({ ids }: DatasetSplit): number[] {
  return ids
    .map((id, position) => ({ position, rank: hashToUint32(`take/${id}`, 0) }))
    .sort((a, b) => a.rank - b.rank || a.position - b.position)
    .map(({ position }) => position);
}
