/** What is ticked, switched or slid. */
"use client";
import { Slider as RadixSlider, Switch as RadixSwitch } from "radix-ui";
import { useId, type ReactNode } from "react";
import { classNames } from "./class-names.js";
import { Icon } from "./icon.js";

interface LabelledProps {
  label: ReactNode;
  /** Keeps the label for screen readers only. */
  hideLabel?: boolean;
  disabled?: boolean;
  className?: string;
}

export interface CheckboxProps extends LabelledProps {
  checked: boolean | "indeterminate";
  onCheckedChange: (checked: boolean) => void;
}

/** The browser's own: tables mount dozens of them with every scroll. */
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

export interface SwitchProps extends LabelledProps {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
}

export function Switch({ label, hideLabel, checked, onCheckedChange, disabled, className }: SwitchProps) {
  const id = useId();
  return (
    <span className={classNames("inline-flex items-center gap-2", className)}>
      <RadixSwitch.Root
        id={id}
        checked={checked}
        onCheckedChange={onCheckedChange}
        disabled={disabled}
        className="relative h-4.5 w-8 shrink-0 cursor-pointer rounded-full bg-control transition-colors after:absolute after:-inset-1.5 after:content-[''] disabled:cursor-not-allowed disabled:opacity-50 data-[state=checked]:bg-accent"
      >
        <RadixSwitch.Thumb className="block size-3.5 translate-x-0.5 rounded-full bg-surface transition-transform data-[state=checked]:translate-x-4" />
      </RadixSwitch.Root>
      <label htmlFor={id} className={hideLabel ? "sr-only" : "cursor-pointer text-sm text-ink select-none"}>
        {label}
      </label>
    </span>
  );
}

export interface SliderProps extends Omit<LabelledProps, "label"> {
  label: string;
  value: number;
  onValueChange: (value: number) => void;
  min: number;
  max: number;
  step: number;
  /** The value as it is shown and spoken. */
  format?: (value: number) => string;
}

/** For smoothing: label, track and value on one line. */
export function Slider({ label, hideLabel, value, onValueChange, format = String, ...rest }: SliderProps) {
  const { className, ...range } = rest;
  return (
    <div className={classNames("flex min-w-0 items-center gap-3", className)}>
      {!hideLabel && (
        <span className="text-sm text-ink-2" aria-hidden="true">
          {label}
        </span>
      )}
      <RadixSlider.Root
        {...range}
        value={[value]}
        onValueChange={([next]) => next !== undefined && onValueChange(next)}
        className="relative flex h-5 w-full min-w-20 touch-none items-center select-none"
      >
        <RadixSlider.Track className="relative h-1 grow rounded-full bg-line-strong">
          <RadixSlider.Range className="absolute h-full rounded-full bg-accent" />
        </RadixSlider.Track>
        <RadixSlider.Thumb
          aria-label={label}
          aria-valuetext={format(value)}
          className="block size-3.5 cursor-grab rounded-full border-2 border-accent bg-surface active:cursor-grabbing pointer-coarse:size-5"
        />
      </RadixSlider.Root>
      <span className="w-10 shrink-0 text-right font-mono text-xs text-ink-2 tabular-nums" aria-hidden="true">
        {format(value)}
      </span>
    </div>
  );
}
