/** One data set: its card, its classes, its pictures, the runs that learnt from it, and what transforms would make of it. */
"use client";
import { Tabs } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../trpc/context";
import { PageHeader } from "../shell/page-header";
import { usePageTitle } from "../shell/page-title";
import { lazyPart } from "../shell/lazy-part";
import { QueryState, SkeletonCards, TabSkeleton } from "../shell/query-states";
import { useUrlState } from "../shell/url-state";
import { ClassCounts, DatasetFacts } from "./dataset-card";
import { DatasetInspectionView } from "./dataset-inspection";
import { DatasetRuns } from "./dataset-runs";
import { DatasetSamples } from "./dataset-samples";

const OVERVIEW = "overview";
const AUGMENTATION = "augmentation";

const AugmentationTab = lazyPart(
  () => import("./augmentation-tab").then((tab) => tab.AugmentationTab),
  TabSkeleton,
);

export function DatasetPage({ hash }: { hash: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.datasets.byHash.queryOptions(hash));
  usePageTitle(query.data?.name);
  const [params, update] = useUrlState();
  const tab = params.get("tab") === AUGMENTATION ? AUGMENTATION : OVERVIEW;
  return (
    <div className="pb-10">
      <PageHeader title={query.data?.name ?? "Data set"} parent={{ href: "/datasets", label: "Data sets" }} />
      <div className="px-4 lg:px-6">
        <QueryState query={query} skeleton={<SkeletonCards />}>
          {(dataset) => (
            <Tabs
              label="Parts of the data set"
              value={tab}
              onValueChange={(value) => update({ tab: value === OVERVIEW ? null : value }, { push: true })}
              items={[
                {
                  value: OVERVIEW,
                  label: "Overview",
                  content: (
                    <div className="flex flex-col gap-4">
                      <div className="grid items-start gap-4 xl:grid-cols-2">
                        <DatasetFacts card={dataset.card} />
                        <ClassCounts card={dataset.card} />
                      </div>
                      <DatasetInspectionView inspection={dataset.inspection} />
                      <DatasetSamples dataset={dataset} />
                      <DatasetRuns hash={hash} count={dataset.runs} />
                    </div>
                  ),
                },
                {
                  value: AUGMENTATION,
                  label: "Augmentation",
                  content: <AugmentationTab dataset={dataset} />,
                },
              ]}
            />
          )}
        </QueryState>
      </div>
    </div>
  );
}
