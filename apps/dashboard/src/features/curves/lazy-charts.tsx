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

export const CurveChart = dynamic(
  async () => {
    // Named at once, so that the bundler takes no other chart along.
    const { CurveChart } = await import("@convkit/ui/charts");
    return CurveChart;
  },
  {
    ssr: false,
    loading: box("h-72"),
  },
);

export const ConfusionMatrix = dynamic(
  async () => {
    const { ConfusionMatrix } = await import("@convkit/ui/charts");
    return ConfusionMatrix;
  },
  {
    ssr: false,
    loading: box("h-96"),
  },
);

export const PerClassTable = dynamic(
  async () => {
    const { PerClassTable } = await import("@convkit/ui/charts");
    return PerClassTable;
  },
  {
    ssr: false,
    loading: box("h-72"),
  },
);

export const ParallelCoordinates = dynamic(
  async () => {
    const { ParallelCoordinates } = await import("@convkit/ui/charts");
    return ParallelCoordinates;
  },
  { ssr: false, loading: box("h-80") },
);

export const ImportanceBars = dynamic(
  async () => {
    const { ImportanceBars } = await import("@convkit/ui/charts");
    return ImportanceBars;
  },
  {
    ssr: false,
    loading: box("h-48"),
  },
);
