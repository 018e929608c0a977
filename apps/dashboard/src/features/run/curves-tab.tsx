/** All curves of a run, a chart for each quantity. */
"use client";
import { useMemo } from "react";
import type { RunDetail } from "../../trpc/context";
import { CurveBoard } from "../curves/curve-board";
import { groupCurves } from "../curves/curve-groups";
import { lookOfRun } from "./curve-look";

export function CurvesTab({ run }: { run: RunDetail }) {
  const groups = useMemo(() => groupCurves(run.metricKeys), [run.metricKeys]);
  const lookOf = useMemo(() => lookOfRun(run.id), [run.id]);
  const runIds = useMemo(() => [run.id], [run.id]);
  return (
    <CurveBoard
      groups={groups}
      runIds={runIds}
      lookOf={lookOf}
      empty="They begin with the run's first step."
    />
  );
}
