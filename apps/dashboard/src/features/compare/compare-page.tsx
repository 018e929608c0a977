/** Runs beside each other: their curves, figures, settings, and the pictures on which they differ. */
"use client";
import { Button, EmptyState, ErrorState, strokesOfRuns, Tabs, type TabItem } from "@convkit/ui";
import { useQueries, type UseQueryResult } from "@tanstack/react-query";
import { GitCompareArrows } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useTRPC, type RunDetail } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";
import { CurveChart } from "../curves/lazy-charts";
import { RunPicker } from "../run/compare-with-dialog";
import { SavedViewsMenu } from "../runs/saved-views-menu";
import { lazyPart } from "../shell/lazy-part";
import { PageHeader } from "../shell/page-header";
import { TabSkeleton } from "../shell/query-states";
import { joinList, queryOf, splitList, useUrlState } from "../shell/url-state";
import { ComparedRuns } from "./compared-runs";

/** A tab's script comes when the tab is first opened. */
const ComparedCurves = lazyPart(
  () => import("./compared-curves").then((tab) => tab.ComparedCurves),
  TabSkeleton,
);
const Verdict = lazyPart(() => import("./verdict").then((tab) => tab.Verdict), TabSkeleton);
const MetricTable = lazyPart(() => import("./metric-table").then((tab) => tab.MetricTable), TabSkeleton);
const ConfigDiff = lazyPart(() => import("./config-diff").then((tab) => tab.ConfigDiff), TabSkeleton);
const ParamImportance = lazyPart(
  () => import("./param-importance").then((tab) => tab.ParamImportance),
  TabSkeleton,
);
const Disagreements = lazyPart(() => import("./disagreements").then((tab) => tab.Disagreements), TabSkeleton);

export function ComparePage() {
  const trpc = useTRPC();
  const [params, update] = useUrlState();
  const isFirst = params.get("tab") === null;
  // The first tab's scripts need not wait for the runs, and other tabs not for them.
  useEffect(() => {
    if (!isFirst) return;
    ComparedCurves.preload();
    CurveChart.preload();
  }, [isFirst]);
  const named = params.get("runs");
  const ids = useMemo(
    () => [...new Set(splitList(named).map(decodeRunId))].filter(isRunId).slice(0, 200),
    [named],
  );
  const setIds = (next: readonly string[]) => update({ runs: joinList(next.map(encodeURIComponent)) });
  const { runs, failure } = useQueries({
    queries: ids.map((id) => trpc.runs.byId.queryOptions(id)),
    combine: runsOf,
  });

  return (
    <div className="pb-10">
      <PageHeader
        title="Compare"
        actions={
          ids.length > 0 && (
            <SavedViewsMenu
              page="compare"
              query={queryOf(params)}
              onOpen={(query) => window.history.pushState(null, "", `${window.location.pathname}?${query}`)}
            />
          )
        }
      />
      {ids.length === 0 ? (
        <ChooseRuns onChoose={setIds} />
      ) : (
        <>
          <ComparedRuns ids={ids} runs={runs} onChange={setIds} />
          {failure !== null && (
            <ErrorState title="One of the runs could not be read" message={messageOfError(failure)} />
          )}
          {(runs.length > 0 || failure === null) && <CompareTabs ids={ids} runs={runs} />}
        </>
      )}
    </div>
  );
}

/** The same runs as before where none has changed: twenty charts need not be drawn anew. */
function runsOf(results: readonly UseQueryResult<RunDetail, unknown>[]) {
  return {
    runs: results.flatMap(({ data }) => data ?? []),
    failure: results.find(({ error, data }) => error && !data)?.error ?? null,
  };
}

/** Others are of no run, and one of them would have all curves refused. */
const isRunId = (id: string) => id !== "" && id.length <= 300;

function decodeRunId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function ChooseRuns({ onChoose }: { onChoose: (ids: readonly string[]) => void }) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  return (
    <div className="mx-auto max-w-xl px-4">
      <EmptyState
        className="pb-6"
        icon={<GitCompareArrows className="size-8" aria-hidden="true" />}
        title="Which runs?"
        description="Choose two or more here, or tick them in the table of runs. The address of the comparison can be passed on."
      />
      <RunPicker exclude={[]} chosen={chosen} onChange={setChosen} />
      <div className="mt-4 flex justify-end">
        <Button variant="primary" disabled={chosen.length < 2} onClick={() => onChoose(chosen)}>
          {chosen.length < 2 ? "Compare" : `Compare ${chosen.length} runs`}
        </Button>
      </div>
    </div>
  );
}

const FIRST = "curves";

interface CompareTabsProps {
  ids: readonly string[];
  /** Those of `ids` that are here. */
  runs: readonly RunDetail[];
}

/** The curves do not wait for what else is known of the runs. */
function CompareTabs({ ids, runs }: CompareTabsProps) {
  const [params, update] = useUrlState();
  // Of all that are compared, whichever a tab shows: a run has one colour in all of them.
  const strokes = useMemo(() => strokesOfRuns(ids), [ids]);
  const curves = <ComparedCurves ids={ids} runs={runs} strokes={strokes} />;
  const items: readonly TabItem[] = [
    { value: FIRST, label: "Curves", content: curves },
    { value: "verdict", label: "Verdict", content: <Verdict runs={runs} strokes={strokes} /> },
    { value: "metrics", label: "Metrics", content: <MetricTable runs={runs} strokes={strokes} /> },
    { value: "config", label: "Config", content: <ConfigDiff runs={runs} strokes={strokes} /> },
    { value: "params", label: "Params", content: <ParamImportance runs={runs} /> },
    { value: "pictures", label: "Pictures", content: <Disagreements runs={runs} strokes={strokes} /> },
  ];
  const asked = params.get("tab") ?? FIRST;
  const value = items.some((item) => item.value === asked) ? asked : FIRST;
  return (
    <Tabs
      label="Parts of the comparison"
      value={value}
      onValueChange={(tab) => update({ tab: tab === FIRST ? null : tab }, { push: true })}
      items={items.map((item) =>
        item.value === FIRST || runs.length > 0 ? item : { ...item, content: <TabSkeleton /> },
      )}
      className="px-4 lg:px-6"
    />
  );
}
