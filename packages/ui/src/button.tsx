/** What a click starts. One primary button a view; danger only where something is lost. */
"use client";
import { Slot } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { classNames } from "./class-names.js";
import { Tooltip } from "./tooltip.js";

export interface ButtonProps extends ComponentProps<"button"> {
  /** `destroy` is the last click before something is lost, `danger` leads there. */
  variant?: "primary" | "secondary" | "ghost" | "danger" | "destroy";
  size?: "sm" | "md";
  /** As wide as high: for an icon alone. */
  square?: boolean;
  /** Shows a spinner and refuses clicks; the label stays, so that nothing moves. */
  busy?: boolean;
  /** Gives the look to the only child instead: a link that leads like a button. */
  asChild?: boolean;
}

const variants = {
  primary: "bg-accent text-accent-ink hover:bg-accent-strong border-transparent",
  secondary: "bg-surface text-ink hover:bg-hover border-line-strong",
  ghost: "bg-transparent text-ink-2 hover:bg-hover hover:text-ink border-transparent",
  danger: "bg-surface text-bad hover:bg-bad-soft border-line-strong",
  destroy: "bg-bad text-surface hover:bg-bad/85 border-transparent",
};

const sizes = {
  sm: "h-7 gap-1 text-xs pointer-coarse:h-9",
  md: "h-8 gap-1.5 text-sm pointer-coarse:h-10",
};
const paddings = { sm: "px-2", md: "px-3" };
const squares = { sm: "w-7 pointer-coarse:w-9", md: "w-8 pointer-coarse:w-10" };

const shape =
  "inline-flex shrink-0 cursor-pointer items-center justify-center rounded-md border font-medium whitespace-nowrap select-none transition-colors disabled:cursor-not-allowed disabled:opacity-50 aria-busy:cursor-progress";

export function Button(props: ButtonProps) {
  const {
    variant = "secondary",
    size = "md",
    square,
    busy = false,
    asChild,
    className,
    children,
    ...rest
  } = props;
  const classes = classNames(
    shape,
    variants[variant],
    sizes[size],
    (square ? squares : paddings)[size],
    className,
  );
  if (asChild) {
    return (
      <Slot.Root className={classes} {...rest}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      type="button"
      {...rest}
      className={classes}
      aria-busy={busy || undefined}
      disabled={rest.disabled || busy}
    >
      {busy && (
        <span
          aria-hidden="true"
          className="size-3 animate-spin rounded-full border-2 border-current border-t-transparent"
        />
      )}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<
  ButtonProps,
  "children" | "aria-label" | "asChild" | "busy" | "square"
> {
  /** What it does, for screen readers and as the tooltip. */
  label: string;
  children: ReactNode;
  /** False where a tooltip would cover what it is about. */
  tooltip?: boolean;
}

export function IconButton({ label, tooltip = true, children, ...rest }: IconButtonProps) {
  const button = (
    <Button variant="ghost" square {...rest} aria-label={label}>
      {children}
    </Button>
  );
  return tooltip ? <Tooltip content={label}>{button}</Tooltip> : button;
}
