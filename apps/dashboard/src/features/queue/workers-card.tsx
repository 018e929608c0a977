/** Who does the work: what each worker computes with, what it serves, and when it was last heard of. */
"use client";
import { Badge, Button, Card, classNames, formatRelativeTime } from "@convkit/ui";
import { Server } from "lucide-react";
import { useState } from "react";
import type { WorkerRow } from "../../trpc/context";
import { NoWorkerHelp } from "./no-worker";
import { standingOf, type Standing } from "./worker-standing";

const DAY_MS = 24 * 60 * 60 * 1000;

export function WorkersCard({ workers, nowMs }: { workers: readonly WorkerRow[]; nowMs: number | null }) {
  const [showsAll, setShowsAll] = useState(false);
  const recent = workers.filter(
    ({ lastSeenAt, activeJobs }) => nowMs === null || activeJobs > 0 || nowMs - lastSeenAt < DAY_MS,
  );
  const shown = showsAll ? workers : recent;
  const older = workers.length - recent.length;
  return (
    <Card title="Workers" detail={workers.length === 0 ? "" : workers.length} flush>
      {workers.length === 0 ? (
        <div className="px-4 pb-4">
          <p className="mb-2 flex items-center gap-2 text-sm font-medium text-ink">
            <Server className="size-4 text-ink-3" aria-hidden="true" />
            No worker has come yet
          </p>
          <NoWorkerHelp />
        </div>
      ) : (
        <>
          <ul className="divide-y divide-line border-t border-line">
            {shown.map((worker) => (
              <li key={worker.description.id}>
                <Worker worker={worker} nowMs={nowMs} />
              </li>
            ))}
          </ul>
          {older > 0 && !showsAll && (
            <div className="border-t border-line px-2 py-1.5">
              <Button size="sm" variant="ghost" onClick={() => setShowsAll(true)}>
                {older} more, not seen for a day
              </Button>
            </div>
          )}
        </>
      )}
    </Card>
  );
}

const standings: Record<Standing, { dot: string; tone: "good" | "warn" | "neutral" }> = {
  live: { dot: "bg-good", tone: "good" },
  quiet: { dot: "bg-warn", tone: "warn" },
  lost: { dot: "border border-ink-3", tone: "neutral" },
};

function Worker({ worker, nowMs }: { worker: WorkerRow; nowMs: number | null }) {
  const { description, lastSeenAt, activeJobs, token } = worker;
  const standing = nowMs === null ? null : standingOf(worker, nowMs);
  return (
    <div className="flex flex-col gap-1.5 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span
          aria-hidden="true"
          className={classNames("size-2 shrink-0 rounded-full", standing && standings[standing].dot)}
        />
        <h3 className="min-w-0 truncate text-sm font-medium text-ink">{description.name}</h3>
        {standing && (
          <Badge tone={standings[standing].tone} plain>
            {standing}
          </Badge>
        )}
        <span className="ml-auto text-xs text-ink-3 tabular-nums">
          {activeJobs === 0 ? "idle" : activeJobs === 1 ? "1 job" : `${activeJobs} jobs`}
        </span>
      </div>
      <ul className="flex flex-col gap-0.5 text-xs">
        {description.engines.map(({ name, device }) => (
          <li key={name} className="flex min-w-0 gap-2">
            <span className="shrink-0 font-mono text-ink">{name}</span>
            <span className="min-w-0 truncate text-ink-2" title={device}>
              {device}
            </span>
          </li>
        ))}
        {description.engines.length === 0 && <li className="text-ink-3">No engine opened</li>}
      </ul>
      <p className="flex flex-wrap gap-x-3 gap-y-0.5 text-xs text-ink-3">
        <span>{description.kinds.join(", ")}</span>
        <span>
          {description.home !== null ? "this machine" : token === null ? "no token" : `token ${token}`}
        </span>
        <span>v{description.version}</span>
        {nowMs !== null && <span>seen {formatRelativeTime(nowMs, lastSeenAt)}</span>}
      </p>
    </div>
  );
}
