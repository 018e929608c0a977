/** The groups of a verdict in figures: mean and deviation of each metric, and what tells a group from the first one. */
import { classNames, formatMeanAndDeviation } from "@convkit/ui";
import type { RunDetail, RunVerdict } from "../../trpc/context";
import { formatInterval, formatPValue } from "../evaluation/format-figures";
import { StrokeDot, type RunStrokes } from "./compared-runs";
import { differenceFormat, METRIC_LABELS, type MetricName } from "./verdict-figures";

type Compared = Extract<RunVerdict, { isOneMethod: boolean }>;
type Metric = Compared["metric"];

export interface VerdictTableProps {
  comparison: Compared["comparison"];
  metric: Metric;
  runs: readonly RunDetail[];
  strokes: RunStrokes;
}

export function VerdictTable({ comparison, metric, runs, strokes }: VerdictTableProps) {
  const format = differenceFormat(metric);
  const metrics = Object.keys(comparison.groups[0]?.figures ?? {}) as MetricName[];
  const hasTest = comparison.differences.some(({ mcnemar }) => mcnemar !== undefined);
  const seedOf = new Map(runs.map(({ id, config }) => [id, (config as { seed?: number } | null)?.seed]));
  const heads = [
    "Group",
    "Seeds",
    ...metrics.map((name) => METRIC_LABELS[name]),
    metric.isFraction ? "Points" : "Difference",
    "95 %",
    "p",
    ...(hasTest ? ["Right alone"] : []),
  ];
  return (
    <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Groups of runs">
      <table className="w-full border-separate border-spacing-0 text-left text-xs whitespace-nowrap">
        <thead>
          <tr>
            {heads.map((head, index) => (
              <th
                key={head}
                scope="col"
                className={classNames(
                  "border-y border-line bg-sunken px-4 py-2 align-bottom font-medium text-ink-3",
                  index > 1 && "text-right",
                )}
              >
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {comparison.groups.map(({ name, runIds, figures }, index) => {
            const found = comparison.differences[index - 1];
            return (
              <tr key={runIds[0]}>
                <th
                  scope="row"
                  className={classNames(cell, "max-w-60 truncate font-medium text-ink")}
                  title={name}
                >
                  {name}
                  {index === 0 && <span className="block font-normal text-ink-3">baseline</span>}
                </th>
                <td className={cell}>
                  <span className="flex items-center gap-2">
                    {runIds.map((id) => (
                      <span
                        key={id}
                        className="inline-flex items-center gap-1 font-mono tabular-nums"
                        title={id}
                      >
                        <StrokeDot color={strokes.get(id)?.color ?? ""} />
                        {seedOf.get(id) ?? "–"}
                      </span>
                    ))}
                  </span>
                </td>
                {metrics.map((key) => (
                  <td key={key} className={figureCell}>
                    {formatMeanAndDeviation(
                      figures[key]?.mean ?? Number.NaN,
                      figures[key]?.deviation ?? null,
                    )}
                  </td>
                ))}
                <td className={figureCell}>{found ? format(found.difference) : "–"}</td>
                <td className={figureCell}>{formatInterval(found?.interval, format) ?? "–"}</td>
                <td className={figureCell}>{found ? formatPValue(found.correctedPValue) : "–"}</td>
                {hasTest && (
                  <td className={figureCell}>
                    {found?.mcnemar
                      ? `${found.mcnemar.onlySecond.toLocaleString("en")} : ${found.mcnemar.onlyFirst.toLocaleString("en")}`
                      : "–"}
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
      {hasTest && (
        <p className="px-4 py-2 text-2xs text-ink-3">
          Right alone: pictures that this run is right on and the baseline is not, and the other way round.
        </p>
      )}
    </div>
  );
}

const cell = "border-b border-line px-4 py-1.5 text-ink-2";
const figureCell = `${cell} text-right font-mono tabular-nums`;
