/** The runs that learnt from a data set, best first. */
"use client";
import { Button, Card, formatDuration, StatusBadge } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "../shell/link";
import { useTRPC } from "../../trpc/context";
import { formatOf } from "../runs/metric-format";
import { RunDot } from "../runs/run-columns";
import { durationMsOf } from "../runs/run-progress";
import { filteredRunsPath, runPath } from "../shell/links";
import { QueryState, SkeletonLines } from "../shell/query-states";

const MOST = 20;

export function DatasetRuns({ hash, count }: { hash: string; count: number }) {
  const trpc = useTRPC();
  const query = useQuery(
    trpc.runs.list.queryOptions({
      filter: `dataset_hash = ${JSON.stringify(hash)}`,
      metrics: ["val_accuracy", "test_accuracy"],
      limit: MOST,
    }),
  );
  const format = formatOf("val_accuracy");
  return (
    <Card
      title="Runs on it"
      detail={count.toLocaleString("en")}
      actions={
        <Button asChild size="sm">
          <Link href={filteredRunsPath("dataset_hash", hash)}>All in the table</Link>
        </Button>
      }
      flush
    >
      <QueryState query={query} skeleton={<SkeletonLines />}>
        {({ runs }) => (
          <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Runs on the data set">
            <table className="w-full min-w-144 border-separate border-spacing-0 text-left text-xs">
              <thead>
                <tr className="text-ink-2">
                  {["Name", "Status", "Model", "val_accuracy", "test_accuracy", "Duration"].map(
                    (title, index) => (
                      <th
                        key={title}
                        scope="col"
                        className={`border-y border-line bg-sunken px-4 py-1.5 font-medium ${index > 2 ? "text-right" : ""}`}
                      >
                        {title}
                      </th>
                    ),
                  )}
                </tr>
              </thead>
              <tbody>
                {runs.map((run) => (
                  <tr key={run.id} className="hover:bg-hover">
                    <th scope="row" className="max-w-80 border-b border-line px-4 py-1.5 font-medium">
                      <span className="flex items-center gap-2">
                        <RunDot id={run.id} />
                        <Link
                          href={runPath(run.id)}
                          prefetch={false}
                          className="truncate text-ink hover:underline"
                        >
                          {run.name}
                        </Link>
                      </span>
                    </th>
                    <td className="border-b border-line px-4 py-1.5">
                      <StatusBadge status={run.status} plain className="bg-transparent! px-0!" />
                    </td>
                    <td className="border-b border-line px-4 py-1.5 text-ink-2">{run.model}</td>
                    {["val_accuracy", "test_accuracy"].map((key) => (
                      <td
                        key={key}
                        className="border-b border-line px-4 py-1.5 text-right font-mono tabular-nums"
                      >
                        {format(run.metrics[key]?.best)}
                      </td>
                    ))}
                    <td className="border-b border-line px-4 py-1.5 text-right font-mono text-ink-2 tabular-nums">
                      {formatDuration(durationMsOf(run))}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </QueryState>
    </Card>
  );
}
