/**
 * The columns that a review writes into a manifest for whoever decides on it, and by which they are known when it is read back. A data
 * set may have columns of these names itself: ours are then called otherwise, and its own are kept.
 */

/** Of pictures of one class each, which come with `relabel`; and of pictures with any number of labels. */
const NAMES = {
  class: ["suggestion", "quality"],
  sets: ["suggestion", "add", "remove", "quality"],
} as const;

type ReviewKind = keyof typeof NAMES;

/** What each is called. */
export interface ReviewColumns {
  /** The class, or the whole set of labels, that it rather is. */
  readonly suggestion: string;
  /** Labels that are missing. */
  readonly add?: string;
  /** Labels that are too many. */
  readonly remove?: string;
  /** What the label, or the set, is worth, 0…1. */
  readonly quality: string;
}

/** As they are; then `review_suggestion` and its like; then `review_suggestion_2`, and so on. */
const nameAt = (name: string, level: number): string =>
  level === 0 ? name : `review_${name}${level === 1 ? "" : `_${level}`}`;

const namesAt = (kind: ReviewKind, level: number): string[] => NAMES[kind].map((name) => nameAt(name, level));

function levelsIn(kind: ReviewKind, names: ReadonlySet<string>): number[] {
  return [...names].flatMap((name) => {
    const found = /^(review_)?[a-z]+(?:_(\d+))?$/.exec(name);
    if (found === null) return [];
    const level = found[1] === undefined ? 0 : Number(found[2] ?? 1);
    return namesAt(kind, level).includes(name) ? [level] : [];
  });
}

/**
 * @param own columns of the data set.
 * @returns the first names, or those behind the last that it has: `reviewColumnsIn` takes the last ones for a review's.
 */
export function freeReviewColumns(kind: ReviewKind, own: ReadonlySet<string>): ReviewColumns {
  const level = Math.max(-1, ...levelsIn(kind, own)) + 1;
  return {
    suggestion: nameAt("suggestion", level),
    ...(kind === "sets" && { add: nameAt("add", level), remove: nameAt("remove", level) }),
    quality: nameAt("quality", level),
  };
}

/**
 * @param names of all columns of a manifest.
 * @returns those that a review wrote, which are all there, and of one class each with `relabel`; none where there are no such.
 */
export function reviewColumnsIn(kind: ReviewKind, names: ReadonlySet<string>): ReadonlySet<string> {
  const whole = levelsIn(kind, names).filter((level) =>
    namesAt(kind, level).every((name) => names.has(name)),
  );
  if ((kind === "class" && !names.has("relabel")) || whole.length === 0) return new Set();
  return new Set(namesAt(kind, Math.max(...whole)));
}
