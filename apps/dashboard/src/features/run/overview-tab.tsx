/** What one wants to know first: how it stands, how good it is, what it was, and what people wrote about it. */
"use client";
import {
  Badge,
  Card,
  formatDuration,
  formatMetric,
  formatRelativeTime,
  KeyValueList,
  ProgressBar,
  type KeyValue,
} from "@convkit/ui";
import type { Interval } from "@convkit/ui/charts";
import { Link } from "../shell/link";
import { useMemo, useState } from "react";
import type { RunDetail } from "../../trpc/context";
import { groupCurves } from "../curves/curve-groups";
import { CurvePanel } from "../curves/curve-panel";
import { useCurveSettings } from "../curves/curve-settings";
import { QueuedNotice } from "../queue/queued-notice";
import { paramText } from "../runs/param-text";
import { durationMsOf, progressOf, remainingMsOf } from "../runs/run-progress";
import { datasetPath, filteredRunsPath, modelPath, sweepPath } from "../shell/links";
import { useNow } from "../shell/use-now";
import { lookOfRun } from "./curve-look";
import { KeyFigures } from "./key-figures";
import { LineageCard } from "./lineage-card";
import { Notes } from "./notes";

export function OverviewTab({ run }: { run: RunDetail }) {
  const nowMs = useNow();
  const [settings, change] = useCurveSettings();
  const [zoom, setZoom] = useState<Interval | null>(null);
  const lookOf = useMemo(() => lookOfRun(run.id), [run.id]);
  const runIds = useMemo(() => [run.id], [run.id]);
  const curves = useMemo(
    () =>
      groupCurves(run.metricKeys)
        .filter(({ id }) => id === "loss" || id === "accuracy")
        .map((group) => ({ ...group, keys: group.keys.filter((key) => !key.startsWith("batch_")) })),
    [run.metricKeys],
  );
  return (
    <div className="flex flex-col gap-4">
      {run.status === "queued" && <QueuedNotice run={run} />}
      {run.status === "running" && (
        <Card>
          <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
            <p className="text-sm text-ink-2 tabular-nums">
              Epoch <strong className="font-semibold text-ink">{Math.max(run.epoch, 0)}</strong> of{" "}
              {run.epochs}, step{" "}
              <strong className="font-semibold text-ink">{run.step.toLocaleString("en")}</strong>
              {run.totalSteps !== null && ` of ${run.totalSteps.toLocaleString("en")}`}
            </p>
            <ProgressBar
              label="Progress of the run"
              value={progressOf(run)}
              remainingMs={nowMs === null ? null : remainingMsOf(run, nowMs)}
              className="min-w-64 flex-1"
            />
          </div>
        </Card>
      )}
      {run.reason !== "" && run.status !== "completed" && (
        <p
          className={`rounded-lg px-4 py-3 text-sm ${run.status === "failed" ? "bg-bad-soft text-bad" : "bg-warn-soft text-warn"}`}
        >
          <strong className="font-semibold">Why it ended:</strong> {run.reason}
        </p>
      )}
      <KeyFigures run={run} />
      {curves.length > 0 && (
        <div className="grid gap-4 xl:grid-cols-2">
          {curves.map((group) => (
            <CurvePanel
              key={group.id}
              group={group}
              runIds={runIds}
              lookOf={lookOf}
              settings={settings}
              onSettings={change}
              zoom={zoom}
              onZoom={setZoom}
              hidden={nothing}
              onToggle={noToggle}
              syncKey="overview"
            />
          ))}
        </div>
      )}
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <Card title="The run">
          <KeyValueList items={factsOf(run, nowMs)} />
        </Card>
        <Card
          title="Its settings"
          detail={
            <Link href="?tab=config" className="hover:underline">
              all of them
            </Link>
          }
        >
          <KeyValueList items={highlightsOf(run)} />
        </Card>
      </div>
      <LineageCard run={run} />
      <Notes run={run} />
    </div>
  );
}

const nothing: ReadonlySet<string> = new Set();
const noToggle = () => undefined;

function factsOf(run: RunDetail, nowMs: number | null): KeyValue[] {
  const at = (ms: number | null) =>
    ms === null ? (
      "–"
    ) : (
      <time dateTime={new Date(ms).toISOString()} title={new Date(ms).toISOString()}>
        {nowMs === null ? "" : `${new Date(ms).toLocaleString()} (${formatRelativeTime(nowMs, ms)})`}
      </time>
    );
  const resumed = run.attempts.filter(({ fromStep }) => fromStep !== null);
  return [
    {
      key: "experiment",
      label: "Experiment",
      value: (
        <Link href={filteredRunsPath("experiment", run.experiment)} className="hover:underline">
          {run.experiment}
        </Link>
      ),
    },
    ...sweepFactOf(run),
    { key: "started", label: "Started", value: at(run.startedAt) },
    ...(run.endedAt !== null ? [{ key: "ended", label: "Ended", value: at(run.endedAt) }] : []),
    { key: "duration", label: "Duration", value: formatDuration(durationMsOf(run)) },
    {
      key: "attempts",
      label: "Attempts",
      value:
        run.attempts.length < 2
          ? "1"
          : `${run.attempts.length}${resumed.length > 0 ? `, resumed at step ${resumed.map(({ fromStep }) => fromStep?.toLocaleString("en")).join(", ")}` : ""}`,
    },
    {
      key: "engine",
      label: "Computed by",
      value: [run.engine, run.device].filter(Boolean).join(" on ") || "–",
    },
    {
      key: "network",
      label: "Network",
      value: `${run.model}, ${formatMetric(run.parameters)} parameters${run.flops ? `, ${formatMetric(run.flops / 1e6)} MFLOPs a picture` : ""}`,
    },
    ...(run.folder !== null ? [{ key: "folder", label: "Folder", value: run.folder, mono: true }] : []),
    ...(run.modelVersions.length > 0
      ? [
          {
            key: "versions",
            label: "Registered as",
            value: (
              <span className="flex flex-wrap gap-1.5">
                {run.modelVersions.map(({ model, version }) => (
                  <Link key={`${model} ${version}`} href={modelPath(model)}>
                    <Badge tone="accent">
                      {model} v{version}
                    </Badge>
                  </Link>
                ))}
              </span>
            ),
          },
        ]
      : []),
  ];
}

/** Of a job that still waits, the config is as it was sent. */
function sweepFactOf({ config: { sweep } }: RunDetail): KeyValue[] {
  if (sweep === undefined) return [];
  const { id, name, trial } = sweep;
  const value = (
    <Link href={sweepPath(id ?? name)} className="hover:underline">
      {`${name}, trial ${trial}`}
    </Link>
  );
  return [{ key: "sweep", label: "Sweep", value }];
}

const HIGHLIGHTS: readonly (readonly [string, string])[] = [
  ["optimizer.name", "Optimizer"],
  ["learningRate", "Learning rate"],
  ["schedule.name", "Schedule"],
  ["batchSize", "Batch size"],
  ["epochs", "Epochs"],
  ["optimizer.weightDecay", "Weight decay"],
  ["loss.labelSmoothing", "Label smoothing"],
  ["seed", "Seed"],
];

function highlightsOf(run: RunDetail): KeyValue[] {
  return [
    {
      key: "dataset",
      label: "Data set",
      value: run.datasetHash ? (
        <Link href={datasetPath(run.datasetHash)} className="hover:underline">
          {run.dataset}
        </Link>
      ) : (
        run.dataset
      ),
    },
    ...HIGHLIGHTS.filter(([key]) => run.params[key] !== undefined).map(([key, label]) => ({
      key,
      label,
      value: paramText(run.params[key]),
      mono: true,
    })),
  ];
}
