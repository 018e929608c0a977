/** The browser's own: tables mount dozens of them with every scroll. */
"use client";
import { useId } from "react";
import { classNames } from "./class-names.js";
import { Icon } from "./icon.js";
import type { LabelledProps } from "./labelled-props.js";

export interface CheckboxProps extends LabelledProps {
  checked: boolean | "indeterminate";
  onCheckedChange: (checked: boolean) => void;
}

export function Checkbox({ label, hideLabel, checked, onCheckedChange, disabled, className }: CheckboxProps) {
  const id = useId();
  const mixed = checked === "indeterminate";
  return (
    <span className={classNames("inline-flex items-center gap-2", className)}>
      <span className="relative inline-flex size-4 shrink-0 pointer-coarse:size-5">
        <input
          id={id}
          type="checkbox"
          ref={(input) => {
            if (input) input.indeterminate = mixed;
          }}
          checked={checked === true}
          onChange={(event) => onCheckedChange(event.currentTarget.checked)}
          disabled={disabled}
          className="relative size-full cursor-pointer appearance-none after:absolute after:-inset-2 after:content-[''] pointer-coarse:after:-inset-3 rounded-sm border border-control bg-surface checked:border-accent checked:bg-accent indeterminate:border-accent indeterminate:bg-accent disabled:cursor-not-allowed disabled:opacity-50"
        />
        {checked !== false && (
          <Icon
            name={mixed ? "minus" : "check"}
            className="pointer-events-none absolute inset-0 m-auto text-accent-ink"
          />
        )}
      </span>
      <label htmlFor={id} className={hideLabel ? "sr-only" : "cursor-pointer text-sm text-ink select-none"}>
        {label}
      </label>
    </span>
  );
}
