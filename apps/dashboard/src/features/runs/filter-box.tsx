/** A filter is typed here, word by word completed; Enter applies it, and an error is shown where it lies. */
"use client";
import { classNames, Icon } from "@convkit/ui";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import type { RunFields } from "../../trpc/context";
import { completeFilter } from "./filter-completion";

export interface FilterBoxProps {
  value: string;
  onApply: (filter: string) => void;
  fields: RunFields | undefined;
  values: Readonly<Record<string, readonly string[]>>;
  error: { message: string; position: number } | null;
  className?: string;
}

export function FilterBox({ value, onApply, fields, values, error, className }: FilterBoxProps) {
  const id = useId();
  const inputRef = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [applied, setApplied] = useState(value);
  const [caret, setCaret] = useState(0);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  // A saved view or "back" brought another filter.
  if (applied !== value) {
    setApplied(value);
    setText(value);
  }
  const { from, to, items } = completeFilter(text, caret, { fields, values });
  const shown = open && items.length > 0;

  const nextCaret = useRef<number | null>(null);
  useEffect(() => {
    if (nextCaret.current === null) return;
    inputRef.current?.setSelectionRange(nextCaret.current, nextCaret.current);
    nextCaret.current = null;
  });
  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [id, active]);

  const write = (next: string, at: number) => {
    setText(next);
    setCaret(at);
    setActive(-1);
  };
  const take = (index: number) => {
    const item = items[index];
    if (!item) return;
    const rest = text.slice(to).replace(/^ +/, "");
    const start = `${text.slice(0, from)}${item.text} `;
    nextCaret.current = start.length;
    write(start + rest, start.length);
    setOpen(true);
    inputRef.current?.focus();
  };
  const apply = (next = text) => {
    setOpen(false);
    setActive(-1);
    const trimmed = next.trim();
    setText(trimmed);
    if (trimmed !== value) onApply(trimmed);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      const by = key === "ArrowDown" ? 1 : -1;
      setActive((now) =>
        items.length === 0 ? -1 : (now + by + items.length + (now < 0 && by < 0 ? 1 : 0)) % items.length,
      );
    } else if (key === "Tab" && shown && active >= 0) {
      event.preventDefault();
      take(active);
    } else if (key === "Enter") {
      event.preventDefault();
      if (shown && active >= 0) take(active);
      else apply();
    } else if (key === "Escape") {
      event.stopPropagation();
      if (shown) setOpen(false);
      else {
        setText(value);
        inputRef.current?.blur();
      }
    }
  };
  const track = () => setCaret(inputRef.current?.selectionStart ?? text.length);

  return (
    <div className={classNames("relative min-w-0", className)}>
      <div className="relative">
        <span
          aria-hidden="true"
          className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 font-mono text-xs text-ink-3"
        >
          where
        </span>
        <input
          ref={inputRef}
          data-shortcut="filter"
          role="combobox"
          aria-label="Filter"
          aria-expanded={shown}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={shown && active >= 0 ? `${id}-${active}` : undefined}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? `${id}-error` : undefined}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          placeholder="val_accuracy > 0.9 and model = resnet9"
          value={text}
          onChange={(event) => {
            write(event.currentTarget.value, event.currentTarget.selectionStart ?? 0);
            setOpen(true);
          }}
          onSelect={track}
          onFocus={() => setOpen(true)}
          onBlur={() => apply()}
          onKeyDown={onKeyDown}
          className="h-8 w-full min-w-0 rounded-md border border-control/60 bg-surface pr-8 pl-14 font-mono text-xs text-ink placeholder:text-ink-3 hover:border-control focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 aria-invalid:border-bad pointer-coarse:h-10 pointer-coarse:text-lg"
        />
        {text !== "" && (
          <button
            type="button"
            aria-label="Clear the filter"
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => apply("")}
            className="absolute top-1/2 right-1.5 flex size-6 -translate-y-1/2 cursor-pointer items-center justify-center rounded-sm text-ink-3 hover:text-ink"
          >
            <Icon name="close" className="size-3.5" />
          </button>
        )}
      </div>
      <ul
        id={`${id}-list`}
        role="listbox"
        aria-label="Completions"
        hidden={!shown}
        className="absolute inset-x-0 top-full z-40 mt-1 max-h-72 overflow-y-auto rounded-md bg-raised p-1 shadow-raised"
      >
        {items.map((item, index) => (
          <li
            key={item.text}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            // The field keeps the focus.
            onMouseDown={(event) => {
              event.preventDefault();
              take(index);
            }}
            className={classNames(
              "flex cursor-pointer items-baseline gap-3 rounded-sm px-2 py-1 text-xs",
              index === active ? "bg-accent-soft" : "hover:bg-hover",
            )}
          >
            <span className="min-w-0 flex-1 truncate font-mono text-ink">{item.text}</span>
            <span className="shrink-0 text-ink-3">{item.detail}</span>
          </li>
        ))}
      </ul>
      {error && <FilterProblem id={`${id}-error`} text={value} {...error} />}
    </div>
  );
}

/** The filter again, with what the error is about underlined. */
function FilterProblem({
  id,
  text,
  message,
  position,
}: {
  id: string;
  text: string;
  message: string;
  position: number;
}) {
  const rest = text.slice(position);
  const word = /^\S+/.exec(rest)?.[0] ?? "";
  return (
    <div id={id} role="alert" className="mt-1.5 rounded-md bg-bad-soft px-2.5 py-1.5 text-xs">
      <p className="font-mono break-all whitespace-pre-wrap text-ink-2">
        {text.slice(0, position)}
        <mark className="bg-transparent font-semibold text-bad underline decoration-wavy underline-offset-4">
          {word === "" ? " ?" : word}
        </mark>
        {rest.slice(word.length)}
      </p>
      <p className="mt-1 text-bad">{message}</p>
    </div>
  );
}
