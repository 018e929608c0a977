/** All runs, to be searched, filtered, ordered, grouped, and taken on to a comparison. */
"use client";
import {
  Button,
  ColumnsMenu,
  DataTable,
  ErrorState,
  Icon,
  SearchField,
  Switch,
  type ColumnLayout,
  type DataGroup,
} from "@convkit/ui";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "../shell/link";
import { useRouter } from "next/navigation";
import { useCallback, useDeferredValue, useEffect, useMemo, useState } from "react";
import { useTRPC, type RunGroup } from "../../trpc/context";
import { messageOfError, positionOfError } from "../../trpc/message-of-error";
import { runPath } from "../shell/links";
import { PageHeader } from "../shell/page-header";
import { queryOf } from "../shell/url-state";
import { useNow } from "../shell/use-now";
import { NoRunMatches, NoRunsYet } from "./empty-runs";
import { FilterBox } from "./filter-box";
import { fieldLabel, GroupMenu } from "./group-menu";
import { paramText } from "./param-text";
import { createRunColumns, readsOf, usualColumns, type TableRow } from "./run-columns";
import { forgetColumns, recallColumns, rememberColumns } from "./remembered-columns";
import { layoutOf, shownColumns, useRunsView, writeRunsView, type RunsView } from "./runs-view";
import { SavedViewsMenu } from "./saved-views-menu";
import { SelectionBar } from "./selection-bar";
import { useRunRows } from "./use-run-rows";

export function RunsPage() {
  const trpc = useTRPC();
  const router = useRouter();
  const nowMs = useNow();
  const [view, changeView] = useRunsView();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const fields = useQuery(trpc.runs.fields.queryOptions()).data;

  // Columns persist: an address that names none gets those of last time.
  useEffect(() => {
    const recalled = view.columns === null ? recallColumns() : null;
    if (!recalled) return;
    // Next.js begins to follow the history in an effect of its own, which runs after this one.
    const timer = setTimeout(() => changeView(recalled));
    return () => clearTimeout(timer);
    // Once, when the page opens: what comes later, the reader chose.
  }, []);

  const named = view.columns ?? usualColumns;
  const { query, rows, total, fetchMore } = useRunRows(view, named);
  const grouped = view.groupBy.length > 0;
  const groups = useQuery({
    ...trpc.runs.group.queryOptions({
      search: view.search,
      filter: view.filter,
      archived: view.archived,
      by: [...view.groupBy],
      metrics: readsOf(named).metrics.slice(0, 20),
    }),
    enabled: grouped,
    placeholderData: keepPreviousData,
  });
  const groupByRun = useMemo(() => indexGroups(groups.data ?? []), [groups.data]);

  const columns = useMemo(
    () => createRunColumns({ fields, named, nowMs, groupOf: (id) => groupByRun.get(id) }),
    [fields, named, nowMs, groupByRun],
  );
  const allIds = useMemo(() => columns.map(({ id }) => id), [columns]);
  const layout = useMemo(() => layoutOf(view, allIds, usualColumns), [view, allIds]);
  const changeLayout = (next: ColumnLayout) => {
    const change = { columns: shownColumns(next, allIds), widths: next.widths };
    const isUsual = change.columns.join() === usualColumns.join() && Object.keys(change.widths).length === 0;
    if (isUsual) forgetColumns();
    else rememberColumns(change);
    changeView(isUsual ? { columns: null, widths: {} } : change);
  };

  const tableRows = useMemo<TableRow[]>(() => rows.map((run) => ({ id: run.id, run })), [rows]);
  const tableGroups = useMemo(
    () => (grouped ? groupRows(groups.data ?? [], tableRows, view.groupBy) : undefined),
    [grouped, groups.data, tableRows, view.groupBy],
  );
  const selectedRuns = useMemo(() => rows.filter(({ id }) => selected.has(id)), [rows, selected]);
  const values = useMemo(
    () => ({
      model: [...new Set(rows.map(({ model }) => model))],
      dataset: [...new Set(rows.map(({ dataset }) => dataset))],
      engine: [...new Set(rows.flatMap(({ engine }) => engine ?? []))],
      device: [...new Set(rows.flatMap(({ device }) => device ?? []))],
    }),
    [rows],
  );

  const position = positionOfError(query.error);
  const narrowed = view.search !== "" || view.filter !== "";
  const openView = (saved: string) => {
    window.history.pushState(null, "", `${window.location.pathname}?${saved}`);
    setSelected(new Set());
  };

  return (
    <div className="flex h-full min-h-120 flex-col">
      <PageHeader
        title="Runs"
        detail={
          <>
            <span className="text-sm text-ink-3 tabular-nums" role="status">
              {countText(rows.length, total, narrowed)}
            </span>
            <Switch
              label="Archive"
              checked={view.archived}
              onCheckedChange={(archived) => {
                setSelected(new Set());
                changeView({ archived });
              }}
              className="ml-auto sm:ml-2"
            />
          </>
        }
        actions={
          <>
            <SavedViewsMenu page="runs" query={viewQuery({ ...view, columns: named })} onOpen={openView} />
            <GroupMenu fields={fields} value={view.groupBy} onChange={(groupBy) => changeView({ groupBy })} />
            <ColumnsMenu
              columns={columns}
              layout={layout}
              onLayoutChange={changeLayout}
              initialLayout={layoutOf({ ...view, columns: null, widths: {} }, allIds, usualColumns)}
            />
            <Button asChild variant="primary">
              <Link href="/runs/new">
                <Icon name="plus" />
                New run
              </Link>
            </Button>
          </>
        }
      />
      <div className="flex flex-wrap items-start gap-2 px-4 pb-3 lg:px-6">
        <RunSearch value={view.search} onChange={(search) => changeView({ search })} />
        <FilterBox
          className="min-w-64 flex-1"
          value={view.filter}
          onApply={(filter) => changeView({ filter })}
          fields={fields}
          values={values}
          error={position === null ? null : { message: messageOfError(query.error), position }}
        />
      </div>
      {selectedRuns.length > 0 && (
        <SelectionBar
          runs={selectedRuns}
          tags={fields?.tags.map(({ name }) => name) ?? []}
          archived={view.archived}
          onClear={() => setSelected(new Set())}
        />
      )}
      {query.error && position === null && rows.length > 0 && (
        <div
          role="alert"
          className="mx-4 mb-3 flex flex-wrap items-center gap-2 rounded-md bg-bad-soft px-3 py-2 text-sm text-bad lg:mx-6"
        >
          <span className="min-w-0 flex-1 break-words">
            The runs may have changed since: {messageOfError(query.error)}
          </span>
          <Button size="sm" onClick={() => void query.refetch()} busy={query.isFetching}>
            Try again
          </Button>
        </div>
      )}
      {query.error && position === null && rows.length === 0 ? (
        <ErrorState
          message={messageOfError(query.error)}
          onRetry={() => void query.refetch()}
          retrying={query.isFetching}
        />
      ) : (
        <DataTable
          label="Runs"
          className="min-h-0 flex-1 border-t border-line bg-surface"
          columns={columns}
          rows={position === null ? tableRows : []}
          {...(tableGroups && { groups: tableGroups })}
          expandedGroups={expanded}
          onExpandedGroupsChange={setExpanded}
          rowId={rowId}
          rowLabel={({ id, run }) => run?.name ?? id}
          sort={view.sort}
          onSortChange={(sort) => changeView({ sort })}
          layout={layout}
          onLayoutChange={changeLayout}
          selected={selected}
          onSelectedChange={setSelected}
          onOpen={({ id }) => router.push(runPath(id))}
          loading={query.isPending}
          onEndReached={fetchMore}
          empty={
            narrowed || view.archived ? (
              <NoRunMatches
                archived={view.archived}
                onClear={() => changeView({ search: "", filter: "", archived: false })}
              />
            ) : (
              <NoRunsYet />
            )
          }
        />
      )}
    </div>
  );
}

const rowId = ({ id }: TableRow) => id;

function countText(loaded: number, total: number | null, narrowed: boolean): string {
  if (total === null) return "";
  const all = `${total.toLocaleString("en")} ${narrowed ? "match" : total === 1 ? "run" : "runs"}`;
  return loaded < total ? `${all}, ${loaded.toLocaleString("en")} loaded` : all;
}

/** Typing is never held up by what it asks for. */
function RunSearch({ value, onChange }: { value: string; onChange: (search: string) => void }) {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setText(value);
  }
  const deferred = useDeferredValue(text);
  const tell = useCallback(onChange, [onChange]);
  useEffect(() => {
    if (deferred === value) return;
    const timer = setTimeout(() => tell(deferred), 200);
    return () => clearTimeout(timer);
  }, [deferred, value, tell]);
  return (
    <SearchField
      label="Search runs"
      placeholder="Search"
      data-shortcut="search"
      value={text}
      onValueChange={setText}
      className="w-56 max-sm:w-full"
    />
  );
}

function viewQuery(view: RunsView): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(writeRunsView(view))) if (value) params.set(key, value);
  return queryOf(params);
}

function indexGroups(groups: readonly RunGroup[]): Map<string, RunGroup> {
  return new Map(groups.flatMap((group) => group.runIds.map((id) => [id, group] as const)));
}

/** Every run of a group has its row at once; what is in it may still be coming. */
function groupRows(
  groups: readonly RunGroup[],
  rows: readonly TableRow[],
  by: readonly string[],
): DataGroup<TableRow>[] {
  const place = new Map(rows.map(({ id }, index) => [id, index]));
  return groups.map(({ values, runIds }) => ({
    id: JSON.stringify(values),
    label: by.map((field, index) => `${fieldLabel(field)} ${groupValue(values[index])}`).join(", "),
    // In the table's order; those that are not here yet, last.
    rows: runIds
      .toSorted((a, b) => (place.get(a) ?? Infinity) - (place.get(b) ?? Infinity))
      .map((id) => rows[place.get(id) ?? -1] ?? { id, run: null }),
  }));
}

function groupValue(value: string | number | null | undefined): string {
  return value === null || value === undefined || value === "" ? "none" : paramText(String(value));
}
