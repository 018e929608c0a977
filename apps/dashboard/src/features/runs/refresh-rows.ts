/**
 * Reads runs that changed and replaces them where they stand in the table's pages. Where that does not do, the pages are
 * read again: what goes wrong then is the query's own error, which the page shows.
 */
import type { InfiniteData, QueryClient, QueryKey } from "@tanstack/react-query";

interface Row {
  readonly id: string;
}

export interface RowsPage<R extends Row> {
  readonly runs: readonly R[];
  readonly total: number;
  readonly nextCursor?: string;
}

export interface RefreshRowsOptions<R extends Row> {
  /** Of the pages. */
  readonly queryKey: QueryKey;
  /** Of the runs that changed. */
  readonly ids: readonly string[];
  /** @returns those of them that the table has a place for. */
  readonly read: () => Promise<readonly R[]>;
}

export async function refreshRows<R extends Row>(
  queryClient: QueryClient,
  { queryKey, ids, read }: RefreshRowsOptions<R>,
): Promise<void> {
  const runs = await read().catch(() => null);
  const old = queryClient.getQueryData<InfiniteData<RowsPage<R>>>(queryKey);
  if (!old) return;
  const known = new Set(old.pages.flatMap((page) => page.runs.map(({ id }) => id)));
  // One that is new here, or was deleted: only the server knows its place.
  const hasMoved =
    runs !== null &&
    (runs.some(({ id }) => !known.has(id)) ||
      ids.some((id) => known.has(id) && !runs.some((run) => run.id === id)));
  if (runs === null || hasMoved) return queryClient.invalidateQueries({ queryKey });
  queryClient.setQueryData(queryKey, patchRows(old, runs));
}

function patchRows<R extends Row>(
  data: InfiniteData<RowsPage<R>>,
  runs: readonly R[],
): InfiniteData<RowsPage<R>> {
  const fresh = new Map(runs.map((run) => [run.id, run]));
  return {
    ...data,
    pages: data.pages.map((page) =>
      page.runs.some(({ id }) => fresh.has(id))
        ? { ...page, runs: page.runs.map((run) => fresh.get(run.id) ?? run) }
        : page,
    ),
  };
}
