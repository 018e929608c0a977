/** Runs compare where they were judged on the same pictures: these are found here by their ids, and what differs is said. */
import { InvalidPredictionsError } from "../check-predictions.js";
import type { Judgements } from "./judgements.js";
import type { Steps } from "./steps.js";

/** The runs were judged on different test data: a difference between them would be one of the data. */
export class TestDataMismatchError extends Error {
  override readonly name = "TestDataMismatchError";
  /** Ids of the runs. */
  readonly first: string;
  readonly other: string;
  /** For each way in which the other's data differ, what it is. */
  readonly differences: readonly string[];

  constructor(first: string, other: string, differences: readonly string[]) {
    super(
      `Expected runs that were judged on the same pictures. Received: ${other}, which differs from ${first}: ` +
        `${differences.join("; ")}. Judge both on the same data with convkit evaluate, or leave one out.`,
    );
    this.first = first;
    this.other = other;
    this.differences = differences;
  }
}

export interface NamedJudgements {
  readonly id: string;
  readonly judgements: Judgements;
}

export interface SamePictures {
  readonly count: number;
  /** Of each run, in the order given, the row of every picture. */
  readonly rows: readonly Int32Array[];
  /** Pictures by their label, which are drawn again among themselves; of label sets all of them together. */
  readonly strata: readonly Int32Array[];
}

const EXAMPLES = 3;

/**
 * Pictures without a label are left out. A run's order does not matter; of ids that come twice, the first is the first.
 * @throws {TestDataMismatchError} if split, classes, pictures or labels differ.
 * @throws {InvalidPredictionsError} if no picture has a label.
 */
export function* findSamePictures(runs: readonly NamedJudgements[]): Steps<SamePictures> {
  const [first, ...others] = runs as [NamedJudgements, ...NamedJudgements[]];
  const pictures = labelledRows(first.judgements);
  const rows = [Int32Array.from(pictures.values())];
  for (const other of others) {
    const theirs = labelledRows(other.judgements);
    yield;
    const differences = [
      ...headDifferences(first.judgements, other.judgements),
      ...missing(pictures, theirs, first.id),
      ...missing(theirs, pictures, other.id),
    ];
    yield;
    // Of other classes, every label would differ, too.
    if (differences.length === 0) differences.push(...labelDifferences(first, other, { pictures, theirs }));
    if (differences.length > 0) throw new TestDataMismatchError(first.id, other.id, differences);
    rows.push(Int32Array.from(pictures.keys(), (key) => theirs.get(key)!));
    yield;
  }
  if (pictures.size === 0) {
    throw new InvalidPredictionsError("Expected pictures whose label is known. Received: none.");
  }
  return { count: pictures.size, rows, strata: strataOf(first.judgements, rows[0]!) };
}

/** Row by id, in the run's order; the second of equal ids has a number behind it. */
function labelledRows(judgements: Judgements): Map<string, number> {
  const rows = new Map<string, number>();
  for (const [row, id] of judgements.ids.entries()) {
    if (judgements.labelSets === undefined && judgements.labels[row]! < 0) continue;
    let key = id;
    for (let again = 2; rows.has(key); again++) key = `${id} (${again})`;
    rows.set(key, row);
  }
  return rows;
}

function strataOf(judgements: Judgements, rows: Int32Array): Int32Array[] {
  if (judgements.labelSets) return [Int32Array.from(rows.keys())];
  const strata = judgements.classNames.map((): number[] => []);
  for (const [picture, row] of rows.entries()) strata[judgements.labels[row]!]!.push(picture);
  return strata.filter(({ length }) => length > 0).map((stratum) => Int32Array.from(stratum));
}

function headDifferences(first: Judgements, other: Judgements): string[] {
  const differences: string[] = [];
  if (first.split !== other.split) {
    differences.push(`its split is ${other.split}, and not ${first.split}`);
  }
  if ((first.labelSets === undefined) !== (other.labelSets === undefined)) {
    const [its, not] = other.labelSets ? ["any number of labels", "one class"] : ["one class", "any number"];
    differences.push(`its pictures have ${its} each, and not ${not}`);
  }
  const added = other.classNames.filter((name) => !first.classNames.includes(name));
  const gone = first.classNames.filter((name) => !other.classNames.includes(name));
  if (added.length > 0) differences.push(`it has ${classes(added)} more`);
  if (gone.length > 0) differences.push(`it lacks ${classes(gone)}`);
  const moved = first.classNames.findIndex((name, index) => other.classNames[index] !== name);
  if (added.length + gone.length === 0 && moved >= 0) {
    const [its, theirs] = [other.classNames[moved] ?? "none", first.classNames[moved]];
    differences.push(`its classes are in another order: class ${moved} is ${its}, and not ${theirs}`);
  }
  return differences;
}

function missing(of: ReadonlyMap<string, number>, from: ReadonlyMap<string, number>, id: string): string[] {
  const only = [...of.keys()].filter((key) => !from.has(key));
  if (only.length === 0) return [];
  const are = only.length === 1 ? "is" : "are";
  return [`${number(only.length)} of ${plural(of.size, "picture")} ${are} in ${id} alone (${some(only)})`];
}

function labelDifferences(
  first: NamedJudgements,
  other: NamedJudgements,
  { pictures, theirs }: Record<"pictures" | "theirs", ReadonlyMap<string, number>>,
): string[] {
  const changed = [...pictures].flatMap(([key, row]) => {
    const [before, after] = [labelOf(first.judgements, row), labelOf(other.judgements, theirs.get(key)!)];
    return before === after ? [] : [`${key} is ${after}, and not ${before}`];
  });
  if (changed.length === 0) return [];
  const have = changed.length === 1 ? "has another label" : "have other labels";
  return [`${plural(changed.length, "picture")} ${have} (${some(changed)})`];
}

function labelOf(judgements: Judgements, row: number): string {
  const { classNames } = judgements;
  if (judgements.labelSets === undefined) return classNames[judgements.labels[row]!]!;
  const { labelSets } = judgements;
  const names = classNames.filter((_, label) => labelSets[row * classNames.length + label] === 1);
  return names.join(" and ") || "without a label";
}

const number = (value: number) => value.toLocaleString("en-US");

const plural = (count: number, what: string) => `${number(count)} ${what}${count === 1 ? "" : "s"}`;

const classes = (names: readonly string[]) =>
  `${names.length === 1 ? "class" : `${names.length} classes`} ${some(names)}`;

const some = (names: readonly string[]) =>
  names.slice(0, EXAMPLES).join(", ") + (names.length > EXAMPLES ? ", …" : "");
