/** The checkpoints that a run keeps, each to be forked, beside the run it was forked from and those that were forked from it. */
"use client";
import { Badge, Button, Card, formatRelativeTime } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { useTRPC, type RelatedRun, type RunDetail } from "../../trpc/context";
import { Link } from "../shell/link";
import { forkPath, runPath } from "../shell/links";
import { useNow } from "../shell/use-now";
import { checkpointRows } from "./checkpoint-rows";

/** Nothing where there is none of them. */
export function LineageCard({ run }: { run: RunDetail }) {
  const trpc = useTRPC();
  const nowMs = useNow();
  const { data: lineage } = useQuery(trpc.runs.lineage.queryOptions(run.id));
  if (!lineage) return null;
  const { forkedFrom, forks } = lineage;
  const rows = checkpointRows(lineage.checkpoints, run.status === "running" || run.status === "queued");
  if (forkedFrom === null && forks.length === 0 && rows.length === 0) return null;
  return (
    <Card title="Checkpoints" detail="as the run has told of them">
      {forkedFrom && (
        <p className="mb-2 text-sm text-ink-2">
          Forked from <RunLink run={forkedFrom} /> at {placeOf(forkedFrom)}
        </p>
      )}
      {rows.length > 0 && (
        <ul aria-label="Kept checkpoints">
          {rows.map(({ step, epoch, savedAt, titles, at }) => (
            <li
              key={step}
              className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 border-t border-line/70 py-1.5 text-sm"
            >
              <span className="tabular-nums">Step {step.toLocaleString("en")}</span>
              <span className="text-ink-3 tabular-nums">epoch {epoch}</span>
              {titles.map((title) => (
                <Badge key={title}>{title}</Badge>
              ))}
              <span className="min-w-0 flex-1 text-right text-xs text-ink-3">
                {nowMs === null ? "" : formatRelativeTime(nowMs, savedAt)}
              </span>
              <Button asChild size="sm">
                <Link href={forkPath(run.id, at)} aria-label={`Fork at step ${step.toLocaleString("en")}`}>
                  Fork
                </Link>
              </Button>
            </li>
          ))}
        </ul>
      )}
      {forks.length > 0 && (
        <>
          <h3 className="mt-3 mb-1 text-sm font-medium text-ink">Forks</h3>
          <ul aria-label="Forks">
            {forks.map((fork) => (
              <li key={fork.id} className="py-0.5 text-sm text-ink-2">
                <RunLink run={fork} /> from {placeOf(fork)}
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

const placeOf = ({ step }: RelatedRun) =>
  typeof step === "number" ? `step ${step.toLocaleString("en")}` : `the ${step} checkpoint`;

function RunLink({ run: { id, name } }: { run: RelatedRun }) {
  if (name === null) return <span className="font-mono text-xs">{id}</span>;
  return (
    <Link href={runPath(id)} className="text-ink underline underline-offset-2 hover:no-underline">
      {name}
    </Link>
  );
}
