/** The shell around every page but those before the door, where nothing may be asked of the server yet. */
"use client";
import { usePathname } from "next/navigation";
import { LiveProvider } from "../../trpc/live-provider";
import { AppShell, type AppShellProps } from "../shell/app-shell";

const ENTRANCES = new Set(["/sign-in", "/sign-up"]);

export function PageFrame(props: AppShellProps) {
  const pathname = usePathname();
  if (ENTRANCES.has(pathname)) return <main id="content">{props.children}</main>;
  return (
    <LiveProvider>
      <AppShell {...props} />
    </LiveProvider>
  );
}
