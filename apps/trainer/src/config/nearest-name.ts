/** "Did you mean …?": the known name nearest to what was typed. */
import { distance } from "fastest-levenshtein";

/** @returns the nearest of `names` if at most a third of its letters (and at least two) differ, else undefined. */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, edits: distance(typed.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best && best.edits <= Math.max(2, Math.floor(best.name.length / 3)) ? best.name : undefined;
}
