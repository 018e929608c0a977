/** A sample in which each class has its share. */
import type { Rng } from "@convkit/random";

/**
 * So many positions, drawn class by class: each gets its share of the count rounded down, and the classes that lose most by that
 * one more (largest remainders).
 *
 * @param labels class index per picture.
 * @returns ascending; all of them if there are no more.
 */
export function stratifiedSample(labels: ArrayLike<number>, count: number, rng: Rng): number[] {
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
  const missing = count - quotas.reduce((sum, { whole }) => sum + whole, 0);
  const favoured = new Set(
    quotas
      .toSorted((a, b) => b.rest - a.rest || a.label - b.label)
      .slice(0, missing)
      .map(({ label }) => label),
  );
  return quotas
    .flatMap(({ label, members, whole }) => {
      const drawn = rng.split(label).shuffle(members);
      return drawn.slice(0, whole + (favoured.has(label) ? 1 : 0));
    })
    .toSorted((a, b) => a - b);
}
