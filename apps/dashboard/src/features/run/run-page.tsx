/** One run: what it is, how it does, and everything that it left, each under its own tab. */
"use client";
import { Tabs, type TabItem } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useTRPC, type RunDetail } from "../../trpc/context";
import { usePageTitle } from "../shell/page-title";
import { QueryState, SkeletonCards, SkeletonLines, TabSkeleton } from "../shell/query-states";
import { useUrlState } from "../shell/url-state";
import { RunHeader } from "./run-header";

/** A tab's script comes when the tab is first opened. */
const OverviewTab = dynamic(() => import("./overview-tab").then((tab) => tab.OverviewTab), {
  loading: TabSkeleton,
});
const CurvesTab = dynamic(() => import("./curves-tab").then((tab) => tab.CurvesTab), {
  loading: TabSkeleton,
});
const EvaluationTab = dynamic(() => import("./evaluation-tab").then((tab) => tab.EvaluationTab), {
  loading: TabSkeleton,
});
const SystemTab = dynamic(() => import("./system-tab").then((tab) => tab.SystemTab), {
  loading: TabSkeleton,
});
const DataTab = dynamic(() => import("./data-tab").then((tab) => tab.DataTab), { loading: TabSkeleton });
const ConfigTab = dynamic(() => import("./config-tab").then((tab) => tab.ConfigTab), {
  loading: TabSkeleton,
});
const ArtifactsTab = dynamic(() => import("./artifacts-tab").then((tab) => tab.ArtifactsTab), {
  loading: TabSkeleton,
});
const LogTab = dynamic(() => import("./log-tab").then((tab) => tab.LogTab), { loading: TabSkeleton });

export function RunPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.runs.byId.queryOptions(id));
  usePageTitle(query.data?.name);
  return (
    <>
      {!query.data && <h1 className="sr-only">{id}</h1>}
      <QueryState
        query={query}
        skeleton={
          <div className="px-4 py-4 lg:px-6">
            <SkeletonLines lines={2} />
            <SkeletonCards />
          </div>
        }
      >
        {(run) => (
          <div className="pb-10">
            <RunHeader run={run} />
            <RunTabs run={run} />
          </div>
        )}
      </QueryState>
    </>
  );
}

const FIRST = "overview";

function RunTabs({ run }: { run: RunDetail }) {
  const [params, update] = useUrlState();
  const items: readonly TabItem[] = [
    { value: FIRST, label: "Overview", content: <OverviewTab run={run} /> },
    { value: "curves", label: "Curves", content: <CurvesTab run={run} /> },
    { value: "evaluation", label: "Evaluation", content: <EvaluationTab run={run} /> },
    { value: "system", label: "System", content: <SystemTab run={run} /> },
    { value: "data", label: "Data", content: <DataTab run={run} /> },
    { value: "config", label: "Config", content: <ConfigTab run={run} /> },
    {
      value: "artifacts",
      label: "Artifacts",
      ...(run.artifacts.length > 0 && { badge: run.artifacts.length }),
      content: <ArtifactsTab run={run} />,
    },
    { value: "log", label: "Log", content: <LogTab run={run} /> },
  ];
  const asked = params.get("tab") ?? FIRST;
  const value = items.some((item) => item.value === asked) ? asked : FIRST;
  return (
    <Tabs
      label="Parts of the run"
      value={value}
      onValueChange={(tab) => update({ tab: tab === FIRST ? null : tab }, { push: true })}
      items={items}
      className="px-4 lg:px-6"
    />
  );
}
