/**
 * The rows of the runs table. The first page is drawn as soon as it is there, the others come behind it; a run that
 * changes is read alone and replaced in place, so that nothing jumps under the reader's eyes.
 */
"use client";
import { keepPreviousData, useInfiniteQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import { useTRPC, useTRPCClient, type RunRow } from "../../trpc/context";
import { useRunChanges } from "../../trpc/live-provider";
import { readsOf } from "./run-columns";
import type { RunsView } from "./runs-view";

const PAGE = 200;
/** Rows that come without being scrolled to. */
const EAGER = 2000;
/** More changes at once are read as pages. */
const MOST_PATCHED = 40;

interface Page {
  readonly runs: readonly RunRow[];
  readonly total: number;
  readonly nextCursor?: string;
}

export function useRunRows(view: RunsView, columns: readonly string[]) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { search, filter, sort, archived } = view;
  const reads = useMemo(() => readsOf([...columns].sort()), [columns]);
  const input = useMemo(
    () => ({
      search,
      filter,
      archived,
      sort: { field: fieldOfColumn(sort.columnId), descending: sort.descending },
      metrics: reads.metrics.slice(0, 100),
      params: reads.params.slice(0, 100),
      limit: PAGE,
    }),
    [search, filter, archived, sort, reads],
  );
  const options = trpc.runs.list.infiniteQueryOptions(input, {
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
  });
  const query = useInfiniteQuery(options);
  const { data, hasNextPage, isFetching, isPlaceholderData, fetchNextPage } = query;

  const rows = useMemo(() => data?.pages.flatMap(({ runs }) => runs) ?? [], [data]);
  useEffect(() => {
    if (hasNextPage && !isFetching && !isPlaceholderData && rows.length < EAGER) void fetchNextPage();
  }, [hasNextPage, isFetching, isPlaceholderData, rows.length, fetchNextPage]);

  useRunChanges((changes) => {
    if (changes === null || isPlaceholderData) return;
    const ids = [...changes];
    if (ids.length > MOST_PATCHED) return void queryClient.invalidateQueries({ queryKey: options.queryKey });
    const named = ids.map((id) => `id = ${JSON.stringify(id)}`).join(" or ");
    const scope = filter.trim() === "" ? named : `(${filter}) and (${named})`;
    client.runs.list
      .query({ ...input, filter: scope, limit: MOST_PATCHED })
      .then(({ runs }) => {
        const known = new Set(rows.map(({ id }) => id));
        // One that is new here, or was deleted: only the server knows its place.
        const moved =
          runs.some(({ id }) => !known.has(id)) ||
          ids.some((id) => known.has(id) && !runs.some((run) => run.id === id));
        if (moved) return queryClient.invalidateQueries({ queryKey: options.queryKey });
        queryClient.setQueryData<InfiniteData<Page>>(options.queryKey, (old) => old && patchRows(old, runs));
      })
      .catch(() => undefined);
  });

  const fetchMore = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  return { query, rows, total: data?.pages[0]?.total ?? null, fetchMore };
}

/** A column's id is the field that the server sorts by, but for tags. */
function fieldOfColumn(id: string): string {
  return id === "tags" ? "tag" : id;
}

function patchRows(data: InfiniteData<Page>, runs: readonly RunRow[]): InfiniteData<Page> {
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
