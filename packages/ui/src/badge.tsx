/** Small words that say what state something is in. Colour is never alone: a shape and the word go with it. */
import type { ReactNode } from "react";
import { classNames } from "./class-names.js";

export type Tone = "neutral" | "accent" | "good" | "warn" | "bad";

const tones: Record<Tone, string> = {
  neutral: "text-ink-2",
  accent: "text-accent",
  good: "text-good",
  warn: "text-warn",
  bad: "text-bad",
};
const grounds: Record<Tone, string> = {
  neutral: "bg-sunken",
  accent: "bg-accent-soft",
  good: "bg-good-soft",
  warn: "bg-warn-soft",
  bad: "bg-bad-soft",
};

export interface BadgeProps {
  tone?: Tone;
  children: ReactNode;
  className?: string;
  title?: string;
  /** The word without the ground, for dense tables. */
  plain?: boolean;
}

export function Badge({ tone = "neutral", children, className, title, plain = false }: BadgeProps) {
  return (
    <span
      title={title}
      className={classNames(
        "inline-flex h-5 max-w-full items-center gap-1 rounded-sm text-xs font-medium whitespace-nowrap",
        tones[tone],
        !plain && classNames("px-1.5", grounds[tone]),
        className,
      )}
    >
      {children}
    </span>
  );
}

export type RunStatus = "queued" | "running" | "completed" | "stopped" | "interrupted" | "failed" | "lost";

const statuses: Record<RunStatus, { tone: Tone; shape: ReactNode }> = {
  queued: { tone: "neutral", shape: <circle cx="4" cy="4" r="3" fill="none" stroke="currentColor" /> },
  running: { tone: "accent", shape: <circle cx="4" cy="4" r="3" className="animate-pulse-soft" /> },
  completed: {
    tone: "good",
    shape: <path d="M1 4l2.2 2.2L7 2" fill="none" stroke="currentColor" strokeWidth="1.6" />,
  },
  stopped: { tone: "neutral", shape: <rect x="1" y="1" width="6" height="6" rx="1" /> },
  interrupted: { tone: "warn", shape: <path d="M1.5 1h1.8v6H1.5zM4.7 1h1.8v6H4.7z" /> },
  failed: { tone: "bad", shape: <path d="M1 1l6 6M7 1L1 7" stroke="currentColor" strokeWidth="1.6" /> },
  lost: {
    tone: "warn",
    shape: <circle cx="4" cy="4" r="3" fill="none" stroke="currentColor" strokeDasharray="2 1.5" />,
  },
};

export interface StatusBadgeProps {
  status: RunStatus;
  /** Shape and word without the ground, for dense tables. */
  plain?: boolean;
  className?: string;
}

export function StatusBadge({ status, plain = false, className }: StatusBadgeProps) {
  const { tone, shape } = statuses[status];
  return (
    <Badge tone={tone} plain={plain} {...(className && { className })}>
      <svg viewBox="0 0 8 8" className="size-2 shrink-0 fill-current" aria-hidden="true">
        {shape}
      </svg>
      {status}
    </Badge>
  );
}
