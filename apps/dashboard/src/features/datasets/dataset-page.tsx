/** One data set: its card, its classes, its pictures, and the runs that learnt from it. */
"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../trpc/context";
import { PageHeader } from "../shell/page-header";
import { usePageTitle } from "../shell/page-title";
import { QueryState, SkeletonCards } from "../shell/query-states";
import { ClassCounts, DatasetFacts } from "./dataset-card";
import { DatasetInspectionView } from "./dataset-inspection";
import { DatasetRuns } from "./dataset-runs";
import { DatasetSamples } from "./dataset-samples";

export function DatasetPage({ hash }: { hash: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.datasets.byHash.queryOptions(hash));
  usePageTitle(query.data?.name);
  return (
    <div className="pb-10">
      <PageHeader title={query.data?.name ?? "Data set"} parent={{ href: "/datasets", label: "Data sets" }} />
      <div className="px-4 lg:px-6">
        <QueryState query={query} skeleton={<SkeletonCards />}>
          {(dataset) => (
            <div className="flex flex-col gap-4">
              <div className="grid items-start gap-4 xl:grid-cols-2">
                <DatasetFacts card={dataset.card} />
                <ClassCounts card={dataset.card} />
              </div>
              <DatasetInspectionView inspection={dataset.inspection} />
              <DatasetSamples dataset={dataset} />
              <DatasetRuns hash={hash} count={dataset.runs} />
            </div>
          )}
        </QueryState>
      </div>
    </div>
  );
}
