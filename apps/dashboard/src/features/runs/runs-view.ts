/** What the runs table shows, as it stands in the page's query string: columns, filter, search, order, groups. */
"use client";
import type { ColumnLayout, DataSort } from "@convkit/ui";
import { useCallback, useMemo } from "react";
import { joinList, splitList, useUrlState, type UrlChange } from "../shell/url-state";

export interface RunsView {
  readonly search: string;
  readonly filter: string;
  readonly sort: DataSort;
  /** Fields; empty: no groups. */
  readonly groupBy: readonly string[];
  /** Ids of the columns that are seen, in order; null: the usual ones. */
  readonly columns: readonly string[] | null;
  readonly widths: Readonly<Record<string, number>>;
  readonly archived: boolean;
}

const initialSort: DataSort = { columnId: "created", descending: true };

function readRunsView(params: URLSearchParams): RunsView {
  const sort = params.get("sort");
  return {
    search: params.get("q") ?? "",
    filter: params.get("filter") ?? "",
    sort: sort ? { columnId: sort.replace(/^-/, ""), descending: sort.startsWith("-") } : initialSort,
    groupBy: splitList(params.get("group")),
    columns: params.has("cols") ? splitList(params.get("cols")) : null,
    widths: readWidths(params.get("w")),
    archived: params.get("archived") === "1",
  };
}

export function writeRunsView(change: Partial<RunsView>): UrlChange {
  const { search, filter, sort, groupBy, columns, widths, archived } = change;
  return {
    ...(search !== undefined && { q: search }),
    ...(filter !== undefined && { filter }),
    ...(sort !== undefined && { sort: sortText(sort) }),
    ...(groupBy !== undefined && { group: joinList(groupBy) }),
    ...(columns !== undefined && { cols: columns && joinList(columns) }),
    ...(widths !== undefined && {
      w: joinList(Object.entries(widths).map(([id, width]) => `${id}:${width}`)),
    }),
    ...(archived !== undefined && { archived: archived ? "1" : null }),
  };
}

function sortText({ columnId, descending }: DataSort): string | null {
  const isInitial = columnId === initialSort.columnId && descending === initialSort.descending;
  return isInitial ? null : `${descending ? "-" : ""}${columnId}`;
}

function readWidths(text: string | null): Record<string, number> {
  const pairs = splitList(text).map((item) => {
    const colon = item.lastIndexOf(":");
    return [item.slice(0, colon), Number(item.slice(colon + 1))] as const;
  });
  return Object.fromEntries(pairs.filter(([id, width]) => id !== "" && width > 0));
}

export function useRunsView(): [RunsView, (change: Partial<RunsView>) => void] {
  const [params, update] = useUrlState();
  const view = useMemo(() => readRunsView(params), [params]);
  const change = useCallback((part: Partial<RunsView>) => update(writeRunsView(part)), [update]);
  return [view, change];
}

/** The table's own idea of columns: all of them in an order, some of them hidden. */
export function layoutOf(view: RunsView, all: readonly string[], usual: readonly string[]): ColumnLayout {
  const shown = view.columns ?? usual;
  return { order: shown, hidden: all.filter((id) => !shown.includes(id)), widths: view.widths };
}

/** Without the first column, which is always there. */
export function shownColumns({ order, hidden }: ColumnLayout, all: readonly string[]): string[] {
  const rest = all.slice(1);
  const named = order.filter((id) => rest.includes(id));
  return [...named, ...rest.filter((id) => !named.includes(id))].filter((id) => !hidden.includes(id));
}
