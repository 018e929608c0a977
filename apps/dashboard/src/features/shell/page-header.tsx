/** The head of a page: where one is, what it is about, and what can be done. */
import { classNames } from "@convkit/ui";
import { Link } from "./link";
import type { ReactNode } from "react";

export interface PageHeaderProps {
  title: ReactNode;
  /** The page above: "Runs". */
  parent?: { href: string; label: string };
  detail?: ReactNode;
  actions?: ReactNode;
  className?: string;
}

export function PageHeader({ title, parent, detail, actions, className }: PageHeaderProps) {
  return (
    <header
      className={classNames("flex flex-wrap items-center gap-x-4 gap-y-2 px-4 pt-3 pb-2 lg:px-6", className)}
    >
      <div className={classNames("min-w-0 flex-1", detail !== undefined && "max-sm:basis-full")}>
        {parent && (
          <p className="text-xs text-ink-3">
            <Link href={parent.href} className="rounded-sm hover:text-ink hover:underline">
              {parent.label}
            </Link>
          </p>
        )}
        <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 text-xl font-semibold tracking-tight text-ink">{title}</h1>
          {detail}
        </div>
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}
