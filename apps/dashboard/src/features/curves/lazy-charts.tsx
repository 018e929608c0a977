/** The charts, fetched when a page first shows one. */
"use client";
import { Skeleton } from "@convkit/ui";
import dynamic from "next/dynamic";

const box = (height: string) =>
  function ChartSkeleton() {
    return (
      <div aria-busy="true">
        <Skeleton className={`w-full ${height}`} />
      </div>
    );
  };

const loadCurveChart = () => import("@convkit/ui/charts/curve-chart").then((chart) => chart.CurveChart);

/** Begins while the curves are still on their way; a failure shows when the chart is asked for. */
export const preloadCurveChart = (): void => void loadCurveChart().catch(() => undefined);

export const CurveChart = dynamic(loadCurveChart, {
  ssr: false,
  loading: box("h-72"),
});

export const ConfusionMatrix = dynamic(
  () => import("@convkit/ui/charts/confusion-matrix").then((chart) => chart.ConfusionMatrix),
  {
    ssr: false,
    loading: box("h-96"),
  },
);

export const PerClassTable = dynamic(
  () => import("@convkit/ui/charts/per-class-table").then((chart) => chart.PerClassTable),
  {
    ssr: false,
    loading: box("h-72"),
  },
);

export const ParallelCoordinates = dynamic(
  () => import("@convkit/ui/charts/parallel-coordinates").then((chart) => chart.ParallelCoordinates),
  { ssr: false, loading: box("h-80") },
);

export const ImportanceBars = dynamic(
  () => import("@convkit/ui/charts/importance-bars").then((chart) => chart.ImportanceBars),
  {
    ssr: false,
    loading: box("h-48"),
  },
);
