/** Which columns of a table are seen, in what order and how wide: plain data, to be kept in a URL or a saved view. */

export interface ColumnLayout {
  /** Ids from left to right. Columns that it does not name follow in their own order. */
  order: readonly string[];
  hidden: readonly string[];
  /** CSS pixels; a column without one has its default. */
  widths: Readonly<Record<string, number>>;
}

export const defaultColumnLayout: ColumnLayout = { order: [], hidden: [], widths: {} };

interface LaidOut {
  id: string;
  width: number;
  minWidth?: number;
  hideable?: boolean;
}

/** All columns in their order, hidden ones included. The first column given stays the first. */
export function orderColumns<Column extends LaidOut>(
  columns: readonly Column[],
  { order }: ColumnLayout,
): Column[] {
  const rank = new Map(order.map((id, index) => [id, index]));
  const [first, ...rest] = columns;
  const named = rest.filter(({ id }) => rank.has(id));
  named.sort((a, b) => (rank.get(a.id) ?? 0) - (rank.get(b.id) ?? 0));
  return [...(first ? [first] : []), ...named, ...rest.filter(({ id }) => !rank.has(id))];
}

/** The columns to draw. The first one, and those that are not `hideable`, cannot be hidden. */
export function visibleColumns<Column extends LaidOut>(
  columns: readonly Column[],
  layout: ColumnLayout,
): Column[] {
  return orderColumns(columns, layout).filter((column, index) => index === 0 || !isHidden(column, layout));
}

export function isHidden(column: LaidOut, { hidden }: ColumnLayout): boolean {
  return column.hideable !== false && hidden.includes(column.id);
}

export function widthOf({ id, width, minWidth = 48 }: LaidOut, { widths }: ColumnLayout): number {
  return Math.max(minWidth, widths[id] ?? width);
}

/** Puts column `id` where `targetId` stands; the ones between move over. The first column takes no part. */
export function moveColumn(
  columns: readonly LaidOut[],
  layout: ColumnLayout,
  { id, targetId }: { id: string; targetId: string },
): ColumnLayout {
  const ids = orderColumns(columns, layout).map((column) => column.id);
  const from = ids.indexOf(id);
  const to = ids.indexOf(targetId);
  if (from <= 0 || to <= 0 || from === to) return layout;
  ids.splice(to, 0, ...ids.splice(from, 1));
  return { ...layout, order: ids.slice(1) };
}

export function setColumnHidden(layout: ColumnLayout, id: string, hide: boolean): ColumnLayout {
  const others = layout.hidden.filter((hidden) => hidden !== id);
  return { ...layout, hidden: hide ? [...others, id] : others };
}

export function setColumnWidth(layout: ColumnLayout, id: string, width: number): ColumnLayout {
  return { ...layout, widths: { ...layout.widths, [id]: Math.round(Math.min(800, Math.max(48, width))) } };
}
