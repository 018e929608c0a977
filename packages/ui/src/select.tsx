/** One of a few: a list that opens, or segments side by side. */
"use client";
import { Select as Radix, ToggleGroup } from "radix-ui";
import { useId, type ReactNode } from "react";
import { classNames } from "./class-names.js";
import { controlClasses } from "./field.js";
import { Icon } from "./icon.js";

export interface SelectOption<Value extends string = string> {
  value: Value;
  label: ReactNode;
  /** What typing finds where the label is not a text. */
  textValue?: string;
  /** A line below the label, while the list is open. */
  help?: string;
  disabled?: boolean;
}

export interface SelectProps<Value extends string> {
  value: Value | undefined;
  onValueChange: (value: Value) => void;
  options: readonly SelectOption<Value>[];
  /** For screen readers, where no label points at `id`. */
  label?: string;
  placeholder?: string;
  disabled?: boolean;
  id?: string;
  "aria-describedby"?: string | undefined;
  "aria-invalid"?: true | undefined;
  size?: "sm" | "md";
  className?: string;
}

export function Select<Value extends string>(props: SelectProps<Value>) {
  const {
    value,
    onValueChange,
    options,
    label,
    placeholder,
    disabled,
    size = "md",
    className,
    ...aria
  } = props;
  const helpId = useId();
  return (
    <Radix.Root
      value={value ?? ""}
      onValueChange={(next) => onValueChange(next as Value)}
      disabled={disabled}
    >
      <Radix.Trigger
        {...aria}
        {...(label && { "aria-label": label })}
        className={classNames(
          controlClasses,
          "inline-flex cursor-pointer items-center justify-between gap-2 text-left whitespace-nowrap data-[placeholder]:text-ink-3",
          size === "sm" ? "h-7 px-2 text-xs pointer-coarse:h-9" : "h-8 px-2.5 text-sm pointer-coarse:h-10",
          className ?? "w-full",
        )}
      >
        <span className="truncate">
          <Radix.Value placeholder={placeholder} />
        </span>
        <Radix.Icon>
          <Icon name="chevron-down" className="size-3.5 text-ink-3" />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) animate-appear overflow-hidden rounded-md bg-raised shadow-raised"
        >
          <Radix.Viewport className="p-1">
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                disabled={option.disabled}
                {...(option.textValue && { textValue: option.textValue })}
                {...(option.help && { "aria-describedby": `${helpId}-${option.value}` })}
                className="relative flex cursor-pointer flex-col justify-center rounded-sm py-1 pr-3 pl-7 text-sm text-ink outline-none select-none data-[disabled]:opacity-50 data-[highlighted]:bg-hover pointer-coarse:py-2"
              >
                <Radix.ItemIndicator className="absolute top-1.5 left-2 pointer-coarse:top-2.5">
                  <Icon name="check" className="size-3.5" />
                </Radix.ItemIndicator>
                <Radix.ItemText>{option.label}</Radix.ItemText>
                {option.help && (
                  <span id={`${helpId}-${option.value}`} className="max-w-80 text-xs text-ink-3">
                    {option.help}
                  </span>
                )}
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export interface SegmentedProps<Value extends string> {
  label: string;
  value: Value;
  onValueChange: (value: Value) => void;
  options: readonly SelectOption<Value>[];
  className?: string;
}

/** Two to four short choices that should all be seen: step, epoch, time. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>) {
  const { label, value, onValueChange, options, className } = props;
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(next) => next !== "" && onValueChange(next as Value)}
      className={classNames("inline-flex h-8 rounded-md bg-sunken p-0.5 pointer-coarse:h-10", className)}
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          disabled={option.disabled}
          className="cursor-pointer rounded-[5px] px-2.5 text-xs font-medium whitespace-nowrap text-ink-2 hover:text-ink disabled:cursor-not-allowed disabled:opacity-50 data-[state=on]:bg-raised data-[state=on]:text-ink data-[state=on]:shadow-[0_0_0_1px_var(--color-line-strong)]"
        >
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
