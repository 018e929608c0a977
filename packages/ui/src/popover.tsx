/** A small panel beside the button that opened it: filters, columns, settings of a chart. */
"use client";
import { Popover as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { classNames } from "./class-names.js";

export interface PopoverProps {
  /** One element that takes a ref. */
  trigger: ReactNode;
  /** Name of the panel for screen readers. */
  label: string;
  children: ReactNode;
  align?: "start" | "center" | "end";
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  /** Without padding, for content that reaches the frame. */
  flush?: boolean;
  className?: string;
}

export function Popover({
  trigger,
  label,
  children,
  align = "end",
  flush,
  className,
  ...state
}: PopoverProps) {
  return (
    <Radix.Root {...state}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={classNames(
            "z-50 max-h-(--radix-popover-content-available-height) max-w-[calc(100vw-1rem)] animate-appear overflow-y-auto rounded-lg bg-raised text-ink shadow-raised outline-none",
            flush ? "" : "p-3",
            className ?? "w-72",
          )}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
