/** The columns that a reader chose last, kept by the browser for addresses that name none. */
import type { RunsView } from "./runs-view";

type Columns = Pick<RunsView, "columns" | "widths">;

const KEY = "convkit.runs.columns";

export function rememberColumns(columns: Columns): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(columns));
  } catch {
    // Storage may be full or forbidden; the address still has them.
  }
}

export function forgetColumns(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // As above.
  }
}

export function recallColumns(): Columns | null {
  try {
    const { columns, widths } = JSON.parse(localStorage.getItem(KEY) ?? "null") as Columns;
    const isSound = Array.isArray(columns) && columns.every((id) => typeof id === "string");
    return isSound ? { columns, widths: { ...widths } } : null;
  } catch {
    return null;
  }
}
