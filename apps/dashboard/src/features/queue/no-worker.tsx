/** What is said where nothing would take a job: how to bring a worker along. */
"use client";
import { useSyncExternalStore } from "react";
import { CommandLine } from "../runs/empty-runs";

export function NoWorkerHelp() {
  const origin = useOrigin();
  return (
    <div className="flex flex-col gap-2 text-sm text-ink-2">
      <p>
        <code className="font-mono text-xs">convkit dashboard</code> brings one along for this machine. On
        another one, with a token from the settings:
      </p>
      <CommandLine command={`convkit worker --server ${origin}`} />
    </div>
  );
}

/** Where this dashboard is reached; not known while the server draws the page. */
export function useOrigin(): string {
  return useSyncExternalStore(never, readOrigin, () => "<url>");
}

const never = () => () => undefined;
const readOrigin = () => window.location.origin;
