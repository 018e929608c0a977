/** Says that the server is gone, and that it was found again: nobody should read old figures for new ones. */
"use client";
import { useConnected } from "../../trpc/live-provider";

export function OfflineBanner() {
  const connected = useConnected();
  return (
    <div role="status" aria-live="polite">
      {!connected && (
        <p className="flex animate-appear items-center gap-2 border-b border-line bg-warn-soft px-4 py-2 text-sm text-warn">
          <span aria-hidden="true" className="size-2 shrink-0 animate-pulse-soft rounded-full bg-warn" />
          <span>
            <strong className="font-semibold">The server cannot be reached.</strong> What you see may be old.
            Trying again; if you stopped it, <code className="font-mono text-xs">convkit dashboard</code>{" "}
            starts it.
          </span>
        </p>
      )}
    </div>
  );
}
