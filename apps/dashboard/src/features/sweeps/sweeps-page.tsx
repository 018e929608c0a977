/** Searches for the best values of a config's fields: how far each is, and what it has found. */
"use client";
import { Badge, formatRelativeTime } from "@convkit/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { SlidersHorizontal } from "lucide-react";
import { useTRPC, type SweepRow } from "../../trpc/context";
import { CommandLine } from "../runs/empty-runs";
import { formatOf } from "../runs/metric-format";
import { Link } from "../shell/link";
import { sweepPath } from "../shell/links";
import { TileListPage } from "../shell/tile-list-page";
import { useNow } from "../shell/use-now";

const PAGE = 60;

export function SweepsPage() {
  const trpc = useTRPC();
  const query = useInfiniteQuery(
    trpc.sweeps.list.infiniteQueryOptions(
      { limit: PAGE },
      { getNextPageParam: ({ nextCursor }) => nextCursor },
    ),
  );
  return (
    <TileListPage
      title="Sweeps"
      query={query}
      rowsOf={({ sweeps }) => sweeps}
      keyOf={({ id }) => id}
      empty={{
        icon: SlidersHorizontal,
        title: "No sweeps yet",
        description: (
          <>
            A sweep trains by many values of some fields of a config, and its trials are compared here. What
            it tries stands in a file; the command&apos;s help shows one.
            <span className="mt-4 flex flex-col gap-2 text-left">
              <CommandLine command="convkit sweep rates.json" />
              <CommandLine command="convkit sweep --help" />
            </span>
          </>
        ),
      }}
    >
      {(sweep) => <SweepTile sweep={sweep} />}
    </TileListPage>
  );
}

function SweepTile({ sweep }: { sweep: SweepRow }) {
  const nowMs = useNow();
  const { id, name, trials, running, failed, metric, best, parameters, createdAt } = sweep;
  return (
    <Link
      href={sweepPath(id)}
      className="flex h-full flex-col rounded-lg border border-line bg-surface p-4 transition-colors hover:border-line-strong"
    >
      <div className="flex items-baseline gap-3">
        <h2 className="min-w-0 flex-1 truncate text-base font-semibold tracking-tight text-ink">{name}</h2>
        <span className="text-xs text-ink-3">
          {trials.toLocaleString("en")} {trials === 1 ? "trial" : "trials"}
        </span>
      </div>
      <p className="mt-1 truncate text-xs text-ink-2">
        over {parameters.join(", ")}
        {nowMs === null ? "" : `, ${formatRelativeTime(nowMs, createdAt)}`}
      </p>
      <div className="mt-3 flex flex-1 items-end justify-between gap-3">
        <span className="flex flex-wrap gap-1.5">
          {running > 0 && <Badge tone="accent">at work</Badge>}
          {failed > 0 && <Badge tone="warn">{failed.toLocaleString("en")} failed</Badge>}
        </span>
        {best && (
          <span className="text-right">
            <span className="block text-xs text-ink-3">best {metric}</span>
            <span className="text-lg font-semibold text-ink tabular-nums">
              {formatOf(metric)(best.value)}
            </span>
          </span>
        )}
      </div>
    </Link>
  );
}
