/** Selecting rows as file managers do: one by one, or all from the last one to this one. */

export interface RangeSelection {
  /** Ids as they are seen, top to bottom. */
  ids: readonly string[];
  /** The row that was selected last; without one, only `targetId` changes. */
  anchorId: string | null;
  targetId: string;
  /** Selects, or takes back. */
  on: boolean;
}

export function selectRange(
  selected: ReadonlySet<string>,
  { ids, anchorId, targetId, on }: RangeSelection,
): Set<string> {
  const next = new Set(selected);
  const target = ids.indexOf(targetId);
  const anchor = anchorId === null ? -1 : ids.indexOf(anchorId);
  const [from, to] = anchor < 0 ? [target, target] : [Math.min(anchor, target), Math.max(anchor, target)];
  for (const id of target < 0 ? [targetId] : ids.slice(from, to + 1)) {
    if (on) next.add(id);
    else next.delete(id);
  }
  return next;
}
