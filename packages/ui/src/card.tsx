/** A framed part of a page with its heading. */
import type { ReactNode } from "react";
import { classNames } from "./class-names.js";

export interface CardProps {
  title?: ReactNode;
  /** A sentence or a figure beside the title. */
  detail?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** For tables and galleries that reach the frame. */
  flush?: boolean;
  /** Level of the heading; 2 unless said otherwise. */
  level?: 2 | 3 | 4;
  className?: string;
}

export function Card({ title, detail, actions, children, flush, level = 2, className }: CardProps) {
  const Heading = `h${level}` as const;
  return (
    <section className={classNames("min-w-0 rounded-lg border border-line bg-surface", className)}>
      {(title || actions) && (
        <header className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
          <div className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-2">
            {title && <Heading className="text-base font-semibold tracking-tight text-ink">{title}</Heading>}
            {detail && <span className="text-xs text-ink-3">{detail}</span>}
          </div>
          {actions}
        </header>
      )}
      <div className={flush ? "" : classNames("px-4 pb-4", !title && !actions && "pt-4")}>{children}</div>
    </section>
  );
}
