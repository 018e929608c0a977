/**
 * Which sequence numbers of an attempt were ingested: PostgreSQL's int4multirange, as text. Events may come in any
 * order and more than once; a journal that is read from front to back leaves one range.
 */

/** Ascending, disjoint and not adjacent: [from, to). */
export type SequenceSet = readonly (readonly [from: number, to: number])[];

/** @param text such as `{[0,5),[7,9)}`. */
export function parseSequenceSet(text: string): SequenceSet {
  return [...text.matchAll(/\[(\d+),(\d+)\)/g)].map(([, from, to]) => [Number(from), Number(to)]);
}

export function formatSequenceSet(set: SequenceSet): string {
  return `{${set.map(([from, to]) => `[${from},${to})`).join(",")}}`;
}

export function hasSequence(set: SequenceSet, sequence: number): boolean {
  return set.some(([from, to]) => from <= sequence && sequence < to);
}

/** @param sequences in any order; may repeat each other and the set. */
export function addSequences(set: SequenceSet, sequences: readonly number[]): SequenceSet {
  const ranges = [...set, ...sequences.map((sequence) => [sequence, sequence + 1] as const)];
  ranges.sort(([a], [b]) => a - b);
  const merged: [number, number][] = [];
  for (const [from, to] of ranges) {
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}
