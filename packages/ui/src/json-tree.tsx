/** A config as it is written, with parts that fold. Built on `details`, so it works before any script runs. */
import { classNames } from "./class-names.js";

export interface JsonTreeProps {
  value: unknown;
  /** Name of the whole, at the root. */
  label: string;
  /** Levels that start open. */
  openLevels?: number;
  className?: string;
}

export function JsonTree({ value, label, openLevels = 2, className }: JsonTreeProps) {
  return (
    <div className={classNames("overflow-x-auto font-mono text-xs leading-5", className)}>
      <Node name={label} value={value} openLevels={openLevels} />
    </div>
  );
}

function Node({ name, value, openLevels }: { name: string; value: unknown; openLevels: number }) {
  if (typeof value !== "object" || value === null) return <Leaf name={name} value={value} />;
  const entries = Object.entries(value);
  const list = Array.isArray(value);
  if (entries.length === 0) return <Leaf name={name} value={list ? "[]" : "{}"} bare />;
  return (
    <details open={openLevels > 0} className="group/json">
      <summary className="cursor-pointer list-none rounded-sm text-ink hover:bg-hover [&::-webkit-details-marker]:hidden">
        <span
          aria-hidden="true"
          className="inline-block w-4 text-center text-ink-3 transition-transform [details[open]>summary>&]:rotate-90"
        >
          ›
        </span>
        {name}
        <span className="ml-2 text-ink-3">
          {list ? `${entries.length} ${entries.length === 1 ? "item" : "items"}` : ""}
        </span>
      </summary>
      <div className="ml-2 border-l border-line pl-2">
        {entries.map(([key, item]) => (
          <Node key={key} name={key} value={item} openLevels={openLevels - 1} />
        ))}
      </div>
    </details>
  );
}

const valueColors: Record<string, string> = {
  string: "text-good",
  number: "text-accent",
  boolean: "text-warn",
};

function Leaf({ name, value, bare = false }: { name: string; value: unknown; bare?: boolean }) {
  const text = bare || value === undefined ? String(value) : JSON.stringify(value);
  return (
    <div className="flex gap-2 pl-4">
      <span className="shrink-0 text-ink-2">{name}</span>
      <span
        className={classNames("break-all", bare ? "text-ink-3" : (valueColors[typeof value] ?? "text-ink-3"))}
      >
        {text}
      </span>
    </div>
  );
}
