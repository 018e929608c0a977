/** Columns of the runs table: what every run has, then every metric and every param that some run has. */
import {
  Badge,
  colorOfRun,
  formatDuration,
  formatMeanAndDeviation,
  formatRelativeTime,
  ProgressBar,
  Skeleton,
  StatusBadge,
  type DataColumn,
} from "@convkit/ui";
import { Link } from "../shell/link";
import type { ReactNode } from "react";
import type { RunFields, RunGroup, RunRow } from "../../trpc/context";
import { runPath } from "../shell/links";
import { byRank, formatOf } from "./metric-format";
import { paramNumber, paramText } from "./param-text";
import { durationMsOf, progressOf, remainingMsOf, silentMsOf } from "./run-progress";

/** A row; its run may still be coming, where only its id is known. */
export interface TableRow {
  readonly id: string;
  readonly run: RunRow | null;
}

export type RunColumn = DataColumn<TableRow>;

/** Behind the name, unless the reader chose others. */
export const usualColumns = [
  "status",
  "progress",
  "best.val_accuracy",
  "best.val_loss",
  "best.test_accuracy",
  "model",
  "dataset",
  "tags",
  "duration",
  "created",
];

export interface ColumnOptions {
  readonly fields: RunFields | undefined;
  /** Metrics and params that the address names, whether or not they are known yet. */
  readonly named: readonly string[];
  readonly nowMs: number | null;
  readonly groupOf: (runId: string) => RunGroup | undefined;
}

export function createRunColumns({ fields, named, nowMs, groupOf }: ColumnOptions): RunColumn[] {
  const metrics = keysOf(named, ["best.", "last."], fields?.metrics.map(({ key }) => key) ?? []).sort(byRank);
  const params = keysOf(named, ["param."], fields?.params.map(({ key }) => key) ?? []);
  const varying = new Set(fields?.params.filter(({ varies }) => varies).map(({ key }) => key));
  params.sort((a, b) => Number(varying.has(b)) - Number(varying.has(a)) || (a < b ? -1 : 1));
  return [
    ...runColumns(nowMs),
    ...metrics.flatMap((key) => [metricColumn(key, "best", groupOf), metricColumn(key, "last", groupOf)]),
    ...params.map((key) => paramColumn(key, varying.has(key))),
  ];
}

function keysOf(named: readonly string[], prefixes: readonly string[], known: readonly string[]): string[] {
  const asked = named.flatMap((id) => {
    const prefix = prefixes.find((each) => id.startsWith(each));
    return prefix === undefined ? [] : [id.slice(prefix.length)];
  });
  return [...new Set([...known, ...asked])];
}

/** Metrics and params that these columns show. */
export function readsOf(columns: readonly string[]): { metrics: string[]; params: string[] } {
  const keys = (prefix: RegExp) => [
    ...new Set(columns.filter((id) => prefix.test(id)).map((id) => id.slice(id.indexOf(".") + 1))),
  ];
  return { metrics: keys(/^(best|last)\./), params: keys(/^param\./) };
}

type Base = Omit<RunColumn, "cell" | "number"> & {
  draw: (run: RunRow) => ReactNode;
  number?: (run: RunRow) => number | null | undefined;
};

function column({ draw, number, ...rest }: Base): RunColumn {
  return {
    ...rest,
    cell: ({ run }) => (run ? draw(run) : <Skeleton className="h-3 w-3/5" />),
    ...(number && { number: ({ run }) => run && number(run) }),
  };
}

function runColumns(nowMs: number | null): RunColumn[] {
  return [
    column({
      id: "name",
      header: "Name",
      width: 272,
      minWidth: 140,
      sortable: true,
      hideable: false,
      draw: (run) => (
        <span className="flex min-w-0 items-center gap-2">
          <RunDot id={run.id} />
          <Link
            href={runPath(run.id)}
            prefetch={false}
            tabIndex={-1}
            title={run.name}
            className="truncate hover:underline"
          >
            {run.name}
          </Link>
        </span>
      ),
    }),
    column({
      id: "status",
      header: "Status",
      width: 112,
      sortable: true,
      section: "Run",
      draw: (run) => {
        const silentMs = nowMs === null ? null : silentMsOf(run, nowMs);
        return silentMs === null ? (
          <StatusBadge status={run.status} plain className="bg-transparent! px-0!" />
        ) : (
          <span className="text-warn" title="A run that is at work says something every few seconds">
            silent {formatDuration(Math.floor(silentMs / 60_000) * 60_000)}
          </span>
        );
      },
    }),
    column({
      id: "progress",
      header: "Progress",
      width: 176,
      section: "Run",
      draw: (run) =>
        run.status === "running" ? (
          <ProgressBar
            label={`Progress of ${run.name}`}
            value={progressOf(run)}
            remainingMs={nowMs === null ? null : remainingMsOf(run, nowMs)}
          />
        ) : (
          <span className="text-ink-3 tabular-nums">
            {run.epoch} of {run.epochs} epochs
          </span>
        ),
    }),
    text("experiment", "Experiment", 128, ({ experiment }) => experiment),
    text("model", "Model", 112, ({ model }) => model),
    text("dataset", "Data set", 112, ({ dataset }) => dataset),
    column({
      id: "created",
      header: "Created",
      width: 112,
      sortable: true,
      align: "end",
      section: "Run",
      draw: ({ createdAt }) => (
        <time dateTime={new Date(createdAt).toISOString()} title={new Date(createdAt).toISOString()}>
          {nowMs === null ? "" : formatRelativeTime(nowMs, createdAt)}
        </time>
      ),
    }),
    column({
      id: "duration",
      header: "Duration",
      width: 104,
      sortable: true,
      align: "end",
      section: "Run",
      draw: (run) => formatDuration(durationMsOf(run)),
    }),
    column({
      id: "tags",
      header: "Tags",
      width: 160,
      section: "Run",
      draw: ({ tags }) => (
        <span className="flex gap-1 overflow-hidden" title={tags.join(", ")}>
          {tags.map((tag) => (
            <Badge key={tag} className="shrink-0">
              {tag}
            </Badge>
          ))}
        </span>
      ),
    }),
    text("engine", "Engine", 104, ({ engine }) => engine),
    text("device", "Device", 160, ({ device }) => device),
    text("id", "Id", 232, ({ id }) => <span className="font-mono">{id}</span>),
  ];
}

function text(id: string, header: string, width: number, read: (run: RunRow) => ReactNode): RunColumn {
  return column({ id, header, width, sortable: true, section: "Run", draw: (run) => read(run) ?? "–" });
}

/** The colour that the run's curves have everywhere. */
export function RunDot({ id }: { id: string }) {
  return (
    <svg viewBox="0 0 8 8" className="size-2 shrink-0" aria-hidden="true">
      <circle cx="4" cy="4" r="4" fill={colorOfRun(id)} />
    </svg>
  );
}

function metricColumn(key: string, statistic: "best" | "last", groupOf: ColumnOptions["groupOf"]): RunColumn {
  const format = formatOf(key);
  const read = ({ metrics }: RunRow) => {
    const cell = metrics[key];
    // A curve of nothing but NaN has no best value.
    return cell && (statistic === "best" ? (cell.best ?? NaN) : cell.last);
  };
  return {
    ...column({
      id: `${statistic}.${key}`,
      header: `${key} ${statistic}`,
      headerCell: (
        <>
          {key} <span className="font-normal text-ink-3">{statistic}</span>
        </>
      ),
      width: Math.max(136, Math.min(220, 40 + 6.4 * (key.length + 5))),
      align: "end",
      sortable: true,
      section: key.startsWith("system/") ? "Machine" : "Metrics",
      number: read,
      draw: (run) => {
        const value = read(run);
        const cell = run.metrics[key];
        if (value === undefined || !cell) return <span className="text-ink-3">–</span>;
        const other = statistic === "best" ? `last ${format(cell.last)}` : `best ${format(cell.best)}`;
        const step = (statistic === "best" ? cell.bestStep : cell.lastStep) ?? cell.lastStep;
        return (
          <span
            title={`at step ${step.toLocaleString("en")}, ${other}`}
            className={Number.isNaN(value) ? "text-bad" : "text-ink"}
          >
            {format(value)}
          </span>
        );
      },
    }),
    ...(statistic === "best" && {
      groupCell: (rows: readonly TableRow[]) => {
        const group = rows[0] && groupOf(rows[0].id);
        const figures = group?.metrics[key];
        if (!group || !figures) return null;
        const scope = figures.count === group.count ? "" : ` (${figures.count})`;
        return (
          <span
            title={`mean ± standard deviation of ${figures.count} runs, ${format(figures.min)} to ${format(figures.max)}`}
          >
            {figures.deviation === null
              ? format(figures.mean)
              : formatMeanAndDeviation(figures.mean, figures.deviation)}
            <span className="text-ink-3">{scope}</span>
          </span>
        );
      },
    }),
  };
}

function paramColumn(key: string, varies: boolean): RunColumn {
  return column({
    id: `param.${key}`,
    header: key,
    width: Math.min(220, 48 + 6.4 * key.length),
    sortable: true,
    section: varies ? "Params" : "Params that are the same everywhere",
    number: ({ params }) => paramNumber(params[key]),
    draw: ({ params }) => <span className="font-mono">{paramText(params[key])}</span>,
  });
}
