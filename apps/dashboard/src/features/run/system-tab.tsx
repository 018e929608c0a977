/** What the machine bore while the run was at work, and where the time of a step went. */
"use client";
import { useMemo } from "react";
import type { RunDetail } from "../../trpc/context";
import { CurveBoard } from "../curves/curve-board";
import { systemCurves } from "../curves/curve-groups";
import { lookOfRun } from "./curve-look";
import { StepProfileCard } from "./step-profile-card";

export function SystemTab({ run }: { run: RunDetail }) {
  const groups = useMemo(() => systemCurves(run.metricKeys), [run.metricKeys]);
  const lookOf = useMemo(() => lookOfRun(run.id), [run.id]);
  const runIds = useMemo(() => [run.id], [run.id]);
  return (
    <div className="flex flex-col gap-4">
      <StepProfileCard runId={run.id} />
      <CurveBoard
        groups={groups}
        runIds={runIds}
        lookOf={lookOf}
        empty="A run looks at its machine every few seconds. This one ended before, or is of an older convkit."
      />
    </div>
  );
}
