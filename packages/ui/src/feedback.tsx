/** What a part of a page shows while it has nothing to show: not yet, nothing, or not this time. */
import type { ReactNode } from "react";
import { Button } from "./button.js";
import { classNames } from "./class-names.js";
import { Icon } from "./icon.js";

export interface EmptyStateProps {
  title: string;
  /** Why it is empty and how to fill it. */
  description?: ReactNode;
  action?: ReactNode;
  icon?: ReactNode;
  className?: string;
}

export function EmptyState({ title, description, action, icon, className }: EmptyStateProps) {
  return (
    <div className={classNames("flex flex-col items-center px-6 py-12 text-center", className)}>
      {icon && <div className="mb-3 text-ink-3">{icon}</div>}
      <p className="text-base font-medium text-ink">{title}</p>
      {description && <div className="mt-1 max-w-md text-sm text-balance text-ink-2">{description}</div>}
      {action && <div className="mt-4">{action}</div>}
    </div>
  );
}

export interface ErrorStateProps {
  title?: string;
  /** What happened and the way out, as the error says it. */
  message: ReactNode;
  onRetry?: () => void;
  retrying?: boolean;
  className?: string;
}

export function ErrorState(props: ErrorStateProps) {
  const { title = "This could not be loaded", message, onRetry, retrying = false, className } = props;
  return (
    <div role="alert" className={classNames("flex flex-col items-center px-6 py-10 text-center", className)}>
      <Icon name="alert" className="mb-2 size-5 text-bad" />
      <p className="text-base font-medium text-ink">{title}</p>
      <div className="mt-1 max-w-lg text-sm break-words text-ink-2">{message}</div>
      {onRetry && (
        <Button className="mt-4" onClick={onRetry} busy={retrying}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** A still shape of what is coming; size it with classes. Put `aria-busy` on the region around it. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={classNames("block h-4 animate-pulse-soft rounded-sm bg-line", className)}
    />
  );
}

/** A key of the keyboard. */
export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-sm border border-line-strong bg-sunken px-1 font-mono text-2xs text-ink-2">
      {children}
    </kbd>
  );
}
