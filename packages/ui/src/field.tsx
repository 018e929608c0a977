/** What is typed: a field with its label, help and error, and the field alone for toolbars. */
"use client";
import { useId, type ComponentProps, type ReactNode } from "react";
import { classNames } from "./class-names.js";
import { Icon } from "./icon.js";

/** The frame of everything that takes a value; text is 16 px on touch, or iOS zooms in. */
export const controlClasses =
  "min-w-0 rounded-md border border-control/60 bg-surface text-ink placeholder:text-ink-3 hover:border-control focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 disabled:cursor-not-allowed disabled:opacity-50 aria-invalid:border-bad pointer-coarse:text-lg";

export interface FieldProps {
  label: ReactNode;
  help?: ReactNode;
  error?: ReactNode;
  /** Gets the attributes that tie control, label, help and error together. */
  children: (control: {
    id: string;
    "aria-describedby": string | undefined;
    "aria-invalid": true | undefined;
  }) => ReactNode;
  className?: string;
}

/** Label above, help and error below any control. */
export function Field({ label, help, error, children, className }: FieldProps) {
  const id = useId();
  const described = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className={classNames("flex flex-col gap-1", className)}>
      <label htmlFor={id} className="text-sm font-medium text-ink">
        {label}
      </label>
      {children({
        id,
        "aria-describedby": described || undefined,
        "aria-invalid": error ? true : undefined,
      })}
      {help && (
        <p id={`${id}-help`} className="text-xs text-ink-3">
          {help}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="text-xs text-bad">
          {error}
        </p>
      )}
    </div>
  );
}

export interface InputProps extends ComponentProps<"input"> {
  /** Figures that line up: for numbers, hashes and expressions. */
  mono?: boolean;
  /** Class of the horizontal padding, where an icon needs room. */
  padding?: string;
}

export function Input({ mono, padding = "px-2.5", className, ...rest }: InputProps) {
  return (
    <input
      {...rest}
      className={classNames(
        controlClasses,
        "h-8 w-full pointer-coarse:h-10",
        mono ? "font-mono text-xs tabular-nums" : "text-sm",
        padding,
        className,
      )}
    />
  );
}

export function TextArea({ className, ...rest }: ComponentProps<"textarea">) {
  return (
    <textarea
      rows={5}
      {...rest}
      className={classNames(controlClasses, "w-full resize-y px-2.5 py-1.5 text-sm", className)}
    />
  );
}

export interface SearchFieldProps extends Omit<
  InputProps,
  "value" | "onChange" | "type" | "defaultValue" | "ref" | "padding"
> {
  /** What is searched, for screen readers. */
  label: string;
  value: string;
  onValueChange: (value: string) => void;
  ref?: React.Ref<HTMLInputElement>;
}

/** Escape empties it. */
export function SearchField({ label, value, onValueChange, className, ref, ...rest }: SearchFieldProps) {
  return (
    <div className={classNames("relative min-w-0", className)}>
      <Icon
        name="search"
        className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-ink-3"
      />
      <Input
        {...rest}
        ref={ref}
        role="searchbox"
        aria-label={label}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={(event) => onValueChange(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && value !== "") {
            event.stopPropagation();
            onValueChange("");
          }
          rest.onKeyDown?.(event);
        }}
        padding="px-8"
      />
      {value !== "" && (
        <button
          type="button"
          aria-label="Clear"
          onClick={() => onValueChange("")}
          className="absolute top-1/2 right-1.5 flex size-6 -translate-y-1/2 cursor-pointer items-center justify-center rounded-sm text-ink-3 hover:text-ink"
        >
          <Icon name="close" className="size-3.5" />
        </button>
      )}
    </div>
  );
}
