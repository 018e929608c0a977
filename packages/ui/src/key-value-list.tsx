/** Facts about one thing, name beside value. */
import type { ReactNode } from "react";
import { classNames } from "./class-names.js";

export interface KeyValue {
  key: string;
  label: ReactNode;
  value: ReactNode;
  /** Set in the mono face: hashes, paths, numbers. */
  mono?: boolean;
}

export interface KeyValueListProps {
  items: readonly KeyValue[];
  /** Columns from 640 px on. */
  columns?: 1 | 2 | 3;
  className?: string;
}

const columnClasses = { 1: "", 2: "sm:grid-cols-2", 3: "sm:grid-cols-2 lg:grid-cols-3" };

export function KeyValueList({ items, columns = 1, className }: KeyValueListProps) {
  return (
    <dl className={classNames("grid gap-x-8", columnClasses[columns], className)}>
      {items.map(({ key, label, value, mono }) => (
        <div key={key} className="flex min-w-0 items-baseline gap-3 border-t border-line/70 py-1.5 text-sm">
          <dt className="w-32 shrink-0 text-ink-3">{label}</dt>
          <dd
            className={classNames(
              "min-w-0 flex-1 break-words text-ink",
              mono && "font-mono text-xs tabular-nums",
            )}
          >
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}
