/** Many runs across their params, and which of the params the metric depends on. */
"use client";
import { Card, EmptyState, ErrorState, Segmented, Select } from "@convkit/ui";
import type { Brush, Brushes } from "@convkit/ui/charts";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { useTRPC, type RunDetail } from "../../trpc/context";
import { messageOfError, positionOfError } from "../../trpc/message-of-error";
import { ImportanceBars, ParallelCoordinates } from "../curves/lazy-charts";
import { toParallel } from "../curves/to-parallel";
import { FilterBox } from "../runs/filter-box";
import { betterOf, byRank } from "../runs/metric-format";
import { runPath } from "../shell/links";
import { SkeletonLines } from "../shell/query-states";
import { useUrlState } from "../shell/url-state";

/** Fewer say nothing about what matters. */
const FEWEST_RUNS = 4;

export function ParamImportance({ runs }: { runs: readonly RunDetail[] }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [params, update] = useUrlState();
  const [brushes, setBrushes] = useState<Brushes>({});
  const fields = useQuery(trpc.runs.fields.queryOptions()).data;
  const scope = params.get("scope") ?? (runs.length < FEWEST_RUNS ? "all" : "these");
  const metric = params.get("metric") ?? "val_accuracy";
  const filter = params.get("filter") ?? "";
  const query = useQuery({
    ...trpc.runs.parallel.queryOptions({
      metric,
      ...(scope === "these" ? { runIds: runs.map(({ id }) => id) } : { filter }),
    }),
    placeholderData: keepPreviousData,
  });
  const { axes, lines } = useMemo(() => toParallel(query.data, metric), [query.data, metric]);
  const keys = [...new Set([metric, ...(fields?.metrics.map(({ key }) => key) ?? [])])].sort(byRank);
  const position = positionOfError(query.error);
  const brush = (axisId: string, next: Brush | null) => {
    const others = Object.entries(brushes).filter(([id]) => id !== axisId);
    setBrushes(Object.fromEntries(next ? [...others, [axisId, next]] : others));
  };

  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-start gap-x-5 gap-y-2">
        <Segmented
          label="Runs"
          value={scope}
          onValueChange={(next) => {
            setBrushes({});
            update({ scope: next });
          }}
          options={[
            { value: "these", label: `These ${runs.length}` },
            { value: "all", label: "All that match" },
          ]}
        />
        <Select
          label="Metric"
          value={metric}
          onValueChange={(next) => update({ metric: next })}
          options={keys.map((key) => ({ value: key, label: key }))}
          className="w-52!"
        />
        {scope === "all" && (
          <FilterBox
            className="min-w-64 flex-1"
            value={filter}
            onApply={(next) => update({ filter: next })}
            fields={fields}
            values={{}}
            error={position === null ? null : { message: messageOfError(query.error), position }}
          />
        )}
      </div>
      {query.error && position === null && !query.data ? (
        <ErrorState message={messageOfError(query.error)} onRetry={() => void query.refetch()} />
      ) : !query.data ? (
        <SkeletonLines lines={8} />
      ) : query.data.params.length === 0 ? (
        <EmptyState
          title="Nothing to tell apart yet"
          description={`${FEWEST_RUNS} runs or more with ${metric} and different settings show what it depends on. Here: ${query.data.runs.length}.`}
        />
      ) : (
        <>
          <Card
            title="Runs across their params"
            detail="drag along an axis to narrow, click a line to open its run"
          >
            <ParallelCoordinates
              label="Runs across their params"
              axes={axes}
              runs={lines}
              metric={{ label: metric, mode: betterOf(metric) }}
              brushes={brushes}
              onBrush={brush}
              onOpen={(id) => router.push(runPath(id))}
            />
          </Card>
          <Card
            title="What matters"
            detail={`share of the variation of ${metric} that a param alone explains`}
          >
            <ImportanceBars
              metric={metric}
              items={query.data.params
                .slice(0, 20)
                .map(({ key, importance, correlation }) => ({ param: key, importance, correlation }))}
            />
            <p className="mt-3 text-xs text-ink-3">
              A hint, and no experiment: params that were changed together share what they explain.
            </p>
          </Card>
        </>
      )}
    </div>
  );
}
