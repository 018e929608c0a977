/** What is written down of each picture of an opened data set, whether it is a file of its own or not. */
import type { SplitName } from "@convkit/schema";
import { DisjointSets } from "../disjoint-sets.js";
import type { ImageDataset } from "../image-dataset.js";
import { labelNameAt } from "../label-sets.js";
import type { PictureLocation } from "../pictures/picture-location.js";

export interface SplitRowsOptions {
  /**
   * Of each picture by its id, where it is in a group, beside the data set's own groups. Held-back pictures are then
   * written as training pictures: whoever opens the file holds back anew, group by group.
   */
  readonly groups?: ReadonlyMap<string, string> | undefined;
  /** Of pictures by their ids, another split than the one that they are in. */
  readonly splits?: ReadonlyMap<string, SplitName> | undefined;
}

export interface SplitRow {
  readonly id: string;
  /** undefined where pictures are in memory. */
  readonly location: PictureLocation | undefined;
  /** The class's name, or those of a set of labels between `|`. */
  readonly label: string;
  readonly split: string;
  readonly group: string | undefined;
  /** undefined where the pictures of a split count alike. */
  readonly weight: number | undefined;
  /** Further columns of the manifest that it was read from. */
  readonly attributes: Readonly<Record<string, string>> | undefined;
}

/** Split by split, in the order that they have there. */
export function splitRows(dataset: ImageDataset, { groups, splits }: SplitRowsOptions): SplitRow[] {
  const groupOf = joinGroups(dataset, groups);
  return dataset.splitList().flatMap((split) =>
    split.ids.map((id, position) => ({
      id,
      location: split.fileAt(position)?.location,
      attributes: split.fileAt(position)?.attributes,
      label: labelNameAt(split, position, dataset.classNames),
      split: splits?.get(id) ?? (groups && dataset.isHeldBack(split.name) ? "train" : split.name),
      group: groupOf(id),
      weight: split.weights?.[position],
    })),
  );
}

/** Copies join what they are copies of: groups of the data set that share one become one group. */
function joinGroups(
  dataset: ImageDataset,
  copies: SplitRowsOptions["groups"],
): (id: string) => string | undefined {
  const pairs = [...(copies ?? [])].flatMap(([id, copyOf]) => {
    const own = dataset.groupOf(id);
    return own === undefined ? [] : [[own, dataset.groupOf(copyOf) ?? copyOf] as const];
  });
  const names = [...new Set(pairs.flat())];
  const numbers = new Map(names.map((name, number) => [name, number]));
  const sets = new DisjointSets(names.length);
  for (const [own, other] of pairs) sets.join(numbers.get(own) as number, numbers.get(other) as number);
  return (id) => {
    const copyOf = copies?.get(id);
    const own =
      dataset.groupOf(id) ?? (copyOf === undefined ? undefined : (dataset.groupOf(copyOf) ?? copyOf));
    const number = own === undefined ? undefined : numbers.get(own);
    return number === undefined ? own : names[sets.rootOf(number)];
  };
}
