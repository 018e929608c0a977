/** For smoothing: label, track and value on one line. */
"use client";
import { Slider as Radix } from "radix-ui";
import { classNames } from "./class-names.js";
import type { LabelledProps } from "./labelled-props.js";

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

export function Slider({ label, hideLabel, value, onValueChange, format = String, ...rest }: SliderProps) {
  const { className, ...range } = rest;
  return (
    <div className={classNames("flex min-w-0 items-center gap-3", className)}>
      {!hideLabel && (
        <span className="text-sm text-ink-2" aria-hidden="true">
          {label}
        </span>
      )}
      <Radix.Root
        {...range}
        value={[value]}
        onValueChange={([next]) => next !== undefined && onValueChange(next)}
        className="relative flex h-5 w-full min-w-20 touch-none items-center select-none"
      >
        <Radix.Track className="relative h-1 grow rounded-full bg-line-strong">
          <Radix.Range className="absolute h-full rounded-full bg-accent" />
        </Radix.Track>
        <Radix.Thumb
          aria-label={label}
          aria-valuetext={format(value)}
          className="block size-3.5 cursor-grab rounded-full border-2 border-accent bg-surface active:cursor-grabbing pointer-coarse:size-5"
        />
      </Radix.Root>
      <span className="w-10 shrink-0 text-right font-mono text-xs text-ink-2 tabular-nums" aria-hidden="true">
        {format(value)}
      </span>
    </div>
  );
}
