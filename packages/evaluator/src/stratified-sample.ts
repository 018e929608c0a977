/** A sample in which each class has its share. */
import type { Rng } from "@convkit/random";

/**
 * What becomes of the parts of a picture in the classes' shares. `largest-remainders`: shares are rounded down, and the classes that
 * lose most by that get one more, until the sample has its size; a rare class may go without. `none-left-out`: shares are rounded
 * down, to one at least.
 */
export type ShareRounding = "largest-remainders" | "none-left-out";

/**
 * So many positions, drawn class by class.
 *
 * @param labels class index per picture.
 * @param count how many, of `none-left-out` about as many: less by what rounding takes, more by classes that get one all the same.
 * @returns ascending; all of them if there are no more than `count`.
 */
export function stratifiedSample(
  labels: ArrayLike<number>,
  count: number,
  { rng, rounding }: { readonly rng: Rng; readonly rounding: ShareRounding },
): number[] {
  const all = Array.from(labels, (_, position) => position);
  if (count >= all.length) return all;
  const classes = new Map<number, number[]>();
  for (const position of all) {
    const label = labels[position] as number;
    const members = classes.get(label);
    if (members) members.push(position);
    else classes.set(label, [position]);
  }
  const quotas = [...classes].map(([label, members]) => {
    const exact = (members.length * count) / all.length;
    return { label, members, whole: Math.floor(exact), rest: exact - Math.floor(exact) };
  });
  const favoured = rounding === "none-left-out" ? new Set<number>() : largestRemainders(quotas, count);
  const least = rounding === "none-left-out" ? 1 : 0;
  return quotas
    .flatMap(({ label, members, whole }) => {
      const drawn = rng.split(label).shuffle(members);
      return drawn.slice(0, Math.max(least, whole + (favoured.has(label) ? 1 : 0)));
    })
    .toSorted((a, b) => a - b);
}

interface Quota {
  readonly label: number;
  readonly whole: number;
  readonly rest: number;
}

/** The labels that get one more, so that there are `count` in all. */
function largestRemainders(quotas: readonly Quota[], count: number): Set<number> {
  const missing = count - quotas.reduce((sum, { whole }) => sum + whole, 0);
  const byRest = quotas.toSorted((a, b) => b.rest - a.rest || a.label - b.label);
  return new Set(byRest.slice(0, missing).map(({ label }) => label));
}
