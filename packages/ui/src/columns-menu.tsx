/** Which columns a table shows, in what order and how wide, for the keyboard and for fingers. */
"use client";
import { useState } from "react";
import { Button, IconButton } from "./button.js";
import { Checkbox } from "./checkbox.js";
import {
  defaultColumnLayout,
  isHidden,
  moveColumn,
  orderColumns,
  setColumnHidden,
  setColumnWidth,
  widthOf,
  type ColumnLayout,
} from "./column-layout.js";
import type { DataColumn } from "./data-column.js";
import { SearchField } from "./field.js";
import { Icon } from "./icon.js";
import { Popover } from "./popover.js";

export interface ColumnsMenuProps<Row> {
  columns: readonly DataColumn<Row>[];
  layout: ColumnLayout;
  onLayoutChange: (layout: ColumnLayout) => void;
  /** What "Reset" goes back to. */
  initialLayout?: ColumnLayout;
}

const widthStep = 24;

export function ColumnsMenu<Row>(props: ColumnsMenuProps<Row>) {
  const { columns, layout, onLayoutChange, initialLayout = defaultColumnLayout } = props;
  const [query, setQuery] = useState("");
  // The first column has no place here: it always stays.
  const ordered = orderColumns(columns, layout).slice(1);
  const wanted = query.trim().toLowerCase();
  const found = ordered.filter(({ header }) => header.toLowerCase().includes(wanted));
  const sections = [...new Set(found.map(({ section }) => section ?? ""))];
  const shownCount = ordered.filter((column) => !isHidden(column, layout)).length;

  const move = (id: string, by: 1 | -1) => {
    const target = ordered[ordered.findIndex((column) => column.id === id) + by];
    if (target) onLayoutChange(moveColumn(columns, layout, { id, targetId: target.id }));
  };

  return (
    <Popover
      label="Columns"
      flush
      className="w-88"
      trigger={
        <Button>
          <Icon name="columns" className="text-ink-3 max-sm:hidden" />
          Columns
          <span className="font-mono text-2xs text-ink-3 tabular-nums max-sm:hidden">
            {shownCount}/{ordered.length}
          </span>
        </Button>
      }
    >
      <div className="sticky top-0 z-10 flex items-center gap-2 border-b border-line bg-raised p-2">
        <SearchField
          label="Find a column"
          placeholder="Find a column"
          value={query}
          onValueChange={setQuery}
          className="flex-1"
        />
        <Button variant="ghost" size="sm" onClick={() => onLayoutChange(initialLayout)}>
          Reset
        </Button>
      </div>
      <div className="p-2">
        {sections.map((section) => (
          <section key={section} aria-label={section === "" ? "Columns" : section}>
            {section !== "" && <h3 className="px-1 pt-2 pb-1 text-2xs font-medium text-ink-3">{section}</h3>}
            <ul>
              {found
                .filter((column) => (column.section ?? "") === section)
                .map((column) => (
                  <li key={column.id} className="flex items-center gap-0.5 rounded-sm pl-1 hover:bg-hover">
                    <Checkbox
                      label={column.header}
                      checked={!isHidden(column, layout)}
                      disabled={column.hideable === false}
                      onCheckedChange={(on) => onLayoutChange(setColumnHidden(layout, column.id, !on))}
                      className="min-w-0 flex-1 [&>label]:truncate"
                    />
                    {(
                      [
                        ["minus", "Narrower", () => resize(column, -widthStep)],
                        ["plus", "Wider", () => resize(column, widthStep)],
                        ["arrow-up", "Earlier", () => move(column.id, -1)],
                        ["arrow-down", "Later", () => move(column.id, 1)],
                      ] as const
                    ).map(([icon, label, onClick]) => (
                      <IconButton
                        key={label}
                        size="sm"
                        tooltip={false}
                        label={`${label}: ${column.header}`}
                        onClick={onClick}
                      >
                        <Icon name={icon} className="size-3.5" />
                      </IconButton>
                    ))}
                  </li>
                ))}
            </ul>
          </section>
        ))}
        {found.length === 0 && <p className="p-2 text-sm text-ink-2">No column is called that.</p>}
      </div>
    </Popover>
  );

  function resize(column: DataColumn<Row>, by: number) {
    onLayoutChange(setColumnWidth(layout, column.id, widthOf(column, layout) + by));
  }
}
