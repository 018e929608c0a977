/** Rows of a DataTable: a run, a group of runs, and the shape of one that is still coming. */
"use client";
import { useRef, type CSSProperties } from "react";
import { Checkbox } from "./checkbox.js";
import { classNames } from "./class-names.js";
import { groupCellOf, type DataColumn, type DataGroup } from "./data-column.js";
import { Skeleton } from "./feedback.js";
import { Icon } from "./icon.js";

interface SharedProps<Row> {
  columns: readonly DataColumn<Row>[];
  /** Width of the column of checkboxes; 0 without one. */
  selectWidth: number;
  domId: string;
  rowIndex: number;
  active: boolean;
}

const rowClasses = "group/row h-[34px]";
const edgeClasses = "h-[34px] border-b border-line";
const cellClasses = "h-[34px] truncate border-b border-line px-3";
/** The active row's ring, seen while the table has the focus. */
const activeClasses =
  "group-focus-visible/table:[&>*]:border-b-accent group-focus-visible/table:[&>*]:shadow-[inset_0_1px_0_var(--color-accent)]";
const stickyClasses = "sticky z-10";

/** The first column ends in a line once something can slide under it. */
const firstClasses = "shadow-[1px_0_0_var(--color-line)]";

export interface ItemRowProps<Row> extends SharedProps<Row> {
  row: Row;
  label: string;
  inGroup: boolean;
  selected: boolean;
  onActivate: () => void;
  onSelect?: (on: boolean, range: boolean) => void;
  onOpen?: (row: Row) => void;
  onHover?: (row: Row | null) => void;
}

export function ItemRow<Row>(props: ItemRowProps<Row>) {
  const { row, columns, selectWidth, selected, onSelect, active } = props;
  const shiftHeld = useRef(false);
  const ground = selected ? "bg-accent-soft" : "bg-surface group-hover/row:bg-hover";
  return (
    <tr
      id={props.domId}
      aria-rowindex={props.rowIndex}
      aria-selected={onSelect ? selected : undefined}
      aria-level={props.inGroup ? 2 : undefined}
      onClick={props.onActivate}
      onDoubleClick={() => props.onOpen?.(row)}
      onPointerEnter={() => props.onHover?.(row)}
      className={classNames(rowClasses, active && activeClasses)}
    >
      {onSelect && (
        <td className={classNames(edgeClasses, stickyClasses, ground, "left-0 text-center")}>
          <span
            className="inline-flex align-middle"
            onPointerDownCapture={(event) => (shiftHeld.current = event.shiftKey)}
            onKeyDownCapture={(event) => (shiftHeld.current = event.shiftKey)}
            onDoubleClick={(event) => event.stopPropagation()}
          >
            <Checkbox
              label={`Select ${props.label}`}
              hideLabel
              checked={selected}
              onCheckedChange={(on) => onSelect(on || shiftHeld.current, shiftHeld.current)}
            />
          </span>
        </td>
      )}
      {columns.map((column, index) => {
        const style: CSSProperties = index === 0 ? { left: selectWidth } : {};
        const classes = classNames(
          cellClasses,
          ground,
          index === 0
            ? classNames(stickyClasses, firstClasses, "font-medium text-ink", props.inGroup && "pl-8")
            : "text-ink-2",
          column.align === "end" && "text-right font-mono tabular-nums",
        );
        return index === 0 ? (
          <th key={column.id} scope="row" style={style} className={classes}>
            {column.cell(row)}
          </th>
        ) : (
          <td key={column.id} style={style} className={classes}>
            {column.cell(row)}
          </td>
        );
      })}
      <td aria-hidden="true" className={classNames(edgeClasses, ground)} />
    </tr>
  );
}

export interface GroupRowProps<Row> extends SharedProps<Row> {
  group: DataGroup<Row>;
  expanded: boolean;
  onToggle: () => void;
}

export function GroupRow<Row>({
  group,
  columns,
  selectWidth,
  expanded,
  onToggle,
  ...row
}: GroupRowProps<Row>) {
  return (
    <tr
      id={row.domId}
      aria-rowindex={row.rowIndex}
      aria-expanded={expanded}
      aria-level={1}
      onClick={onToggle}
      className={classNames(rowClasses, "cursor-pointer", row.active && activeClasses)}
    >
      {columns.map((column, index) => {
        const classes = classNames(
          cellClasses,
          "bg-sunken text-ink group-hover/row:bg-hover",
          column.align === "end" ? "text-right font-mono tabular-nums" : "font-medium",
        );
        if (index > 0) {
          return (
            <td key={column.id} className={classes}>
              {groupCellOf(column, group.rows)}
            </td>
          );
        }
        return (
          <th
            key={column.id}
            scope="row"
            colSpan={selectWidth > 0 ? 2 : 1}
            className={classNames(classes, stickyClasses, firstClasses, "left-0")}
          >
            <span className="flex min-w-0 items-center gap-1.5">
              <Icon
                name="chevron-right"
                className={classNames("size-3.5 text-ink-3 transition-transform", expanded && "rotate-90")}
              />
              <span className="truncate">{group.label}</span>
              <span className="font-normal text-ink-3 tabular-nums">{group.rows.length}</span>
            </span>
          </th>
        );
      })}
      <td aria-hidden="true" className={classNames(edgeClasses, "bg-sunken group-hover/row:bg-hover")} />
    </tr>
  );
}

interface SkeletonRowsProps<Row> {
  columns: readonly DataColumn<Row>[];
  selectWidth: number;
  count: number;
}

/** Widths vary a little from row to row, as those of real values do. */
export function SkeletonRows<Row>({ columns, selectWidth, count }: SkeletonRowsProps<Row>) {
  return Array.from({ length: count }, (_, index) => (
    <tr key={index} aria-hidden="true" className="h-[34px]">
      {selectWidth > 0 && <td className="border-b border-line" />}
      {columns.map((column, columnIndex) => (
        <td key={column.id} className="border-b border-line px-3">
          <Skeleton
            className={classNames(
              "h-3",
              ["w-4/5", "w-3/5", "w-2/3"][(index + columnIndex) % 3],
              column.align === "end" && "ml-auto",
            )}
          />
        </td>
      ))}
      <td className="border-b border-line p-0" />
    </tr>
  ));
}
