/**
 * The columns that a review writes into a manifest for whoever decides on it, and by which they are known when it is read back. A data
 * set may have columns of these names itself: ours are then called otherwise, and its own are kept.
 */

export interface ReviewColumns {
  /** The class that it rather is. */
  readonly suggestion: string;
  /** What the label is worth, 0…1. */
  readonly quality: string;
}

/** `suggestion` and `quality`; then `review_suggestion` and its like; then `review_suggestion_2`, and so on. */
function columnsAt(level: number): ReviewColumns {
  const named = (name: string) => (level === 0 ? name : `review_${name}${level === 1 ? "" : `_${level}`}`);
  return { suggestion: named("suggestion"), quality: named("quality") };
}

function levelsIn(names: ReadonlySet<string>): number[] {
  return [...names].flatMap((name) => {
    const found = /^(review_)?(?:suggestion|quality)(?:_(\d+))?$/.exec(name);
    if (found === null) return [];
    const level = found[1] === undefined ? 0 : Number(found[2] ?? 1);
    return Object.values(columnsAt(level)).includes(name) ? [level] : [];
  });
}

/**
 * @param own columns of the data set.
 * @returns the first names, or those behind the last that it has: `reviewColumnsIn` takes the last ones for a review's.
 */
export function freeReviewColumns(own: ReadonlySet<string>): ReviewColumns {
  return columnsAt(Math.max(-1, ...levelsIn(own)) + 1);
}

/**
 * @param names of all columns of a manifest.
 * @returns those that a review wrote, which come with `relabel` and all together; none where there are no such.
 */
export function reviewColumnsIn(names: ReadonlySet<string>): ReadonlySet<string> {
  const whole = levelsIn(names).filter((level) =>
    Object.values(columnsAt(level)).every((name: string) => names.has(name)),
  );
  if (!names.has("relabel") || whole.length === 0) return new Set();
  return new Set(Object.values(columnsAt(Math.max(...whole))));
}
