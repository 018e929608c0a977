/** The charts, fetched when a page first shows one. */
"use client";
import { Skeleton } from "@convkit/ui";
import { lazyPart } from "../shell/lazy-part";

const box = (height: string) =>
  function ChartSkeleton() {
    return (
      <div aria-busy="true">
        <Skeleton className={`w-full ${height}`} />
      </div>
    );
  };

export const CurveChart = lazyPart(
  () => import("@convkit/ui/charts/curve-chart").then((chart) => chart.CurveChart),
  box("h-72"),
);

export const ConfusionMatrix = lazyPart(
  () => import("@convkit/ui/charts/confusion-matrix").then((chart) => chart.ConfusionMatrix),
  box("h-96"),
);

export const PerClassTable = lazyPart(
  () => import("@convkit/ui/charts/per-class-table").then((chart) => chart.PerClassTable),
  box("h-72"),
);

export const ParallelCoordinates = lazyPart(
  () => import("@convkit/ui/charts/parallel-coordinates").then((chart) => chart.ParallelCoordinates),
  box("h-80"),
);

export const ImportanceBars = lazyPart(
  () => import("@convkit/ui/charts/importance-bars").then((chart) => chart.ImportanceBars),
  box("h-48"),
);

export const ReliabilityDiagram = lazyPart(
  () => import("@convkit/ui/charts/reliability-diagram").then((chart) => chart.ReliabilityDiagram),
  box("h-96"),
);

export const UnitChart = lazyPart(
  () => import("@convkit/ui/charts/unit-chart").then((chart) => chart.UnitChart),
  box("h-80"),
);
