/**
 * The rows of the runs table. The first page is drawn as soon as it is there, the others come behind it; a run that
 * changes is read alone and replaced in place, so that nothing jumps under the reader's eyes.
 */
"use client";
import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import { useTRPC, useTRPCClient, type RunRow } from "../../trpc/context";
import { useRunChanges } from "../../trpc/live-provider";
import { refreshRows } from "./refresh-rows";
import { readsOf } from "./run-columns";
import type { RunsView } from "./runs-view";

const PAGE = 200;
/** Rows that come without being scrolled to. */
const EAGER = 2000;
/** More changes at once are read as pages. */
const MOST_PATCHED = 40;

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
    void refreshRows<RunRow>(queryClient, {
      queryKey: options.queryKey,
      ids,
      read: async () => {
        const { runs } = await client.runs.list.query({ ...input, filter: scope, limit: MOST_PATCHED });
        return runs;
      },
    });
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
