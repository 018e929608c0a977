/** One run: what it is, how it does, and everything that it left, each under its own tab. */
"use client";
import { Tabs, type TabItem } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTRPC, type RunDetail } from "../../trpc/context";
import { lazyPart } from "../shell/lazy-part";
import { PageHeader } from "../shell/page-header";
import { usePageTitle } from "../shell/page-title";
import { QueryState, SkeletonCards, TabSkeleton } from "../shell/query-states";
import { useUrlState } from "../shell/url-state";
import { RunHeader } from "./run-header";

/** A tab's script comes when the tab is first opened. */
const TABS = [
  {
    value: "overview",
    label: "Overview",
    Part: lazyPart(() => import("./overview-tab").then((tab) => tab.OverviewTab), TabSkeleton),
  },
  {
    value: "curves",
    label: "Curves",
    Part: lazyPart(() => import("./curves-tab").then((tab) => tab.CurvesTab), TabSkeleton),
  },
  {
    value: "evaluation",
    label: "Evaluation",
    Part: lazyPart(() => import("./evaluation-tab").then((tab) => tab.EvaluationTab), TabSkeleton),
  },
  {
    value: "insight",
    label: "Insight",
    Part: lazyPart(() => import("../insight/insight-tab").then((tab) => tab.InsightTab), TabSkeleton),
  },
  {
    value: "try",
    label: "Try it",
    Part: lazyPart(() => import("../try-it/try-it-tab").then((tab) => tab.TryItTab), TabSkeleton),
  },
  {
    value: "system",
    label: "System",
    Part: lazyPart(() => import("./system-tab").then((tab) => tab.SystemTab), TabSkeleton),
  },
  {
    value: "data",
    label: "Data",
    Part: lazyPart(() => import("./data-tab").then((tab) => tab.DataTab), TabSkeleton),
  },
  {
    value: "config",
    label: "Config",
    Part: lazyPart(() => import("./config-tab").then((tab) => tab.ConfigTab), TabSkeleton),
  },
  {
    value: "artifacts",
    label: "Artifacts",
    Part: lazyPart(() => import("./artifacts-tab").then((tab) => tab.ArtifactsTab), TabSkeleton),
  },
  {
    value: "log",
    label: "Log",
    Part: lazyPart(() => import("./log-tab").then((tab) => tab.LogTab), TabSkeleton),
  },
] as const;
const [FIRST] = TABS;

export function RunPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.runs.byId.queryOptions(id));
  usePageTitle(query.data?.name);
  const { Part } = useShownTab();
  // Its script need not wait for the run.
  useEffect(() => Part.preload(), [Part]);
  return (
    <>
      {!query.data && <PageHeader title={id} parent={{ href: "/runs", label: "Runs" }} />}
      <QueryState
        query={query}
        skeleton={
          <div className="px-4 py-4 lg:px-6">
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

function useShownTab(): (typeof TABS)[number] {
  const [params] = useUrlState();
  return TABS.find(({ value }) => value === params.get("tab")) ?? FIRST;
}

function RunTabs({ run }: { run: RunDetail }) {
  const [, update] = useUrlState();
  const items = TABS.map(({ value, label, Part }): TabItem => ({
    value,
    label,
    ...(value === "artifacts" && run.artifactCount > 0 && { badge: run.artifactCount }),
    content: <Part run={run} />,
  }));
  return (
    <Tabs
      label="Parts of the run"
      value={useShownTab().value}
      onValueChange={(tab) => update({ tab: tab === FIRST.value ? null : tab }, { push: true })}
      items={items}
      className="px-4 lg:px-6"
    />
  );
}
