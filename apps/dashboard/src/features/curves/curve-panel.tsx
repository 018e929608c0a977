/**
 * One chart with the curves it reads itself: reduced for the whole, whole where the reader zooms in. The chart stands
 * while they are read, so that only they are left to draw.
 */
"use client";
import { Dialog, ErrorState, IconButton, useToast } from "@convkit/ui";
import type { CurveSeries, Interval } from "@convkit/ui/charts";
import { useMutation, useQuery } from "@tanstack/react-query";
import { FileDown, Maximize2 } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useTRPC, useTRPCClient, type Series, type SeriesInput } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";
import { chartFormatOf, formatSeconds, metricRank } from "../runs/metric-format";
import type { CurveGroup } from "./curve-groups";
import type { CurveSettings } from "./curve-settings";
import { CurveChart } from "./lazy-charts";
import { saveCsv } from "./save-csv";
import { useSeen } from "./use-seen";

/** How one run's curve of one key looks. */
export interface CurveLook {
  readonly label: string;
  readonly color: string;
  readonly dash?: readonly number[];
}

export interface CurvePanelProps {
  group: CurveGroup;
  runIds: readonly string[];
  lookOf: (runId: string, key: string) => CurveLook;
  /** Whether a run is known to have a curve, which is then named before it is here. Unless given, all have all. */
  hasCurve?: (runId: string, key: string) => boolean;
  settings: CurveSettings;
  onSettings: (change: Partial<CurveSettings>) => void;
  zoom: Interval | null;
  onZoom: (zoom: Interval | null) => void;
  /** Ids of series that are switched off. */
  hidden: ReadonlySet<string>;
  onToggle: (id: string) => void;
  syncKey: string;
}

const POINTS = 1000;

export function CurvePanel(props: CurvePanelProps) {
  const { group, runIds, settings, zoom } = props;
  const trpc = useTRPC();
  const toast = useToast();
  const client = useTRPCClient();
  const [ref, seen] = useSeen<HTMLDivElement>();
  const [full, setFull] = useState(false);
  useEffect(CurveChart.preload, []);
  // The same function each time, as for x: another one has the chart drawn anew.
  const formatY = useMemo(() => chartFormatOf(group.keys[0] ?? ""), [group.keys]);
  const input = {
    runIds: [...runIds],
    keys: [...group.keys],
    x: settings.x,
    points: POINTS,
    ...(settings.smoothing > 0 && { smoothing: settings.smoothing }),
    ...(zoom && { range: { from: zoom.min, to: zoom.max } }),
  };
  const query = useQuery({
    ...trpc.runs.series.queryOptions(input),
    enabled: seen && runIds.length > 0,
    // The curves before are good until these are here, unless their x is another.
    placeholderData: (previous, before) => (axisOf(before?.queryKey) === settings.x ? previous : undefined),
  });
  const { lookOf, hasCurve, hidden } = props;
  const series = useMemo(() => {
    const read = query.data ?? awaitedSeries(group.keys, runIds, hasCurve);
    return toCurves(inOrder(read, group.keys, runIds), { lookOf, hidden });
  }, [query.data, group.keys, runIds, hasCurve, lookOf, hidden]);
  const points = query.data?.reduce((sum, { count }) => sum + count, 0) ?? 0;
  const drawn = query.data?.reduce((sum, { x }) => sum + x.length, 0) ?? 0;
  const logY = settings.logY.includes(group.id);

  const save = useMutation({
    mutationFn: () =>
      saveCsv({
        client,
        input,
        shown: (query.data ?? []).filter(({ runId, key }) => !isHidden(runId, key, hidden)),
        toCurves: (all) => toCurves(all, { lookOf, hidden }),
        title: group.id,
      }),
    onSuccess: (missing) => {
      if (missing === 0) return;
      const description = `${missing.toLocaleString("en")} points are not in the file. convkit runs export --curves writes all.`;
      toast({ title: "The curves are too long to be saved whole", description });
    },
    onError: (error) =>
      toast({ title: "Nothing was saved", description: messageOfError(error), tone: "bad" }),
  });

  const chart = (height: number, actions: React.ReactNode) => (
    <CurveChart
      title={group.title}
      series={series}
      loading={query.isPending}
      xLabel={settings.x}
      xScale={settings.logX ? "log" : "linear"}
      yScale={logY ? "log" : "linear"}
      onYScaleChange={(scale) =>
        props.onSettings({
          logY:
            scale === "log" ? [...settings.logY, group.id] : settings.logY.filter((id) => id !== group.id),
        })
      }
      zoom={zoom}
      onZoom={props.onZoom}
      syncKey={props.syncKey}
      onToggleSeries={props.onToggle}
      {...(settings.x === "time" && { formatX: formatSeconds })}
      formatY={formatY}
      height={height}
      actions={actions}
    />
  );
  const actions = (
    <>
      {drawn < points && (
        <IconButton
          size="sm"
          label={`Save all ${points.toLocaleString("en")} points as CSV`}
          disabled={save.isPending}
          onClick={() => save.mutate()}
        >
          <FileDown className="size-3.5" aria-hidden="true" />
        </IconButton>
      )}
      {!full && (
        <IconButton size="sm" label={`${group.title} in full size`} onClick={() => setFull(true)}>
          <Maximize2 className="size-3.5" aria-hidden="true" />
        </IconButton>
      )}
    </>
  );

  const shown = (height: number) =>
    query.error && !query.data ? (
      <ErrorState message={messageOfError(query.error)} onRetry={() => void query.refetch()} />
    ) : (
      chart(height, actions)
    );

  return (
    <div
      ref={ref}
      data-chart={group.id}
      aria-busy={(seen && query.isPending) || undefined}
      className="min-h-81 min-w-0 rounded-lg border border-line bg-surface px-3 pt-2 pb-3"
    >
      {seen && shown(248)}
      <Dialog open={full} onOpenChange={setFull} title={group.title} size="wide">
        {full && shown(Math.max(280, Math.round(window.innerHeight * 0.52)))}
      </Dialog>
    </div>
  );
}

function axisOf(key: readonly unknown[] | undefined): SeriesInput["x"] {
  return ((key?.[1] ?? {}) as { input?: SeriesInput }).input?.x;
}

const seriesId = (runId: string, key: string) => `${runId} ${key}`;
const isHidden = (runId: string, key: string, hidden: ReadonlySet<string>) =>
  hidden.has(seriesId(runId, key)) || hidden.has(runId);

/** Curves without their points, for the chart that waits for them. */
function awaitedSeries(
  keys: readonly string[],
  runIds: readonly string[],
  hasCurve: CurvePanelProps["hasCurve"],
): readonly Series[] {
  const none = new Float64Array();
  return keys.flatMap((key) =>
    runIds
      .filter((runId) => hasCurve?.(runId, key) ?? true)
      .map((runId) => ({ runId, key, count: 0, x: none, y: none })),
  );
}

/** Runs as the reader has them. What is many points lies under what is few; the curve that counts is on top. */
function inOrder(
  series: readonly Series[],
  keys: readonly string[],
  runIds: readonly string[],
): readonly Series[] {
  const byId = new Map(series.map((each) => [seriesId(each.runId, each.key), each]));
  return keys
    .toSorted((a, b) => metricRank(b) - metricRank(a))
    .flatMap((key) => runIds.flatMap((runId) => byId.get(seriesId(runId, key)) ?? []));
}

function toCurves(
  series: readonly Series[],
  { lookOf, hidden }: Pick<CurvePanelProps, "lookOf" | "hidden">,
): CurveSeries[] {
  return series.map(({ runId, key, x, y, smoothed }) => ({
    id: seriesId(runId, key),
    ...lookOf(runId, key),
    x,
    y,
    visible: !isHidden(runId, key, hidden),
    ...(smoothed && { smooth: smoothed }),
  }));
}
