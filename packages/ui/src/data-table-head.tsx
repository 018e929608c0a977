/** Head of a DataTable: a click sorts, a drag moves the column, its right edge resizes it. */
"use client";
import { useRef, useState, type PointerEvent, type ReactNode } from "react";
import { classNames } from "./class-names.js";
import { moveColumn, setColumnWidth, widthOf, type ColumnLayout } from "./column-layout.js";
import type { DataColumn, DataSort } from "./data-column.js";
import { Icon } from "./icon.js";

export interface DataTableHeadProps<Row> {
  /** All of them; `shown` are the visible ones in their order. */
  columns: readonly DataColumn<Row>[];
  shown: readonly DataColumn<Row>[];
  layout: ColumnLayout;
  onLayoutChange?: (layout: ColumnLayout) => void;
  sort?: DataSort;
  onSortChange?: (sort: DataSort) => void;
  selectWidth: number;
  selectAll: ReactNode;
}

const headClasses = "sticky top-0 h-9 border-b border-line bg-sunken p-0 font-medium text-ink-2";
/** A press that moves less is a click. */
const dragThreshold = 6;

export function DataTableHead<Row>(props: DataTableHeadProps<Row>) {
  const { columns, shown, layout, onLayoutChange, sort, onSortChange, selectWidth, selectAll } = props;
  const rowRef = useRef<HTMLTableRowElement>(null);
  const [drag, setDrag] = useState<{ id: string; targetId: string | null } | null>(null);
  const dragged = useRef(false);

  /** The movable column under the pointer. */
  const columnAt = (clientX: number): string | null => {
    const cells = rowRef.current?.querySelectorAll<HTMLElement>("[data-column]") ?? [];
    for (const cell of cells) {
      const { left, right } = cell.getBoundingClientRect();
      if (clientX >= left && clientX < right) return cell.dataset.column ?? null;
    }
    return null;
  };

  const startMove = (event: PointerEvent<HTMLElement>, id: string) => {
    dragged.current = false;
    // A finger that moves here scrolls the table.
    if (!onLayoutChange || event.button !== 0 || event.pointerType === "touch" || id === shown[0]?.id) return;
    const startX = event.clientX;
    followPointer(event.currentTarget, event.pointerId, {
      move: ({ clientX }) => {
        if (!dragged.current && Math.abs(clientX - startX) < dragThreshold) return;
        dragged.current = true;
        setDrag({ id, targetId: columnAt(clientX) });
      },
      end: ({ clientX }) => {
        setDrag(null);
        const targetId = columnAt(clientX);
        if (dragged.current && targetId !== null) {
          onLayoutChange(moveColumn(columns, layout, { id, targetId }));
        }
      },
    });
  };

  const startResize = (event: PointerEvent<HTMLElement>, column: DataColumn<Row>) => {
    if (!onLayoutChange || event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    const startX = event.clientX;
    const startWidth = widthOf(column, layout);
    const resize = ({ clientX }: MouseEvent) =>
      onLayoutChange(
        setColumnWidth(layout, column.id, Math.max(column.minWidth ?? 48, startWidth + clientX - startX)),
      );
    followPointer(event.currentTarget, event.pointerId, { move: resize, end: resize });
  };

  return (
    <thead>
      <tr ref={rowRef} aria-rowindex={1}>
        {selectWidth > 0 && (
          <th scope="col" className={classNames(headClasses, "left-0 z-30 text-center")}>
            <span className="inline-flex align-middle">{selectAll}</span>
          </th>
        )}
        {shown.map((column, index) => {
          const sorted =
            sort?.columnId === column.id ? (sort.descending ? "descending" : "ascending") : "none";
          const sortable = column.sortable === true && onSortChange !== undefined;
          const content = (
            <>
              <span className="truncate">{column.headerCell ?? column.header}</span>
              {sortable && (
                <Icon
                  name={sorted === "descending" ? "arrow-down" : "arrow-up"}
                  className={classNames(
                    "size-3",
                    sorted === "none" &&
                      "hidden opacity-40 group-hover/head:block group-focus-visible/head:block",
                  )}
                />
              )}
            </>
          );
          const inner = classNames(
            "group/head flex h-full w-full min-w-0 items-center gap-1 px-3 text-left -outline-offset-2",
            column.align === "end" && "flex-row-reverse text-right",
            sorted !== "none" && "text-ink",
          );
          return (
            <th
              key={column.id}
              scope="col"
              data-column={column.id}
              aria-sort={sortable ? sorted : undefined}
              title={column.header}
              style={index === 0 ? { left: selectWidth } : undefined}
              onPointerDown={(event) => startMove(event, column.id)}
              className={classNames(
                headClasses,
                index === 0 ? "z-30 shadow-[1px_0_0_var(--color-line)]" : "z-20",
                drag?.id === column.id && "opacity-50",
                drag?.targetId === column.id &&
                  drag.id !== column.id &&
                  index > 0 &&
                  "shadow-[inset_2px_0_0_var(--color-accent)]",
              )}
            >
              {sortable ? (
                <button
                  type="button"
                  className={classNames(inner, "cursor-pointer hover:text-ink")}
                  onClick={() => {
                    if (dragged.current) return;
                    // Numbers are looked at from the top.
                    const descending = sorted === "none" ? column.align === "end" : sorted === "ascending";
                    onSortChange({ columnId: column.id, descending });
                  }}
                >
                  {content}
                </button>
              ) : (
                <span className={inner}>{content}</span>
              )}
              {onLayoutChange && (
                <span
                  aria-hidden="true"
                  data-resize={column.id}
                  onPointerDown={(event) => startResize(event, column)}
                  className="absolute inset-y-0 right-0 z-10 w-2 cursor-col-resize touch-none after:absolute after:inset-y-2 after:right-0 after:w-px after:bg-line-strong hover:after:inset-y-0 hover:after:w-0.5 hover:after:bg-accent"
                />
              )}
            </th>
          );
        })}
        <th aria-hidden="true" className={classNames(headClasses, "z-20")} />
      </tr>
    </thead>
  );
}

interface Follower {
  move: (event: globalThis.PointerEvent) => void;
  end: (event: globalThis.PointerEvent) => void;
}

/** Until the pointer is let go, wherever it goes. */
function followPointer(element: HTMLElement, pointerId: number, { move, end }: Follower): void {
  const isOurs = (event: globalThis.PointerEvent) => event.pointerId === pointerId;
  const onMove = (event: globalThis.PointerEvent) => isOurs(event) && move(event);
  const finish = (event: globalThis.PointerEvent) => {
    if (!isOurs(event)) return;
    view.removeEventListener("pointermove", onMove);
    view.removeEventListener("pointerup", finish);
    view.removeEventListener("pointercancel", finish);
    if (event.type === "pointerup") end(event);
  };
  const view = element.ownerDocument;
  view.addEventListener("pointermove", onMove);
  view.addEventListener("pointerup", finish);
  view.addEventListener("pointercancel", finish);
}
