/** What stands around every page: the rail with the areas, on a phone a bar below, and the state of the connection. */
"use client";
import { classNames, IconButton, Tooltip } from "@convkit/ui";
import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import { Link } from "./link";
import { usePathname } from "next/navigation";
import { useState, type ReactNode } from "react";
import { AccountMenu } from "../accounts/account-menu";
import { Mark } from "./mark";
import { areas, isWithin, type Area } from "./navigation";
import { OfflineBanner } from "./offline-banner";
import { RAIL_COOKIE, rememberPreference, type Theme } from "./preference";
import { Shortcuts } from "./shortcuts";
import { ThemeMenu } from "./theme-menu";

export interface AppShellProps {
  theme: Theme;
  railFolded: boolean;
  children: ReactNode;
}

export function AppShell({ theme, railFolded, children }: AppShellProps) {
  const pathname = usePathname();
  const [folded, setFolded] = useState(railFolded);
  const fold = (next: boolean) => {
    setFolded(next);
    rememberPreference(RAIL_COOKIE, next ? "folded" : "open");
  };
  return (
    <div className="flex h-dvh flex-col md:flex-row">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-sm font-medium text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <aside
        className={classNames(
          "hidden shrink-0 flex-col border-r border-line bg-canvas md:flex",
          folded ? "w-13" : "w-48",
        )}
      >
        <Link
          href="/runs"
          className={classNames(
            "flex h-13 items-center gap-2 px-3.5 font-semibold tracking-tight",
            folded && "px-3",
          )}
        >
          <Mark />
          <span className={folded ? "sr-only" : ""}>convkit</span>
        </Link>
        <nav aria-label="Areas" className="flex flex-1 flex-col gap-0.5 px-2 py-1">
          {areas.map((area) => (
            <RailLink key={area.path} area={area} folded={folded} current={isWithin(pathname, area)} />
          ))}
        </nav>
        <div className={classNames("flex gap-1 p-2", folded ? "flex-col" : "justify-between")}>
          <AccountMenu />
          <ThemeMenu initial={theme} />
          <IconButton
            label={folded ? "Unfold the rail" : "Fold the rail"}
            tooltip={folded}
            onClick={() => fold(!folded)}
          >
            {folded ? (
              <PanelLeftOpen className="size-4" aria-hidden="true" />
            ) : (
              <PanelLeftClose className="size-4" aria-hidden="true" />
            )}
          </IconButton>
        </div>
      </aside>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <OfflineBanner />
        {/* relative: what is there for screen readers alone is placed in it, and does not make the page behind it scroll. */}
        <main id="content" tabIndex={-1} className="relative min-h-0 flex-1 overflow-y-auto outline-none">
          {children}
        </main>
      </div>
      <nav
        aria-label="Areas"
        className="flex shrink-0 items-stretch border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
      >
        {areas.map((area) => (
          <BarLink key={area.path} area={area} current={isWithin(pathname, area)} />
        ))}
      </nav>
      <Shortcuts />
    </div>
  );
}

function RailLink({ area, folded, current }: { area: Area; folded: boolean; current: boolean }) {
  const Icon = area.icon;
  const link = (
    <Link
      href={area.path}
      aria-current={current ? "page" : undefined}
      className={classNames(
        "flex h-8 items-center gap-2.5 rounded-md px-2.5 text-sm font-medium transition-colors",
        current ? "bg-sunken text-ink" : "text-ink-2 hover:bg-hover hover:text-ink",
      )}
    >
      <Icon className={classNames("size-4 shrink-0", current && "text-accent")} aria-hidden="true" />
      <span className={folded ? "sr-only" : ""}>{area.label}</span>
    </Link>
  );
  return folded ? (
    <Tooltip content={area.label} side="right">
      {link}
    </Tooltip>
  ) : (
    link
  );
}

function BarLink({ area, current }: { area: Area; current: boolean }) {
  const Icon = area.icon;
  return (
    <Link
      href={area.path}
      aria-current={current ? "page" : undefined}
      className={classNames(
        "flex h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-2xs font-medium",
        current ? "text-accent" : "text-ink-2",
      )}
    >
      <Icon className="size-5" aria-hidden="true" />
      {area.label}
    </Link>
  );
}
