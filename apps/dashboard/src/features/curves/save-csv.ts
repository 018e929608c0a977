/**
 * Every point of a chart's curves into the browser's downloads. The curves come one by one, each whole; what writes
 * them comes with the charts.
 */
import type { CurveSeries } from "@convkit/ui/charts";
import type { Series, SeriesInput, useTRPCClient } from "../../trpc/context";

/** As many as the server gives of one curve: a step each for a training of weeks. */
const MOST_POINTS = 2_000_000;

export interface SaveCsvOptions {
  readonly client: ReturnType<typeof useTRPCClient>;
  readonly input: SeriesInput;
  /** Those that there are and that are not switched off. */
  readonly shown: readonly Pick<Series, "runId" | "key">[];
  readonly toCurves: (series: readonly Series[]) => readonly CurveSeries[];
  readonly title: string;
}

/** @returns how many points were left out because a curve has more than can be had of it. */
export async function saveCsv({ client, input, shown, toCurves, title }: SaveCsvOptions): Promise<number> {
  const { curvesToCsv } = await import("@convkit/ui/charts/curve-series");
  const { x = "step" } = input;
  const parts = [curvesToCsv([], x)];
  let missing = 0;
  for (const { runId, key } of shown) {
    const one = { ...input, runIds: [runId], keys: [key], points: MOST_POINTS };
    const series = await client.runs.series.query(one);
    const csv = curvesToCsv(toCurves(series), x);
    parts.push(csv.slice(csv.indexOf("\r\n") + 2));
    missing += series.reduce((sum, { count, x: here }) => sum + count - here.length, 0);
  }
  download(parts, `${title.replace(/[^\p{L}\p{N}_.]+/gu, "-")}${missing > 0 ? "-reduced" : ""}.csv`);
  return missing;
}

function download(parts: string[], name: string): void {
  const url = URL.createObjectURL(new Blob(parts, { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
