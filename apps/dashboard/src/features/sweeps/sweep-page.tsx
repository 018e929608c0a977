/** One sweep: its best trial, all of them, and what the metric depends on. */
"use client";
import { Badge, Button, Card, EmptyState, Skeleton } from "@convkit/ui";
import type { Brush, Brushes } from "@convkit/ui/charts";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { useTRPC, type SweepDetail } from "../../trpc/context";
import { ImportanceBars, ParallelCoordinates } from "../curves/lazy-charts";
import { toParallel } from "../curves/to-parallel";
import { commandOf } from "../run/command-of-config";
import { CommandLine } from "../runs/empty-runs";
import { formatOf } from "../runs/metric-format";
import { Link } from "../shell/link";
import { filteredRunsPath, runPath } from "../shell/links";
import { PageHeader } from "../shell/page-header";
import { usePageTitle } from "../shell/page-title";
import { QueryState, SkeletonCards } from "../shell/query-states";
import { TrialsTable } from "./trials-table";

export function SweepPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.sweeps.byId.queryOptions(id));
  const name = query.data?.name ?? id;
  usePageTitle(name);
  return (
    <div className="pb-10">
      <PageHeader
        title={name}
        parent={{ href: "/sweeps", label: "Sweeps" }}
        detail={query.data && <Badge>{countText(query.data)}</Badge>}
        actions={
          <Button asChild>
            <Link href={runsPath(id, name)}>In the table of runs</Link>
          </Button>
        }
      />
      <div className="px-4 lg:px-6">
        <QueryState query={query} skeleton={<SkeletonCards />}>
          {(sweep) => <Sweep sweep={sweep} />}
        </QueryState>
      </div>
    </div>
  );
}

/** Runs of old have no id of their sweep's, which is then its name. */
const runsPath = (id: string, name: string) => filteredRunsPath(id === name ? "sweep.name" : "sweep.id", id);

function Sweep({ sweep }: { sweep: SweepDetail }) {
  return (
    <div className="flex flex-col gap-4">
      {sweep.bestRunId !== null && <BestTrial sweep={sweep} runId={sweep.bestRunId} />}
      <TrialLines sweep={sweep} />
      <Importance sweep={sweep} />
      <Card title="Trials" detail={shownText(sweep)} flush>
        <TrialsTable sweep={sweep} />
      </Card>
    </div>
  );
}

function BestTrial({ sweep, runId }: { sweep: SweepDetail; runId: string }) {
  const { runs, metric, bestValue, parameters } = sweep;
  const trpc = useTRPC();
  const config = useQuery(trpc.runs.byId.queryOptions(runId)).data?.config;
  const best = runs.find((run) => run.runId === runId);
  if (!best) return null;
  return (
    <Card title="Best trial" detail={`${metric} ${formatOf(metric)(bestValue)}`}>
      <p className="text-sm text-ink-2">
        <Link href={runPath(runId)} className="text-accent underline">
          {best.name}
        </Link>
        {`: ${parameters.map((path, index) => `${path} ${best.values[index] ?? "–"}`).join(", ")}`}
      </p>
      <div className="mt-3">
        {config ? <CommandLine command={commandOf(config)} /> : <Skeleton className="h-8 w-full" />}
      </div>
    </Card>
  );
}

/** The table below holds the same as text. */
function TrialLines({ sweep }: { sweep: SweepDetail }) {
  const router = useRouter();
  const [brushes, setBrushes] = useState<Brushes>({});
  const { metric, mode } = sweep;
  const { axes, lines } = useMemo(() => toParallel(parallelOf(sweep), sweep.metric), [sweep]);
  const brush = (axisId: string, next: Brush | null) => {
    const others = Object.entries(brushes).filter(([id]) => id !== axisId);
    setBrushes(Object.fromEntries(next ? [...others, [axisId, next]] : others));
  };
  return (
    <Card
      title="Trials across their parameters"
      detail="drag along an axis to narrow, click a line to open its run"
    >
      <ParallelCoordinates
        label="Trials across their parameters"
        axes={axes}
        runs={lines}
        metric={{ label: metric, mode }}
        brushes={brushes}
        onBrush={brush}
        onOpen={(id) => router.push(runPath(id))}
      />
    </Card>
  );
}

/** Of successive halving, with the epochs: without them its lines could not be compared. */
function parallelOf({ runs, parameters }: SweepDetail) {
  const isHalving = runs.some(({ rung }) => rung !== null);
  return {
    runs: runs.map(({ runId: id, name, value }) => ({ id, name, value })),
    params: [
      ...parameters.map((key, index) => ({ key, values: runs.map(({ values }) => values[index] ?? null) })),
      ...(isHalving ? [{ key: "epochs", values: runs.map(({ epoch }) => epoch) }] : []),
    ],
  };
}

function Importance({ sweep: { metric, importance, comparedEpochs } }: { sweep: SweepDetail }) {
  return (
    <Card title="What matters" detail={`share of the variation of ${metric} that a parameter alone explains`}>
      {importance.length === 0 ? (
        <EmptyState
          title="Nothing to tell yet"
          description={`Four trials with ${metric} or more, and different values, show what it depends on.`}
        />
      ) : (
        <>
          <ImportanceBars
            metric={metric}
            items={importance.map(({ key, importance: share, correlation }) => ({
              param: key,
              importance: share,
              correlation,
            }))}
          />
          <p className="mt-3 max-w-prose text-xs text-ink-3">
            Importance is ε², the variance between groups of like values less what chance explains;
            correlation is Spearman&apos;s, of ranks, and its sign says which way to go. Both look at one
            parameter at a time: what two do only together, neither shows. Of few trials, take them as a hint.
            {comparedEpochs === null && " Trials that did not come to their end are left out."}
            {comparedEpochs !== null &&
              ` All trials are compared after ${comparedEpochs} ${comparedEpochs === 1 ? "epoch" : "epochs"}, as later only the best went on.`}
          </p>
        </>
      )}
    </Card>
  );
}

function countText({ runs }: SweepDetail): string {
  const trials = new Set(runs.map(({ trial }) => trial)).size;
  return `${trials.toLocaleString("en")} ${trials === 1 ? "trial" : "trials"}`;
}

const shownText = ({ runs, total }: SweepDetail) =>
  runs.length < total
    ? `the first ${runs.length.toLocaleString("en")} of ${total.toLocaleString("en")} runs`
    : "";
