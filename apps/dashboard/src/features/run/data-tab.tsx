/** What the run learnt from. */
"use client";
import { EmptyState } from "@convkit/ui";
import { Link } from "../shell/link";
import type { RunDetail } from "../../trpc/context";
import { ClassCounts, DatasetFacts } from "../datasets/dataset-card";
import { datasetPath } from "../shell/links";

export function DataTab({ run }: { run: RunDetail }) {
  if (!run.card) {
    return (
      <EmptyState
        title="No data set yet"
        description="The run says what it learns from when it has opened it."
      />
    );
  }
  const more =
    run.datasetHash === null
      ? []
      : [
          {
            key: "page",
            label: "Everything",
            value: (
              <Link href={datasetPath(run.datasetHash)} className="text-accent hover:underline">
                samples, and other runs on it
              </Link>
            ),
          },
        ];
  return (
    <div className="grid items-start gap-4 xl:grid-cols-2">
      <DatasetFacts card={run.card} more={more} />
      <ClassCounts card={run.card} />
    </div>
  );
}
