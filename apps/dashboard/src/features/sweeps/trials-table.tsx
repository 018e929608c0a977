/** A sweep's trials in a table: what was tried, and what came of it. */
"use client";
import { Badge, DataTable, formatDuration, StatusBadge, type DataColumn, type DataSort } from "@convkit/ui";
import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import type { SweepDetail, SweepRun } from "../../trpc/context";
import { formatOf } from "../runs/metric-format";
import { paramText } from "../runs/param-text";
import { RunDot } from "../runs/run-columns";
import { Link } from "../shell/link";
import { runPath } from "../shell/links";
import { parameterColumn, sortTrials, type TrialColumn } from "./sort-trials";

export function TrialsTable({ sweep }: { sweep: SweepDetail }) {
  const router = useRouter();
  const [sort, setSort] = useState<DataSort>({ columnId: "value", descending: sweep.mode === "max" });
  const columns = useMemo(() => columnsOf(sweep), [sweep]);
  const rows = useMemo(() => sortTrials(sweep.runs, sort), [sweep.runs, sort]);
  return (
    <DataTable
      label="Trials"
      columns={columns}
      rows={rows}
      rowId={({ runId }) => runId}
      rowLabel={({ name }) => name}
      sort={sort}
      onSortChange={setSort}
      onOpen={({ runId }) => router.push(runPath(runId))}
      maxHeight="28rem"
    />
  );
}

type Column = DataColumn<SweepRun> & { readonly id: TrialColumn | ReturnType<typeof parameterColumn> };

function columnsOf({ metric, parameters, runs, bestRunId }: SweepDetail): Column[] {
  const format = formatOf(metric);
  const isHalving = runs.some(({ rung }) => rung !== null);
  return [
    {
      id: "name",
      header: "Run",
      width: 208,
      minWidth: 120,
      sortable: true,
      cell: ({ runId, name }) => (
        <span className="flex min-w-0 items-center gap-2">
          <RunDot id={runId} />
          <Link
            href={runPath(runId)}
            prefetch={false}
            tabIndex={-1}
            title={name}
            className="truncate hover:underline"
          >
            {name}
          </Link>
          {runId === bestRunId && <Badge tone="accent">best</Badge>}
        </span>
      ),
    },
    { id: "trial", header: "Trial", width: 72, align: "end", sortable: true, cell: ({ trial }) => trial },
    {
      id: "value",
      header: metric,
      width: Math.max(104, 40 + 6.4 * metric.length),
      align: "end",
      sortable: true,
      cell: ({ value }) =>
        value === null ? (
          <span className="text-ink-3">–</span>
        ) : (
          <span className="text-ink">{format(value)}</span>
        ),
    },
    ...parameters.map((path, index): Column => ({
      id: parameterColumn(index),
      header: path,
      width: Math.min(220, Math.max(96, 48 + 6.4 * path.length)),
      align: runs.every(({ values }) => typeof values[index] === "number") ? "end" : "start",
      sortable: true,
      cell: ({ values }) => <span className="font-mono">{valueText(values[index])}</span>,
    })),
    ...(isHalving
      ? [
          {
            id: "epoch",
            header: "Epochs",
            width: 88,
            align: "end",
            sortable: true,
            cell: ({ epoch }) => epoch,
          } satisfies Column,
        ]
      : []),
    {
      id: "status",
      header: "Status",
      width: 120,
      sortable: true,
      cell: ({ status }) => <StatusBadge status={status} plain className="bg-transparent! px-0!" />,
    },
    {
      id: "duration",
      header: "Duration",
      width: 104,
      align: "end",
      sortable: true,
      cell: ({ durationMs }) => formatDuration(durationMs),
    },
  ];
}

const valueText = (value: string | number | null | undefined) =>
  typeof value === "number" ? String(value) : paramText(value);
