/** Runs and their params as the lines and axes of parallel coordinates. */
import type { ParallelAxis, ParallelRun } from "@convkit/ui/charts";
import { paramText } from "../runs/param-text";

const MOST_AXES = 8;
/** From here on a linear axis would press all but the largest together. */
const LOG_FROM = 50;

export interface Parallel {
  readonly runs: readonly { readonly id: string; readonly name: string; readonly value: number | null }[];
  readonly params: readonly { readonly key: string; readonly values: readonly (string | number | null)[] }[];
}

/** The first eight params as axes, and the metric as the last one. */
export function toParallel(
  data: Parallel | undefined,
  metric: string,
): { axes: ParallelAxis[]; lines: ParallelRun[] } {
  if (!data) return { axes: [], lines: [] };
  const shown = data.params.slice(0, MOST_AXES);
  const axes = shown.map(({ key, values }): ParallelAxis => {
    const numbers = values.filter((value) => typeof value === "number");
    if (numbers.length < values.filter((value) => value !== null).length)
      return { id: key, label: key, kind: "categorical" };
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    return {
      id: key,
      label: key,
      kind: "numeric",
      scale: low > 0 && high / low >= LOG_FROM ? "log" : "linear",
    };
  });
  const lines = data.runs.map(({ id, name, value }, index) => ({
    id,
    label: name,
    metric: value,
    values: {
      ...Object.fromEntries(shown.map(({ key, values }) => [key, valueOf(values[index])])),
      [metricAxis(metric)]: value,
    },
  }));
  return { axes: [...axes, { id: metricAxis(metric), label: metric, kind: "numeric" }], lines };
}

/** No param is called so. */
const metricAxis = (metric: string) => `metric ${metric}`;

function valueOf(value: string | number | null | undefined): string | number | null {
  return typeof value === "string" ? paramText(value) : (value ?? null);
}
