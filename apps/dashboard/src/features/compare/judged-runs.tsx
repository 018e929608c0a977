/** Those of the compared runs that were judged, and the split on which all of them were. */
"use client";
import { EmptyState, Select } from "@convkit/ui";
import type { RunDetail } from "../../trpc/context";

export interface JudgedRuns {
  readonly judged: readonly RunDetail[];
  /** Splits that all of them were judged on. */
  readonly shared: readonly string[];
  /** The one that is asked for, else test, else any. */
  readonly split: string | undefined;
}

export function judgedRunsOf(runs: readonly RunDetail[], asked: string | null): JudgedRuns {
  const judged = runs.filter(({ judgedSplits }) => judgedSplits.length > 0);
  const shared = (judged[0]?.judgedSplits ?? []).filter((split) =>
    judged.every(({ judgedSplits }) => judgedSplits.includes(split)),
  );
  const split =
    asked !== null && shared.includes(asked) ? asked : shared.includes("test") ? "test" : shared[0];
  return { judged, shared, split };
}

export function NothingJudged() {
  return (
    <EmptyState
      title="Nothing to lay beside each other"
      description="Two or more of the runs must have been judged on the same split. A run is judged when it completes."
    />
  );
}

export interface SplitChoiceProps {
  shared: readonly string[];
  split: string;
  onChange: (split: string) => void;
}

export function SplitChoice({ shared, split, onChange }: SplitChoiceProps) {
  if (shared.length < 2) return null;
  return (
    <Select
      label="Split"
      value={split}
      onValueChange={onChange}
      options={shared.map((value) => ({ value, label: value }))}
      className="w-44!"
    />
  );
}

export interface LeftOutProps {
  /** Runs that were asked for, and those of them that were judged. */
  all: number;
  judged: number;
  /** So many are shown. */
  most: number;
}

/** Which of the runs are not shown; nothing where all are. */
export function LeftOut({ all, judged, most }: LeftOutProps) {
  if (judged > most) return <p>{`The first ${most} of the runs.`}</p>;
  const missing = all - judged;
  if (missing === 0) return null;
  return <p>{`${missing} of the runs ${missing === 1 ? "was" : "were"} not judged.`}</p>;
}
