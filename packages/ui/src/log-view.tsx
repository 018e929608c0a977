/** What a run said, line by line with its time; as long as it gets, only what is in view stands in the document. */
"use client";
import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "./button.js";
import { classNames } from "./class-names.js";
import { SearchField } from "./field.js";
import { formatMetric } from "./format-metric.js";
import { Select } from "./select.js";
import { useWindowRows } from "./window-rows.js";

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface LogLine {
  id: string;
  /** Milliseconds since 1970. */
  timeMs: number;
  level: LogLevel;
  text: string;
}

export interface LogViewProps {
  label: string;
  lines: readonly LogLine[];
  /** Stays at the newest line while the reader is at the end. */
  follow?: boolean;
  /** Height of the lines in pixels. */
  height?: number;
  className?: string;
}

const rowHeight = 22;
const ranks: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };
const levelColors: Record<LogLevel, string> = {
  debug: "text-ink-3",
  info: "text-ink-2",
  warn: "text-warn",
  error: "text-bad",
};
const levelOptions = [
  { value: "debug", label: "Everything" },
  { value: "info", label: "Info and above" },
  { value: "warn", label: "Warnings and errors" },
  { value: "error", label: "Errors" },
] as const;

/** Lines at `level` or above whose text has `query`, whatever its case. */
export function filterLogLines(
  lines: readonly LogLine[],
  query: string,
  level: LogLevel,
): readonly LogLine[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === "" && level === "debug") return lines;
  return lines.filter(
    (line) =>
      ranks[line.level] >= ranks[level] && (wanted === "" || line.text.toLowerCase().includes(wanted)),
  );
}

/** `14:03:21.050`, in the reader's time zone. */
function timeOfDay(timeMs: number): string {
  const date = new Date(timeMs);
  const pad = (value: number, length = 2) => String(value).padStart(length, "0");
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
}

export function LogView({ label, lines, follow = false, height = 360, className }: LogViewProps) {
  const [query, setQuery] = useState("");
  const [level, setLevel] = useState<LogLevel>("debug");
  const [atEnd, setAtEnd] = useState(true);
  const scrollRef = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => filterLogLines(lines, query, level), [lines, query, level]);
  const { start, end } = useWindowRows({ scrollRef, count: shown.length, rowHeight });

  useEffect(() => {
    const scroller = scrollRef.current;
    if (follow && atEnd && scroller) scroller.scrollTop = scroller.scrollHeight;
  }, [follow, atEnd, shown.length]);

  return (
    <div className={classNames("flex min-w-0 flex-col", className)}>
      <div className="flex flex-wrap items-center gap-2 px-4 py-2">
        <SearchField
          label={`Filter ${label}`}
          placeholder="Filter lines"
          value={query}
          onValueChange={setQuery}
          className="w-56 max-sm:w-full"
        />
        <Select
          label="Level"
          value={level}
          onValueChange={setLevel}
          options={levelOptions}
          className="w-44"
        />
        <span className="text-xs text-ink-3 tabular-nums" role="status">
          {shown.length === lines.length
            ? `${formatMetric(lines.length)} lines`
            : `${formatMetric(shown.length)} of ${formatMetric(lines.length)} lines`}
        </span>
      </div>
      <div className="relative">
        <div
          ref={scrollRef}
          tabIndex={0}
          role="log"
          aria-label={label}
          aria-live="off"
          onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) =>
            setAtEnd(scrollTop + clientHeight >= scrollHeight - rowHeight)
          }
          style={{ height: Math.min(height, Math.max(4, shown.length) * rowHeight + 16) }}
          className="overflow-auto border-t border-line bg-sunken/50 py-2 font-mono text-xs -outline-offset-2"
        >
          <div
            style={{ height: shown.length * rowHeight, paddingTop: start * rowHeight }}
            className="min-w-max"
          >
            {shown.slice(start, end).map((line) => (
              <div
                key={line.id}
                style={{ height: rowHeight }}
                className="flex gap-3 px-4 leading-[22px] whitespace-pre"
              >
                <time dateTime={new Date(line.timeMs).toISOString()} className="text-ink-3 tabular-nums">
                  {timeOfDay(line.timeMs)}
                </time>
                <span className={classNames("w-10", levelColors[line.level])}>{line.level}</span>
                <span className={line.level === "error" ? "text-bad" : "text-ink"}>{line.text}</span>
              </div>
            ))}
          </div>
          {shown.length === 0 && (
            <p className="px-4 font-sans text-sm text-ink-2">
              {lines.length === 0 ? "Nothing was logged." : "No line matches."}
            </p>
          )}
        </div>
        {follow && !atEnd && (
          <Button
            size="sm"
            className="absolute right-4 bottom-3 shadow-raised"
            onClick={() => scrollRef.current?.scrollTo({ top: scrollRef.current.scrollHeight })}
          >
            To the newest line
          </Button>
        )}
      </div>
    </div>
  );
}
