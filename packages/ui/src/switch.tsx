/** On or off, and at once: there is no form to send. */
"use client";
import { Switch as Radix } from "radix-ui";
import { useId } from "react";
import { classNames } from "./class-names.js";
import type { LabelledProps } from "./labelled-props.js";

export interface SwitchProps extends LabelledProps {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
}

export function Switch({ label, hideLabel, checked, onCheckedChange, disabled, className }: SwitchProps) {
  const id = useId();
  return (
    <span className={classNames("inline-flex items-center gap-2", className)}>
      <Radix.Root
        id={id}
        checked={checked}
        onCheckedChange={onCheckedChange}
        disabled={disabled}
        className="relative h-4.5 w-8 shrink-0 cursor-pointer rounded-full bg-control transition-colors after:absolute after:-inset-1.5 after:content-[''] disabled:cursor-not-allowed disabled:opacity-50 data-[state=checked]:bg-accent"
      >
        <Radix.Thumb className="block size-3.5 translate-x-0.5 rounded-full bg-surface transition-transform data-[state=checked]:translate-x-4" />
      </Radix.Root>
      <label htmlFor={id} className={hideLabel ? "sr-only" : "cursor-pointer text-sm text-ink select-none"}>
        {label}
      </label>
    </span>
  );
}
