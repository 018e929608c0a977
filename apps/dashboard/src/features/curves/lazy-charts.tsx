/** The charts, fetched when a page first shows one. */
"use client";
import { Skeleton } from "@convkit/ui";
import dynamic from "next/dynamic";

const box = (height: string) =>
  function ChartSkeleton() {
    return <Skeleton className={`w-full ${height}`} />;
  };

export const CurveChart = dynamic(() => import("@convkit/ui/charts").then((charts) => charts.CurveChart), {
  ssr: false,
  loading: box("h-72"),
});

export const ConfusionMatrix = dynamic(
  () => import("@convkit/ui/charts").then((charts) => charts.ConfusionMatrix),
  {
    ssr: false,
    loading: box("h-96"),
  },
);

export const PerClassTable = dynamic(
  () => import("@convkit/ui/charts").then((charts) => charts.PerClassTable),
  {
    ssr: false,
    loading: box("h-72"),
  },
);

export const ParallelCoordinates = dynamic(
  () => import("@convkit/ui/charts").then((charts) => charts.ParallelCoordinates),
  { ssr: false, loading: box("h-80") },
);

export const ImportanceBars = dynamic(
  () => import("@convkit/ui/charts").then((charts) => charts.ImportanceBars),
  {
    ssr: false,
    loading: box("h-48"),
  },
);
