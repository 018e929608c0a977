/**
 * A run keeps its colour on every page and after every reload: the colour comes from the run's id. The colours
 * themselves are tokens of theme.css, so that light and dark each have their own.
 */

const colorCount = 20;

export interface RunStroke {
  /** A CSS colour: `var(--color-run-7)`. */
  color: string;
  /** Lengths of a dashed stroke in CSS pixels, for runs beyond the twentieth that share a colour. */
  dash?: readonly number[];
}

const dashes: readonly (readonly number[] | undefined)[] = [undefined, [6, 3], [2, 2], [8, 3, 2, 3]];

/** FNV-1a, finished by an avalanche: ids that differ in their last letter must not be neighbours. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  value = Math.imul(value ^ (value >>> 12), 0x297a2d39);
  return (value ^ (value >>> 15)) >>> 0;
}

/** The same id has the same colour everywhere; two ids may share one (`strokesOfRuns` keeps them apart). */
export function colorOfRun(id: string): string {
  return `var(--color-run-${hash(id) % colorCount})`;
}

/**
 * Strokes for runs that are seen together. Each has the colour of `colorOfRun` unless a run of a smaller id took it:
 * then the next free one, and from the twenty-first on a dash. The order of `ids` does not matter.
 */
export function strokesOfRuns(ids: Iterable<string>): Map<string, RunStroke> {
  const strokes = new Map<string, RunStroke>();
  const used = new Array<number>(colorCount).fill(0);
  for (const id of [...new Set(ids)].sort()) {
    const fewest = Math.min(...used);
    let index = hash(id) % colorCount;
    while ((used[index] ?? 0) > fewest) index = (index + 1) % colorCount;
    const dash = dashes[fewest % dashes.length];
    used[index] = fewest + 1;
    strokes.set(id, { color: `var(--color-run-${index})`, ...(dash && { dash }) });
  }
  return strokes;
}
