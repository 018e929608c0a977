/** The checkpoints of a run as a list shows them: one row for each number of steps, and how a fork names it. */
import type { KeptCheckpoint } from "../../trpc/context";

export interface CheckpointRow {
  readonly step: number;
  readonly epoch: number;
  readonly savedAt: number;
  /** `last`, `best`, or nothing for one that is kept for itself. */
  readonly titles: readonly string[];
  /** Of `forkedFrom`. */
  readonly at: number | "last" | "best";
}

/** @param isOpen the run goes on: what is last by now may be gone when a fork begins, so it is named by its kind. */
export function checkpointRows(checkpoints: readonly KeptCheckpoint[], isOpen: boolean): CheckpointRow[] {
  const steps = [...new Set(checkpoints.map(({ step }) => step))].sort((a, b) => b - a);
  return steps.map((step) => {
    const same = checkpoints.filter((each) => each.step === step);
    const titles = (["last", "best"] as const).filter((kind) => same.some((each) => each.kind === kind));
    const isKept = same.some(({ kind }) => kind === "step");
    const { epoch } = same[0]!;
    const savedAt = Math.max(...same.map((each) => each.savedAt));
    return { step, epoch, savedAt, titles, at: isOpen && !isKept ? titles.at(-1)! : step };
  });
}
