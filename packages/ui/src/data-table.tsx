/**
 * The table of runs: a thousand rows of which a few dozen stand in the document, head and first column always in
 * view, also on a phone, where the rest scrolls sideways under them.
 */
"use client";
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { Checkbox } from "./checkbox.js";
import { classNames } from "./class-names.js";
import { defaultColumnLayout, visibleColumns, widthOf, type ColumnLayout } from "./column-layout.js";
import { tableItems, type DataColumn, type DataGroup, type DataSort } from "./data-column.js";
import { DataTableHead } from "./data-table-head.js";
import { GroupRow, ItemRow, SkeletonRows } from "./data-table-rows.js";
import { selectRange } from "./row-selection.js";
import { scrollRowIntoView, useWindowRows } from "./window-rows.js";

export interface DataTableProps<Row> {
  /** Names the table for screen readers. */
  label: string;
  /** The first one is the row's name: it stays in view and in front. */
  columns: readonly DataColumn<Row>[];
  /** In the order in which they are shown; sorting is the caller's. */
  rows: readonly Row[];
  rowId: (row: Row) => string;
  /** Names a row's checkbox. */
  rowLabel: (row: Row) => string;
  /** Shown instead of `rows`, each with its own. */
  groups?: readonly DataGroup<Row>[];
  expandedGroups?: ReadonlySet<string>;
  onExpandedGroupsChange?: (expanded: ReadonlySet<string>) => void;
  sort?: DataSort | null;
  onSortChange?: (sort: DataSort) => void;
  layout?: ColumnLayout;
  onLayoutChange?: (layout: ColumnLayout) => void;
  /** Row ids. Without `onSelectedChange` there are no checkboxes. */
  selected?: ReadonlySet<string>;
  onSelectedChange?: (selected: ReadonlySet<string>) => void;
  /** Enter or a double click. */
  onOpen?: (row: Row) => void;
  /** The row under the pointer, to make its curve stand out. */
  onHover?: (row: Row | null) => void;
  loading?: boolean;
  /** Instead of rows, where there are none. */
  empty?: ReactNode;
  /** The last rows came into view: fetch more. */
  onEndReached?: () => void;
  /** CSS height beyond which rows scroll. */
  maxHeight?: string;
  className?: string;
}

/** As in data-table-rows.tsx. */
const rowHeight = 34;
const headHeight = 36;
const nothing: ReadonlySet<string> = new Set();

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rows, groups, rowId, layout = defaultColumnLayout, loading = false } = props;
  const { selected = nothing, onSelectedChange, expandedGroups = nothing, onEndReached } = props;
  const id = useId();
  const scrollRef = useRef<HTMLDivElement>(null);
  const [activeId, setActiveId] = useState<string | null>(null);
  const anchorId = useRef<string | null>(null);

  const shown = useMemo(() => visibleColumns(columns, layout), [columns, layout]);
  const items = useMemo(
    () => tableItems({ rows, groups }, rowId, expandedGroups),
    [rows, groups, rowId, expandedGroups],
  );
  const rowIds = useMemo(() => items.flatMap((item) => (item.kind === "row" ? [item.id] : [])), [items]);
  const { start, end } = useWindowRows({ scrollRef, count: items.length, rowHeight });
  const atEnd = end === items.length;
  useEffect(() => {
    if (atEnd && items.length > 0 && !loading) onEndReached?.();
  }, [atEnd, items.length, loading, onEndReached]);

  const selectable = onSelectedChange !== undefined;
  const widths = shown.map((column) => widthOf(column, layout));
  const selectWidth = selectable ? 40 : 0;
  // On a phone the first column leaves room for those that scroll under it.
  const firstWidth = `min(${widths[0] ?? 0}px, 42vw)`;
  const otherWidth = widths.slice(1).reduce((sum, width) => sum + width, selectWidth);
  const activeIndex = items.findIndex((item) => item.id === activeId);
  const domIdOf = (itemId: string) => `${id}-${itemId}`;

  const activate = (index: number) => {
    const item = items[Math.min(items.length - 1, Math.max(0, index))];
    if (item === undefined) return;
    setActiveId(item.id);
    if (scrollRef.current) {
      scrollRowIntoView(scrollRef.current, items.indexOf(item), { rowHeight, offset: headHeight });
    }
    return item;
  };
  const select = (targetId: string, { on, range }: { on: boolean; range: boolean }) => {
    const anchor = range ? anchorId.current : null;
    anchorId.current = targetId;
    onSelectedChange?.(selectRange(selected, { ids: rowIds, anchorId: anchor, targetId, on }));
  };
  const toggleGroup = (groupId: string, open = !expandedGroups.has(groupId)) => {
    const next = new Set(expandedGroups);
    if (open) next.add(groupId);
    else next.delete(groupId);
    props.onExpandedGroupsChange?.(next);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scrollRef.current?.clientHeight ?? 0) / rowHeight) - 2);
    const moves: Record<string, number> = {
      ArrowDown: activeIndex + 1,
      ArrowUp: activeIndex < 0 ? items.length - 1 : activeIndex - 1,
      PageDown: activeIndex + page,
      PageUp: activeIndex - page,
      Home: 0,
      End: items.length - 1,
    };
    const target = moves[event.key];
    const item = items[activeIndex];
    if (target !== undefined) {
      event.preventDefault();
      if (event.shiftKey && item?.kind === "row" && anchorId.current === null) anchorId.current = item.id;
      const next = activate(target);
      if (event.shiftKey && next?.kind === "row") select(next.id, { on: true, range: true });
      return;
    }
    // Space and Enter belong to the control that has the focus, if one has.
    if (event.target !== event.currentTarget || item === undefined) return;
    if (item.kind === "group") {
      const open = { ArrowRight: true, ArrowLeft: false, Enter: undefined, " ": undefined };
      if (!(event.key in open)) return;
      event.preventDefault();
      toggleGroup(item.group.id, open[event.key as keyof typeof open]);
    } else if (event.key === " " && selectable) {
      event.preventDefault();
      select(item.id, { on: event.shiftKey || !selected.has(item.id), range: event.shiftKey });
    } else if (event.key === "Enter") {
      event.preventDefault();
      props.onOpen?.(item.row);
    }
  };

  const selectedHere = rowIds.filter((rowIdHere) => selected.has(rowIdHere)).length;
  const all = selectedHere === 0 ? false : selectedHere === rowIds.length ? true : ("indeterminate" as const);

  return (
    <div
      ref={scrollRef}
      style={{ maxHeight: props.maxHeight }}
      className={classNames("relative overflow-auto overscroll-x-contain", props.className)}
    >
      <table
        role={groups ? "treegrid" : "grid"}
        tabIndex={0}
        aria-label={props.label}
        aria-rowcount={items.length + 1}
        aria-colcount={shown.length + (selectable ? 1 : 0)}
        aria-multiselectable={selectable || undefined}
        aria-busy={loading || undefined}
        aria-activedescendant={
          activeIndex >= start && activeIndex < end && activeId !== null ? domIdOf(activeId) : undefined
        }
        onKeyDown={onKeyDown}
        onPointerLeave={() => props.onHover?.(null)}
        style={{ minWidth: `calc(${firstWidth} + ${otherWidth}px)` }}
        className="group/table w-full table-fixed border-separate border-spacing-0 text-left text-xs -outline-offset-2"
      >
        <colgroup>
          {selectable && <col style={{ width: selectWidth }} />}
          {shown.map(({ id: columnId }, index) => (
            <col key={columnId} style={{ width: index === 0 ? firstWidth : widths[index] }} />
          ))}
          {/* What is left of the width: the columns keep theirs. */}
          <col />
        </colgroup>
        <DataTableHead
          columns={columns}
          shown={shown}
          layout={layout}
          selectWidth={selectWidth}
          {...(props.sort && { sort: props.sort })}
          {...(props.onSortChange && { onSortChange: props.onSortChange })}
          {...(props.onLayoutChange && { onLayoutChange: props.onLayoutChange })}
          selectAll={
            selectable && (
              <Checkbox
                label="Select all"
                hideLabel
                checked={all}
                disabled={rowIds.length === 0}
                onCheckedChange={(on) => {
                  const next = new Set(selected);
                  for (const rowIdHere of rowIds) {
                    if (on) next.add(rowIdHere);
                    else next.delete(rowIdHere);
                  }
                  onSelectedChange(next);
                }}
              />
            )
          }
        />
        <tbody>
          {start > 0 && <tr aria-hidden="true" style={{ height: start * rowHeight }} />}
          {items.slice(start, end).map((item, offset) => {
            const shared = {
              columns: shown,
              selectWidth,
              domId: domIdOf(item.id),
              rowIndex: start + offset + 2,
              active: item.id === activeId,
            };
            return item.kind === "group" ? (
              <GroupRow
                key={item.id}
                {...shared}
                group={item.group}
                expanded={expandedGroups.has(item.group.id)}
                onToggle={() => {
                  setActiveId(item.id);
                  toggleGroup(item.group.id);
                }}
              />
            ) : (
              <ItemRow
                key={item.id}
                {...shared}
                row={item.row}
                inGroup={item.inGroup}
                label={props.rowLabel(item.row)}
                selected={selected.has(item.id)}
                onActivate={() => setActiveId(item.id)}
                {...(selectable && {
                  onSelect: (on: boolean, range: boolean) => select(item.id, { on, range }),
                })}
                {...(props.onOpen && { onOpen: props.onOpen })}
                {...(props.onHover && { onHover: props.onHover })}
              />
            );
          })}
          {end < items.length && (
            <tr aria-hidden="true" style={{ height: (items.length - end) * rowHeight }} />
          )}
          {loading && (
            <SkeletonRows columns={shown} selectWidth={selectWidth} count={items.length === 0 ? 8 : 2} />
          )}
        </tbody>
      </table>
      {items.length === 0 && !loading && <div className="sticky left-0 w-full">{props.empty}</div>}
    </div>
  );
}
