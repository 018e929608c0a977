/** Configs side by side; what differs stands out, and alone if wished. */
"use client";
import { useMemo, useState, type ReactNode } from "react";
import { classNames } from "./class-names.js";
import { diffConfigs } from "./diff-config.js";
import { Switch } from "./switch.js";

export interface DiffTableProps {
  /** Names the table for screen readers. */
  label: string;
  columns: readonly { id: string; header: ReactNode; config: unknown }[];
  /** Where the toggle starts; it is on unless said otherwise. */
  onlyDifferences?: boolean;
  className?: string;
}

export function DiffTable({ label, columns, onlyDifferences = true, className }: DiffTableProps) {
  const [only, setOnly] = useState(onlyDifferences);
  const rows = useMemo(() => diffConfigs(columns.map(({ config }) => config)), [columns]);
  const differing = rows.filter(({ differs }) => differs);
  const shown = only ? differing : rows;
  return (
    <div className={className}>
      <div className="flex flex-wrap items-center justify-between gap-2 px-4 py-2">
        <p className="text-xs text-ink-3">
          {differing.length} of {rows.length} settings differ
        </p>
        <Switch label="Only differences" checked={only} onCheckedChange={setOnly} />
      </div>
      <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={label}>
        <table className="w-full border-separate border-spacing-0 text-left text-xs">
          <thead>
            <tr>
              <th
                scope="col"
                className={classNames(cellClasses, "sticky left-0 z-10 bg-sunken font-medium text-ink-3")}
              >
                Setting
              </th>
              {columns.map(({ id, header }) => (
                <th
                  key={id}
                  scope="col"
                  className={classNames(cellClasses, "bg-sunken font-medium text-ink")}
                >
                  {header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ path, values, differs }) => (
              <tr key={path}>
                <th
                  scope="row"
                  className={classNames(
                    cellClasses,
                    "sticky left-0 z-10 bg-surface font-mono font-normal text-ink-2",
                  )}
                >
                  {path}
                </th>
                {values.map((value, index) => (
                  <td
                    key={columns[index]?.id}
                    className={classNames(
                      cellClasses,
                      "font-mono tabular-nums",
                      differs && value !== values[0] ? "bg-warn-soft text-ink" : "text-ink-2",
                      value === undefined && "text-ink-3",
                    )}
                  >
                    {value ?? "not set"}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {shown.length === 0 && (
          <p className="px-4 py-6 text-center text-sm text-ink-2">
            {rows.length === 0 ? "No settings to compare." : "Every setting is the same."}
          </p>
        )}
      </div>
    </div>
  );
}

const cellClasses = "max-w-80 border-b border-line px-4 py-1.5 align-top break-words";
