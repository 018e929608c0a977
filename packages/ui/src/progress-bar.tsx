/** How far a run is, and how long it will take. */
import { classNames } from "./class-names.js";
import { formatDuration } from "./format-duration.js";

export interface ProgressBarProps {
  /** What is progressing, for screen readers. */
  label: string;
  /** 0 to 1, or null while it is not known. */
  value: number | null;
  remainingMs?: number | null;
  /** The bar alone, for table cells. */
  compact?: boolean;
  className?: string;
}

export function ProgressBar({ label, value, remainingMs, compact = false, className }: ProgressBarProps) {
  const share = value === null || Number.isNaN(value) ? null : Math.min(1, Math.max(0, value));
  const percent = share === null ? null : Math.floor(share * 100);
  const left = remainingMs != null && share !== 1 ? `${formatDuration(remainingMs)} left` : null;
  return (
    <div className={classNames("flex min-w-0 items-center gap-2", className)}>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(percent !== null && {
          "aria-valuenow": percent,
          "aria-valuetext": `${percent}%${left ? `, ${left}` : ""}`,
        })}
        className="h-1.5 min-w-12 flex-1 overflow-hidden rounded-full bg-line"
      >
        <div
          className={classNames(
            "h-full rounded-full bg-accent transition-[width]",
            share === null && "w-1/3 animate-pulse-soft",
          )}
          style={share === null ? undefined : { width: `${share * 100}%` }}
        />
      </div>
      <span className="shrink-0 text-xs text-ink-2 tabular-nums" aria-hidden="true">
        {percent === null ? "" : `${percent}%`}
        {!compact && left && <span className="text-ink-3"> · {left}</span>}
      </span>
    </div>
  );
}
