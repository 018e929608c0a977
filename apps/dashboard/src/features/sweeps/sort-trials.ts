/** The order of a sweep's table. */
import type { DataSort } from "@convkit/ui";
import type { SweepRun } from "../../trpc/context";

/** Of the columns that every sweep has; a parameter's column is called as `parameterColumn` says. */
export type TrialColumn = "name" | "trial" | "status" | "epoch" | "value" | "duration";

export const parameterColumn = (index: number) => `parameter ${index}`;

/** What has nothing in the column comes last, in either direction; equal ones stay in the order of their trials. */
export function sortTrials(runs: readonly SweepRun[], { columnId, descending }: DataSort): SweepRun[] {
  const sign = descending ? -1 : 1;
  return runs
    .map((run) => ({ run, key: keyOf(run, columnId) }))
    .sort((a, b) => {
      if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
      return sign * compare(a.key, b.key);
    })
    .map(({ run }) => run);
}

function keyOf(run: SweepRun, columnId: string): string | number | null {
  switch (columnId as TrialColumn) {
    case "name":
      return run.name;
    case "trial":
      return run.trial;
    case "status":
      return run.status;
    case "epoch":
      return run.epoch;
    case "value":
      return run.value;
    case "duration":
      return run.durationMs;
    default:
      return run.values[Number(columnId.slice(parameterColumn(0).length - 1))] ?? null;
  }
}

/** Numbers before texts. */
function compare(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : Number(a > b);
  return typeof a === "number" ? -1 : 1;
}
