/** Every metric of every run: best and last, and how far from the baseline. */
"use client";
import { Card, classNames, ErrorState, Segmented, Select, Switch } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTRPC, type RunDetail } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";
import { isSystemKey } from "../curves/curve-groups";
import { betterOf, byRank, formatOf, isJudged } from "../runs/metric-format";
import { SkeletonLines } from "../shell/query-states";
import { useUrlState } from "../shell/url-state";
import { StrokeDot, type RunStrokes } from "./compared-runs";

type Statistic = "best" | "last";

export function MetricTable({ runs, strokes }: { runs: readonly RunDetail[]; strokes: RunStrokes }) {
  const trpc = useTRPC();
  const [params, update] = useUrlState();
  const [statistic, setStatistic] = useState<Statistic>("best");
  const [machine, setMachine] = useState(false);
  const ids = useMemo(() => runs.map(({ id }) => id), [runs]);
  const query = useQuery(trpc.runs.compare.queryOptions(ids));
  const asked = params.get("baseline") ?? "";
  const baseline = ids.includes(asked) ? asked : (ids[0] ?? "");
  const base = ids.indexOf(baseline);

  if (query.error && !query.data) {
    return <ErrorState message={messageOfError(query.error)} onRetry={() => void query.refetch()} />;
  }
  if (!query.data) return <SkeletonLines lines={8} />;
  const metrics = query.data.metrics
    .filter(({ key }) => machine || !isSystemKey(key))
    .toSorted((a, b) => byRank(a.key, b.key));

  return (
    <Card flush>
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2 px-4 py-2">
        <Segmented
          label="Value"
          value={statistic}
          onValueChange={setStatistic}
          options={[
            { value: "best", label: "Best" },
            { value: "last", label: "Last" },
          ]}
        />
        <label className="flex items-center gap-2 text-sm text-ink-2">
          Baseline
          <Select
            label="Baseline"
            value={baseline}
            onValueChange={(id) => update({ baseline: id })}
            options={runs.map(({ id, name }) => ({ value: id, label: name }))}
            className="w-56!"
          />
        </label>
        <Switch label="Machine figures" checked={machine} onCheckedChange={setMachine} />
      </div>
      <div className="relative overflow-x-auto" tabIndex={0} role="region" aria-label="Metrics of the runs">
        <table className="w-full border-separate border-spacing-0 text-left text-xs">
          <thead>
            <tr>
              <th scope="col" className={classNames(headClasses, "sticky left-0 z-10")}>
                Metric
              </th>
              {runs.map(({ id, name }) => (
                <th key={id} scope="col" className={classNames(headClasses, "text-right")}>
                  <span className="inline-flex max-w-52 items-center gap-2">
                    <StrokeDot color={strokes.get(id)?.color ?? ""} />
                    <span className="truncate text-ink">{name}</span>
                  </span>
                  {id === baseline && <span className="block font-normal text-ink-3">baseline</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {metrics.map(({ key, cells }) => {
              const values = cells.map(
                (cell) => cell && (statistic === "best" ? (cell.best ?? NaN) : cell.last),
              );
              const winner = isJudged(key) ? bestIndex(values, betterOf(key)) : -1;
              return (
                <tr key={key}>
                  <th
                    scope="row"
                    className="sticky left-0 z-10 border-b border-line bg-surface px-4 py-1.5 font-mono font-normal text-ink-2"
                  >
                    {key}
                  </th>
                  {values.map((value, index) => (
                    <td
                      key={ids[index]}
                      className="border-b border-line px-4 py-1.5 text-right font-mono tabular-nums"
                    >
                      <MetricValue
                        metric={key}
                        value={value}
                        baseline={index === base ? null : (values[base] ?? null)}
                        isBest={index === winner}
                        step={
                          statistic === "best"
                            ? (cells[index]?.bestStep ?? null)
                            : (cells[index]?.lastStep ?? null)
                        }
                      />
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

const headClasses = "border-y border-line bg-sunken px-4 py-2 align-bottom font-medium text-ink-3";

/** −1 where no run is better than all others. */
function bestIndex(values: readonly (number | null)[], better: "min" | "max"): number {
  const finite = values.flatMap((value, index) =>
    value !== null && Number.isFinite(value) ? [{ value, index }] : [],
  );
  if (finite.length < 2) return -1;
  const sign = better === "min" ? 1 : -1;
  finite.sort((a, b) => sign * (a.value - b.value));
  return finite[0]!.value === finite[1]!.value ? -1 : finite[0]!.index;
}

interface MetricValueProps {
  metric: string;
  value: number | null;
  baseline: number | null;
  isBest: boolean;
  step: number | null;
}

function MetricValue({ metric, value, baseline, isBest, step }: MetricValueProps) {
  if (value === null) return <span className="text-ink-3">–</span>;
  const format = formatOf(metric);
  const difference = baseline === null ? null : value - baseline;
  const improves = difference !== null && difference !== 0 && difference < 0 === (betterOf(metric) === "min");
  return (
    <span
      title={step === null ? undefined : `at step ${step.toLocaleString("en")}`}
      className="inline-flex flex-col items-end"
    >
      <span
        className={classNames(
          isBest ? "font-semibold text-ink" : "text-ink-2",
          Number.isNaN(value) && "text-bad",
        )}
      >
        {isBest && <span className="sr-only">best: </span>}
        {format(value)}
      </span>
      {difference !== null && Number.isFinite(difference) && (
        <span
          className={classNames(
            "text-2xs",
            difference === 0 || !isJudged(metric) ? "text-ink-3" : improves ? "text-good" : "text-bad",
          )}
        >
          {difference === 0 ? "same" : `${difference > 0 ? "+" : "−"}${format(Math.abs(difference))}`}
        </span>
      )}
    </span>
  );
}
