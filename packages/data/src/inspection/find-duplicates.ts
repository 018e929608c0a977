/** Pictures that are in a data set more than once, and what comes of it: splits that share them, labels that disagree. */
import type { DatasetInspection, DuplicateGroup } from "@convkit/schema";
import { DisjointSets } from "../disjoint-sets.js";
import { createCorrelation, findSimilar, type SimilarPair } from "./find-similar.js";
import { PRINT_BYTES, type PicturePrints } from "./picture-prints.js";

export interface ComparedPicture {
  readonly id: string;
  readonly split: string;
  readonly className: string;
}

export interface Duplicates extends Pick<DatasetInspection, "duplicates" | "leakage"> {
  /** Positions of the pictures of every group of two and more. */
  readonly groups: readonly (readonly number[])[];
}

/** Of the way from `minSimilarity` to 1, what two pictures lack at most for one to stand for the other. */
const STANDS_WITHIN = 1 / 6;

/**
 * Groups are closed under similarity: pictures of one group may be similar over others only. A picture that is nearly
 * indistinguishable from an earlier one is not compared with later ones: what is like that is like it.
 * @param pictures train first, then those that judge; picture i has print i.
 * @throws the signal's reason once it is aborted.
 */
export async function findDuplicates(
  pictures: readonly ComparedPicture[],
  prints: PicturePrints,
  { minSimilarity, signal }: { readonly minSimilarity: number; readonly signal?: AbortSignal | undefined },
): Promise<Duplicates> {
  const copies = new ExactCopies(pictures, prints);
  const groups = new DisjointSets(copies.positions.length);
  const leaks = new Leaks(copies);
  const correlate = createCorrelation(copies.grey);
  const standsFrom = 1 - (1 - minSimilarity) * STANDS_WITHIN;
  await findSimilar(
    copies.grey,
    {
      correlate,
      signal,
      minCorrelation: minSimilarity,
      // Whole films of a camera that stands still would otherwise be compared frame by frame.
      isWanted: (pair) => !groups.areTogether(pair.first, pair.second) || leaks.wouldLearnFrom(pair),
    },
    (pair, correlation) => {
      groups.join(pair.second, pair.first);
      leaks.add(pair);
      if (correlation < standsFrom) return false;
      leaks.standFor(pair);
      return true;
    },
  );
  const sets = groups
    .sets()
    .filter(([first, ...others]) => others.length > 0 || copies.membersOf(first as number).length > 1);
  const found = sets
    .map((kinds) => describeGroup(kinds, { pictures, copies, correlate }))
    .sort((a, b) => urgency(b) - urgency(a) || b.count - a.count);
  return {
    duplicates: {
      minSimilarity,
      groupCount: found.length,
      pictureCount: found.reduce((sum, { count }) => sum + count - 1, 0),
      conflictCount: found.filter(({ isConflict }) => isConflict).length,
      groups: found,
    },
    leakage: leaks.counts(),
    groups: sets.map((kinds) => kinds.flatMap((kind) => copies.membersOf(kind))),
  };
}

/** Pictures by their bytes: what is the same is compared once. A kind is all copies of one file. */
class ExactCopies {
  /** Of the first picture of each kind. */
  readonly positions: readonly number[];
  /** uint8 [kinds, 32, 32]. */
  readonly grey: Uint8Array;
  readonly #members: readonly (readonly number[])[];
  /** Of each kind, the splits that it is in. */
  readonly splits: readonly ReadonlySet<string>[];
  readonly splitNames: readonly string[];
  readonly #pictures: readonly ComparedPicture[];

  constructor(pictures: readonly ComparedPicture[], { sha256, grey }: PicturePrints) {
    const kinds = new Map<string, number[]>();
    sha256.forEach((hash, position) => {
      const kind = kinds.get(hash);
      if (kind === undefined) kinds.set(hash, [position]);
      else kind.push(position);
    });
    this.#pictures = pictures;
    this.#members = [...kinds.values()];
    this.positions = this.#members.map(([first]) => first as number);
    this.grey = new Uint8Array(this.positions.length * PRINT_BYTES);
    this.positions.forEach((position, kind) =>
      this.grey.set(grey.subarray(position * PRINT_BYTES, (position + 1) * PRINT_BYTES), kind * PRINT_BYTES),
    );
    this.splits = this.#members.map(
      (positions) => new Set(positions.map((position) => (pictures[position] as ComparedPicture).split)),
    );
    this.splitNames = [...new Set(pictures.map(({ split }) => split))];
  }

  /** Positions of the pictures of a kind, rising. */
  membersOf(kind: number): readonly number[] {
    return this.#members[kind] as readonly number[];
  }

  countIn(kind: number, split: string): number {
    return this.membersOf(kind).filter((position) => this.#pictures[position]?.split === split).length;
  }
}

/** Which kinds of one split are, as they are or nearly, in a split before it. */
class Leaks {
  readonly #copies: ExactCopies;
  /** Of each kind: splits in which there is one nearly the same. */
  readonly #near: Set<string>[];
  /** Of each kind: its splits, and those of the kinds that it stands for. */
  readonly #shown: Set<string>[];
  /** Of each kind the one that stands for it, or itself. */
  readonly #standIns: number[];
  readonly #pairs: SimilarPair[] = [];

  constructor(copies: ExactCopies) {
    this.#copies = copies;
    this.#near = copies.positions.map(() => new Set<string>());
    this.#shown = copies.splits.map((splits) => new Set(splits));
    this.#standIns = copies.positions.map((_, kind) => kind);
  }

  wouldLearnFrom({ first, second }: SimilarPair): boolean {
    const { splits } = this.#copies;
    const isNew = (one: number, other: number) =>
      [...this.#shown[other]!].some((split) => !splits[one]!.has(split) && !this.#near[one]!.has(split));
    return isNew(first, second) || isNew(second, first);
  }

  add(pair: SimilarPair): void {
    this.#pairs.push(pair);
    this.#meet(pair);
  }

  standFor({ first, second }: SimilarPair): void {
    this.#standIns[second] = first;
    for (const split of this.#copies.splits[second]!) this.#shown[first]!.add(split);
  }

  #meet({ first, second }: SimilarPair): void {
    for (const split of this.#shown[second]!) this.#near[first]!.add(split);
    for (const split of this.#shown[first]!) this.#near[second]!.add(split);
  }

  /** Of every two splits, the later one's pictures that are in the earlier one too. */
  counts(): Duplicates["leakage"] {
    // One of a pair may have come to stand for others since.
    for (const pair of this.#pairs) this.#meet(pair);
    const { splitNames, splits } = this.#copies;
    return splitNames.flatMap((into, i) =>
      splitNames.slice(i + 1).map((split) => {
        let [exact, near] = [0, 0];
        splits.forEach((own, kind) => {
          if (!own.has(split)) return;
          if (own.has(into)) exact += this.#copies.countIn(kind, split);
          else if (this.#isNear(kind, into)) near += this.#copies.countIn(kind, split);
        });
        return { split, into, exact, near };
      }),
    );
  }

  #isNear(kind: number, split: string): boolean {
    const standIn = this.#standIns[kind] as number;
    const found = [this.#near[kind]!, this.#near[standIn]!, this.#shown[standIn]!];
    return found.some((splits) => splits.has(split));
  }
}

function describeGroup(
  kinds: readonly number[],
  {
    pictures,
    copies,
    correlate,
  }: {
    readonly pictures: readonly ComparedPicture[];
    readonly copies: ExactCopies;
    readonly correlate: (first: number, second: number) => number;
  },
): DuplicateGroup {
  const members = kinds
    .flatMap((kind) => copies.membersOf(kind).map((position) => ({ kind, position })))
    .sort((a, b) => a.position - b.position);
  const all = members.map(({ position }) => pictures[position] as ComparedPicture);
  const first = members[0]!.kind;
  return {
    kind: kinds.length === 1 ? "exact" : "near",
    count: members.length,
    pictures: members.map(({ kind }, i) => ({
      id: all[i]!.id,
      split: all[i]!.split,
      className: all[i]!.className,
      similarity: kind === first ? 1 : Number(correlate(first, kind).toFixed(3)),
    })),
    isLeak: new Set(all.map(({ split }) => split)).size > 1,
    isConflict: new Set(all.map(({ className }) => className)).size > 1,
  };
}

const urgency = ({ isLeak, isConflict }: DuplicateGroup): number => Number(isLeak) + 2 * Number(isConflict);
