/** Actions behind a button, as data: a page says what can be done, not how a menu looks. */
"use client";
import { DropdownMenu as Radix } from "radix-ui";
import { useRef, type ReactNode } from "react";
import { classNames } from "./class-names.js";
import { Icon } from "./icon.js";

export type MenuItem =
  | {
      kind?: "action";
      label: ReactNode;
      icon?: ReactNode;
      /** A key that does the same, shown at the right. */
      shortcut?: string;
      onSelect: () => void;
      danger?: boolean;
      disabled?: boolean;
    }
  | { kind: "check"; label: ReactNode; checked: boolean; onCheckedChange: (checked: boolean) => void }
  /** A link: the element gets the item's look and its keyboard. */
  | { kind: "link"; element: ReactNode }
  | { kind: "heading"; label: ReactNode }
  | { kind: "separator" };

export interface DropdownMenuProps {
  /** One element that takes a ref: a Button or an IconButton. */
  trigger: ReactNode;
  items: readonly MenuItem[];
  align?: "start" | "end";
}

const itemClasses =
  "relative flex cursor-pointer items-center gap-2 rounded-sm px-2 py-1 text-sm text-ink outline-none select-none data-[disabled]:cursor-not-allowed data-[disabled]:opacity-50 data-[highlighted]:bg-hover pointer-coarse:py-2";

export function DropdownMenu({ trigger, items, align = "end" }: DropdownMenuProps) {
  const content = useRef<HTMLDivElement>(null);

  // A menu that closes gives the focus back to its trigger, but from a timer. Who has opened it again before the timer runs (a
  // busy page takes input first) would lose the new menu to the farewell of the old one.
  const keepWhenTriggerIsFocused = (event: Event) => {
    if ((event.target as Element).id !== content.current?.getAttribute("aria-labelledby")) return;
    event.preventDefault();
    content.current.focus();
  };

  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          ref={content}
          onFocusOutside={keepWhenTriggerIsFocused}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 animate-appear overflow-y-auto rounded-md bg-raised p-1 shadow-raised"
        >
          {items.map((item, index) => (
            <Item key={index} item={item} />
          ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Item({ item }: { item: MenuItem }) {
  switch (item.kind) {
    case "separator":
      return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;
    case "heading":
      return (
        <Radix.Label className="px-2 pt-1.5 pb-0.5 text-2xs font-medium text-ink-3">{item.label}</Radix.Label>
      );
    case "link":
      return (
        <Radix.Item asChild className={itemClasses}>
          {item.element}
        </Radix.Item>
      );
    case "check":
      return (
        <Radix.CheckboxItem
          checked={item.checked}
          onCheckedChange={item.onCheckedChange}
          onSelect={(event) => event.preventDefault()}
          className={classNames(itemClasses, "pl-7")}
        >
          <Radix.ItemIndicator className="absolute left-2">
            <Icon name="check" className="size-3.5" />
          </Radix.ItemIndicator>
          {item.label}
        </Radix.CheckboxItem>
      );
    case "action":
    case undefined:
      return (
        <Radix.Item
          disabled={item.disabled}
          onSelect={item.onSelect}
          className={classNames(itemClasses, item.danger && "text-bad data-[highlighted]:bg-bad-soft")}
        >
          {item.icon}
          <span className="flex-1">{item.label}</span>
          {item.shortcut && <span className="pl-4 font-mono text-2xs text-ink-3">{item.shortcut}</span>}
        </Radix.Item>
      );
    default:
      return item satisfies never;
  }
}
