/** Is it better? The sentence first, then the differences with their intervals, and the groups that it is about. */
"use client";
import { Card, ErrorState, ForestPlot, Select } from "@convkit/ui";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTRPC, type RunDetail, type RunVerdict } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";
import { SkeletonLines } from "../shell/query-states";
import { useUrlState } from "../shell/url-state";
import type { RunStrokes } from "./compared-runs";
import { judgedRunsOf, LeftOut, NothingJudged, SplitChoice } from "./judged-runs";
import { differenceFormat, metricNameOf, metricOptions } from "./verdict-figures";
import { VerdictTable } from "./verdict-table";

/** The server compares no more at once. */
const MOST_RUNS = 20;

export function Verdict({ runs, strokes }: { runs: readonly RunDetail[]; strokes: RunStrokes }) {
  const trpc = useTRPC();
  const [params, update] = useUrlState();
  const { judged, shared, split } = judgedRunsOf(runs, params.get("split"));
  const compared = useMemo(() => judged.slice(0, MOST_RUNS), [judged]);
  const metric = metricNameOf(params.get("judge"));
  const asked = params.get("baseline") ?? "";
  const baseline = compared.some(({ id }) => id === asked) ? asked : (compared[0]?.id ?? "");
  const isPossible = compared.length > 1 && split !== undefined;
  const query = useQuery({
    ...trpc.runs.verdict.queryOptions(
      { runIds: compared.map(({ id }) => id), split: split ?? "", metric, baseline },
      // The server computes for seconds, and ends with the call.
      { trpc: { abortOnUnmount: true } },
    ),
    enabled: isPossible,
    placeholderData: keepPreviousData,
  });
  if (!isPossible) return <NothingJudged />;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2 text-sm text-ink-2">
        <label className="flex items-center gap-2">
          Metric
          <Select
            label="Metric"
            value={metric ?? query.data?.comparison?.metric ?? "accuracy"}
            onValueChange={(next) => update({ judge: next })}
            options={metricOptions(query.data)}
            className="w-44!"
          />
        </label>
        <label className="flex min-w-0 items-center gap-2">
          Baseline
          <Select
            label="Baseline"
            value={baseline}
            onValueChange={(id) => update({ baseline: id })}
            options={compared.map(({ id, name }) => ({ value: id, label: name }))}
            className="w-56!"
          />
        </label>
        <SplitChoice shared={shared} split={split} onChange={(next) => update({ split: next })} />
        <LeftOut all={runs.length} judged={judged.length} most={MOST_RUNS} />
      </div>
      {query.error ? (
        <ErrorState message={messageOfError(query.error)} onRetry={() => void query.refetch()} />
      ) : !query.data ? (
        <SkeletonLines lines={8} />
      ) : (
        <VerdictParts verdict={query.data} runs={compared} strokes={strokes} />
      )}
    </div>
  );
}

interface VerdictPartsProps {
  verdict: RunVerdict;
  runs: readonly RunDetail[];
  strokes: RunStrokes;
}

function VerdictParts({ verdict, runs, strokes }: VerdictPartsProps) {
  if (verdict.comparison === null) return <OtherData {...verdict} runs={runs} />;
  const { comparison, metric, isOneMethod, isOtherData } = verdict;
  const first = comparison.groups[0]?.name ?? "";
  return (
    <>
      <Card>
        <p className="max-w-prose text-base whitespace-pre-line text-ink" data-verdict>
          {comparison.verdict}
        </p>
        {isOneMethod && (
          <p className="mt-2 text-xs text-ink-3">
            The configs differ in seed alone: each run is compared by itself.
          </p>
        )}
        {isOtherData && (
          <p className="mt-2 text-xs text-warn">
            The data sets’ hashes differ, though the pictures have the same ids and labels: make sure that
            they are the same.
          </p>
        )}
      </Card>
      <Card
        title={`Differences from ${first}`}
        detail={`${metric.isFraction ? "points of " : ""}${metric.words}, with intervals of 95 %`}
      >
        <ForestPlot
          label={`Differences from ${first}, with intervals of 95 %`}
          rows={comparison.differences
            .filter(({ difference, interval }) => [difference, ...interval].every(Number.isFinite))
            .map(({ name, difference, interval, outcome }) => ({
              id: name,
              name,
              estimate: difference,
              interval,
              outcome,
            }))}
          better={metric.better}
          format={differenceFormat(metric)}
        />
      </Card>
      <Card flush title="Groups" detail="runs whose configs differ in seed alone are one">
        <VerdictTable comparison={comparison} metric={metric} runs={runs} strokes={strokes} />
      </Card>
      <p className="max-w-prose text-xs text-ink-3">
        The interval is a paired bootstrap over the pictures ({comparison.resamples.toLocaleString("en")}{" "}
        resamples); with several seeds it knows of them, too. p is McNemar’s exact test of the accuracies of
        one run each, else the bootstrap’s.
      </p>
    </>
  );
}

interface OtherDataProps {
  first: string;
  other: string;
  differences: readonly string[];
  runs: readonly RunDetail[];
}

function OtherData({ first, other, differences, runs }: OtherDataProps) {
  const nameOf = (id: string) => runs.find((run) => run.id === id)?.name ?? id;
  return (
    <Card title="These runs cannot be compared">
      <p className="text-sm text-ink-2">
        They were judged on different data, and a difference between them would be one of the data. Of{" "}
        <span className="text-ink">{nameOf(other)}</span>, beside{" "}
        <span className="text-ink">{nameOf(first)}</span>:
      </p>
      <ul className="mt-2 flex list-disc flex-col gap-1 pl-5 text-sm text-ink">
        {differences.map((difference) => (
          <li key={difference} className="break-words">
            {difference}
          </li>
        ))}
      </ul>
      <p className="mt-2 text-sm text-ink-2">Leave one of them out above, or judge both on the same data.</p>
    </Card>
  );
}
