/** Hands curves to the browser's downloads; what writes them comes with the charts. */
import type { CurveSeries } from "@convkit/ui/charts";

export async function saveCsv(
  series: readonly CurveSeries[],
  { title, xLabel }: { title: string; xLabel: string },
): Promise<void> {
  const { curvesToCsv } = await import("@convkit/ui/charts/curve-series");
  const url = URL.createObjectURL(new Blob([curvesToCsv(series, xLabel)], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${title.replace(/[^\p{L}\p{N}_.]+/gu, "-")}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}
