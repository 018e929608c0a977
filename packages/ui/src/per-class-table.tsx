/** Precision, recall and F1 of every class, sortable, with bars that let the weak classes be seen at once. */
"use client";
import { useMemo, useState } from "react";
import { classNames } from "./class-names.js";
import { formatMetric } from "./format-metric.js";
import { Icon } from "./icon.js";

export interface ClassFigures {
  label: string;
  /** null where nothing was predicted as this class. */
  precision: number | null;
  recall: number | null;
  f1: number | null;
  /** Of pictures ranked by the class's probability; left out of all where a report has no such figure. */
  averagePrecision?: number | null;
  /** Area under the ROC curve, this class against the others; left out as `averagePrecision` is. */
  rocAuc?: number | null;
  /** Test pictures of this class. */
  support: number;
}

export interface PerClassTableProps {
  classes: readonly ClassFigures[];
  /** Makes each class a button, to its pictures. */
  onClass?: (label: string) => void;
  className?: string;
}

type ColumnId = keyof ClassFigures;
interface Sort {
  column: ColumnId;
  descending: boolean;
}

const columns: readonly { id: ColumnId; header: string }[] = [
  { id: "label", header: "Class" },
  { id: "precision", header: "Precision" },
  { id: "recall", header: "Recall" },
  { id: "f1", header: "F1" },
  { id: "averagePrecision", header: "Average precision" },
  { id: "rocAuc", header: "ROC area" },
  { id: "support", header: "Support" },
];

/** Missing figures come last in both directions. */
export function sortClasses(classes: readonly ClassFigures[], { column, descending }: Sort): ClassFigures[] {
  const direction = descending ? -1 : 1;
  return [...classes].sort((a, b) => {
    const [left, right] = [a[column] ?? null, b[column] ?? null];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    if (typeof left === "string")
      return direction * left.localeCompare(String(right), "en", { numeric: true });
    return direction * (left - Number(right));
  });
}

export function PerClassTable({ classes, onClass, className }: PerClassTableProps) {
  const [sort, setSort] = useState<Sort>({ column: "f1", descending: false });
  const sorted = useMemo(() => sortClasses(classes, sort), [classes, sort]);
  const areas = (["averagePrecision", "rocAuc"] as const).filter((area) =>
    classes.some((figures) => figures[area] !== undefined),
  );
  const largest = Math.max(1, ...classes.map(({ support }) => support));
  return (
    <div
      className={classNames("overflow-x-auto", className)}
      tabIndex={0}
      role="region"
      aria-label="Figures by class"
    >
      <table className="w-full min-w-136 border-separate border-spacing-0 text-left text-xs">
        <thead>
          <tr>
            {columns.map(({ id, header }) => {
              if ((id === "averagePrecision" || id === "rocAuc") && !areas.includes(id)) return null;
              const active = sort.column === id;
              return (
                <th
                  key={id}
                  scope="col"
                  aria-sort={active ? (sort.descending ? "descending" : "ascending") : "none"}
                  className={classNames(
                    "border-b border-line bg-sunken px-3 py-1 font-medium text-ink-2",
                    id === "label" && "sticky left-0 z-10",
                  )}
                >
                  <button
                    type="button"
                    className="flex h-6 cursor-pointer items-center gap-1 rounded-sm hover:text-ink"
                    onClick={() =>
                      setSort({ column: id, descending: active ? !sort.descending : id === "support" })
                    }
                  >
                    {header}
                    <Icon
                      name={active && sort.descending ? "arrow-down" : "arrow-up"}
                      className={classNames("size-3", !active && "invisible")}
                    />
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {sorted.map((figures) => (
            <tr key={figures.label} className="group/row hover:bg-hover">
              <th
                scope="row"
                className="sticky left-0 z-10 max-w-48 truncate border-b border-line bg-surface px-3 py-1 font-medium text-ink group-hover/row:bg-hover"
              >
                {onClass ? (
                  <button
                    type="button"
                    className="max-w-full cursor-pointer truncate rounded-sm hover:underline"
                    onClick={() => onClass(figures.label)}
                  >
                    {figures.label}
                  </button>
                ) : (
                  figures.label
                )}
              </th>
              {[
                figures.precision,
                figures.recall,
                figures.f1,
                ...areas.map((area) => figures[area] ?? null),
              ].map((value, index) => (
                <td key={index} className="border-b border-line px-3 py-1">
                  <Bar share={value} text={value === null ? "–" : value.toFixed(3)} />
                </td>
              ))}
              <td className="border-b border-line px-3 py-1">
                <Bar share={figures.support / largest} text={formatMetric(figures.support)} muted />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Bar({ share, text, muted = false }: { share: number | null; text: string; muted?: boolean }) {
  return (
    <span className="flex items-center gap-2">
      <span className="w-11 font-mono text-ink tabular-nums">{text}</span>
      <span className="h-1 min-w-6 flex-1 rounded-full bg-line" aria-hidden="true">
        <span
          className={classNames("block h-full rounded-full", muted ? "bg-control" : "bg-accent")}
          style={{ width: `${(share ?? 0) * 100}%` }}
        />
      </span>
    </span>
  );
}
