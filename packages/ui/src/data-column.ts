/** What a table knows about a column and a group of rows. */
import type { ReactNode } from "react";
import { formatMeanAndDeviation } from "./format-metric.js";
import { meanAndDeviation } from "./statistics.js";

export interface DataColumn<Row> {
  id: string;
  /** A text: it also stands in the Columns menu and names the column for screen readers. */
  header: string;
  /** Drawn instead of the text in the head. */
  headerCell?: ReactNode;
  /** CSS pixels until someone resizes it. */
  width: number;
  minWidth?: number;
  /** Numbers belong to the end. */
  align?: "start" | "end";
  sortable?: boolean;
  /** True unless said otherwise; the first column always stays. */
  hideable?: boolean;
  /** Heading in the Columns menu: "Params", "Metrics". */
  section?: string;
  cell: (row: Row) => ReactNode;
  /** Lets a group show mean ± deviation. */
  number?: (row: Row) => number | null | undefined;
  /** What a group shows instead. */
  groupCell?: (rows: readonly Row[]) => ReactNode;
}

export interface DataGroup<Row> {
  id: string;
  label: ReactNode;
  rows: readonly Row[];
}

export interface DataSort {
  columnId: string;
  descending: boolean;
}

/** A group's cell: its own, or mean ± deviation of its numbers, or nothing. */
export function groupCellOf<Row>(column: DataColumn<Row>, rows: readonly Row[]): ReactNode {
  if (column.groupCell) return column.groupCell(rows);
  if (!column.number) return null;
  const figures = meanAndDeviation(rows.map(column.number));
  return figures === null ? null : formatMeanAndDeviation(figures.mean, figures.deviation);
}

export type TableItem<Row> =
  | { kind: "group"; id: string; group: DataGroup<Row> }
  | { kind: "row"; id: string; row: Row; inGroup: boolean };

/** Rows as they stand below each other: groups with the rows of those that are expanded. */
export function tableItems<Row>(
  content: { rows: readonly Row[]; groups?: readonly DataGroup<Row>[] | undefined },
  rowId: (row: Row) => string,
  expanded: ReadonlySet<string>,
): TableItem<Row>[] {
  const itemOf = (inGroup: boolean) => (row: Row) => ({ kind: "row" as const, id: rowId(row), row, inGroup });
  if (!content.groups) return content.rows.map(itemOf(false));
  return content.groups.flatMap((group) => [
    { kind: "group" as const, id: `group:${group.id}`, group },
    ...(expanded.has(group.id) ? group.rows.map(itemOf(true)) : []),
  ]);
}
