/** Sections of one page, of which one is seen. Where each has its own address, use links and `aria-current`. */
"use client";
import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { classNames } from "./class-names.js";

export interface TabItem {
  value: string;
  label: ReactNode;
  /** A count or a state, small beside the label. */
  badge?: ReactNode;
  /** Rendered only while its tab is open. */
  content: ReactNode;
}

export interface TabsProps {
  label: string;
  value: string;
  onValueChange: (value: string) => void;
  items: readonly TabItem[];
  className?: string;
}

export function Tabs({ label, value, onValueChange, items, className }: TabsProps) {
  return (
    <Radix.Root value={value} onValueChange={onValueChange} className={className}>
      <div className="overflow-x-auto border-b border-line [scrollbar-width:none]">
        <Radix.List aria-label={label} className="flex min-w-max gap-1">
          {items.map((item) => (
            <Radix.Trigger key={item.value} value={item.value} className={tabClasses}>
              {item.label}
              {item.badge !== undefined && (
                <span className="font-mono text-2xs text-ink-3 tabular-nums">{item.badge}</span>
              )}
            </Radix.Trigger>
          ))}
        </Radix.List>
      </div>
      {items.map((item) => (
        <Radix.Content key={item.value} value={item.value} className={classNames("pt-4 outline-offset-4")}>
          {item.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}

/** The look of a tab, for links that act as tabs: set `data-state="active"` or `aria-current="page"`. */
export const tabClasses =
  "relative -mb-px inline-flex h-9 cursor-pointer items-center gap-1.5 border-b-2 border-transparent px-2.5 text-sm font-medium whitespace-nowrap text-ink-2 -outline-offset-2 hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink pointer-coarse:h-11";
