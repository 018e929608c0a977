/** What a step takes, of several that were timed: a few slow ones do not count. */

/** @param values one at least; of an even number the higher of the two in the middle. */
export function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
