/**
 * Which pictures validate or test is decided picture by picture: by the hash of its id (or of its group) and the seed.
 * So class fractions hold in expectation, and adding or removing pictures never moves another one across. Stratified,
 * the same hash ranks the pictures of each class, and fractions hold exactly, but for rounding: for data that stays as it
 * is.
 */
import { hashToUnit } from "@convkit/random";
import type { DatasetSplit } from "./dataset-split.js";

export interface HoldBackOptions {
  readonly as: "validation" | "test";
  /** Of the split's pictures (or groups): a part of 0…1, or one of several equal parts, counted from 0. */
  readonly part: number | { readonly fold: number; readonly folds: number };
  /** uint32. */
  readonly seed: number;
  /** Exactly that part of every class; groups are then not known. */
  readonly stratify?: boolean | undefined;
  /** Pictures of one group stay together: frames of one film, pictures of one patient. Each its own if left out. */
  readonly groupOf?: ((id: string) => string) | undefined;
}

/** Before what is hashed: who tests is drawn independently of who validates. Promises to users' runs. */
const SALTS = { validation: "", test: "test/" } as const;

/** @returns two splits named `train` and `as`; every picture is in exactly one of them. */
export function holdBack(
  split: DatasetSplit,
  { as, part, seed, stratify = false, groupOf = (id) => id }: HoldBackOptions,
): { train: DatasetSplit; heldBack: DatasetSplit } {
  const units = split.ids.map((id) => hashToUnit(SALTS[as] + groupOf(id), seed));
  const places = stratify ? ranksInClass(split, units) : units;
  const isHeld = (place: number) =>
    typeof part === "number" ? place < part : Math.floor(place * part.folds) === part.fold;
  const train: number[] = [];
  const heldBack: number[] = [];
  places.forEach((place, position) => (isHeld(place) ? heldBack : train).push(position));
  return { train: split.select(train), heldBack: split.select(heldBack, as) };
}

export interface AssignFoldsOptions {
  readonly folds: number;
  /** uint32. */
  readonly seed: number;
  /** Undefined of a picture that stands alone. */
  readonly groupOf: (id: string) => string | undefined;
}

/**
 * Parts pictures into folds, by the hash of their ids: of each class as many in each, but for rounding; where there are groups, by
 * the hash of these, so that they stay together.
 * @returns of each picture its fold, from 0.
 */
export function assignFolds(
  pictures: Pick<DatasetSplit, "ids" | "labels">,
  { folds, seed, groupOf }: AssignFoldsOptions,
): Int32Array {
  const groups = pictures.ids.map(groupOf);
  const units = pictures.ids.map((id, i) => hashToUnit(`fold/${groups[i] ?? id}`, seed));
  const hasGroups = groups.some((group) => group !== undefined);
  const places = hasGroups ? units : ranksInClass(pictures, units);
  return Int32Array.from(places, (place) => Math.floor(place * folds));
}

/**
 * Groups that are shared by splits that a data set, or a list, gives: nothing is held back there, so nothing keeps them
 * together.
 * @returns a sentence, or none.
 */
export function warnOfSharedGroups(
  splits: Readonly<Record<string, Pick<DatasetSplit, "ids">>>,
  groupOf: HoldBackOptions["groupOf"],
): string[] {
  if (groupOf === undefined) return [];
  const splitsOf = new Map<string, Set<string>>();
  for (const [split, { ids }] of Object.entries(splits)) {
    for (const id of ids) {
      const group = groupOf(id);
      if (group === id) continue;
      const found = splitsOf.get(group);
      if (found === undefined) splitsOf.set(group, new Set([split]));
      else found.add(split);
    }
  }
  const [first, ...others] = [...splitsOf].filter(([, found]) => found.size > 1);
  if (first === undefined) return [];
  const [group, found] = first;
  return [
    `${others.length + 1} ${others.length > 0 ? "groups are" : "group is"} in several splits that the data set or a list gives, such ` +
      `as ${group} in ${[...found].join(" and ")}: what is judged on groups that were learnt from looks better than it is`,
  ];
}

/** Where each picture stands among those of its class in the order of their hashes: the middle of its share of 0…1. */
function ranksInClass(
  { ids, labels }: Pick<DatasetSplit, "ids" | "labels">,
  units: readonly number[],
): number[] {
  const ofClass = new Map<number, number[]>();
  for (const [position, label] of labels.entries()) {
    const members = ofClass.get(label);
    if (members === undefined) ofClass.set(label, [position]);
    else members.push(position);
  }
  const places = new Array<number>(ids.length);
  for (const members of ofClass.values()) {
    members.sort((a, b) => (units[a] as number) - (units[b] as number) || (ids[a]! < ids[b]! ? -1 : 1));
    for (const [rank, position] of members.entries()) places[position] = (rank + 0.5) / members.length;
  }
  return places;
}
