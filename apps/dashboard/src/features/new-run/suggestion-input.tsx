/** A text that may be anything, with what is known offered below it: arrows choose, Enter takes, Escape closes. */
"use client";
import { classNames, Input } from "@convkit/ui";
import { useId, useState, type ComponentProps, type KeyboardEvent } from "react";

export interface Suggestion {
  readonly text: string;
  /** What tells it from another of the same text. */
  readonly detail?: string;
}

export interface SuggestionInputProps<Offered extends Suggestion> extends Omit<
  ComponentProps<typeof Input>,
  "value" | "onChange" | "defaultValue" | "list"
> {
  suggestions: readonly Offered[];
  value: string;
  onValueChange: (value: string) => void;
  /** Enter, or a click on a suggestion, where that is more than writing it into the field. */
  onTake?: (value: string) => void;
  /** A suggestion is taken, where it is more than its text. */
  onChoose?: (suggestion: Offered) => void;
}

const MOST_SHOWN = 50;

export function SuggestionInput<Offered extends Suggestion>(props: SuggestionInputProps<Offered>) {
  const { suggestions, value, onValueChange, onTake, onChoose, onBlur, onKeyDown, ...rest } = props;
  const listId = useId();
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [isNarrowed, setIsNarrowed] = useState(false);
  const words = isNarrowed ? value.trim().toLowerCase() : "";
  const shown = suggestions
    .filter(({ text, detail = "" }) => `${text} ${detail}`.toLowerCase().includes(words))
    .slice(0, MOST_SHOWN);
  const isOpen = open && shown.length > 0;
  const close = () => {
    setOpen(false);
    setActive(-1);
  };
  const show = () => {
    setOpen(true);
    setIsNarrowed(false);
  };
  const take = (text: string) => {
    (onTake ?? onValueChange)(text);
    close();
  };
  const choose = (suggestion: Offered) => {
    if (!onChoose) return take(suggestion.text);
    onChoose(suggestion);
    close();
  };
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = isOpen ? shown[active] : undefined;
    if (step !== undefined && shown.length > 0) {
      event.preventDefault();
      if (isOpen) setActive((index) => (index + step + shown.length) % shown.length);
      else show();
    } else if (event.key === "Enter" && (chosen !== undefined || onTake)) {
      event.preventDefault();
      if (chosen !== undefined) choose(chosen);
      else take(value);
    } else if (event.key === "Escape" && isOpen) {
      event.stopPropagation();
      close();
    } else onKeyDown?.(event);
  };
  return (
    <div className="relative">
      <Input
        {...rest}
        role="combobox"
        aria-expanded={isOpen}
        aria-autocomplete="list"
        {...(isOpen && { "aria-controls": listId })}
        {...(isOpen && active >= 0 && { "aria-activedescendant": `${listId}-${active}` })}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={({ currentTarget }) => {
          onValueChange(currentTarget.value);
          setOpen(true);
          setIsNarrowed(true);
          setActive(-1);
        }}
        onFocus={show}
        onClick={show}
        onKeyDown={onKey}
        onBlur={(event) => {
          close();
          onBlur?.(event);
        }}
      />
      {isOpen && (
        <ul
          id={listId}
          role="listbox"
          aria-label="Known ones"
          className="absolute inset-x-0 top-full z-20 mt-1 max-h-60 animate-appear overflow-y-auto rounded-md bg-raised p-1 shadow-raised"
        >
          {shown.map((suggestion, index) => (
            <li
              key={`${suggestion.text} ${suggestion.detail}`}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === active}
              // The field keeps the focus.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(suggestion)}
              onMouseMove={() => setActive(index)}
              className={classNames(
                "cursor-pointer truncate rounded-sm px-2 py-1 text-sm text-ink pointer-coarse:py-2",
                index === active && "bg-hover",
              )}
            >
              {suggestion.text}
              {suggestion.detail && (
                <span className="block text-xs whitespace-normal text-ink-3"> {suggestion.detail}</span>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
