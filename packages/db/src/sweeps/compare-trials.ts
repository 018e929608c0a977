/**
 * Which trial of a sweep is the best, by the rule of the sweep itself (`endedSteps`, `bestStep`), and which values may be
 * compared: of runs that had as many epochs, and came to the end of them.
 */
import { bestStep, endedSteps, type SweepOutcome, type SweepStep } from "@convkit/schema";
import type { RunStatus } from "../generated/enums.js";

/** A run of a sweep; of several for a trial's rung, the last one counts. */
export interface ComparedTrial {
  readonly runId: string;
  /** From 1. */
  readonly trial: number;
  /** Of successive halving, the rung that it was begun for; else null. */
  readonly rung: number | null;
  readonly status: RunStatus;
  /** Done so far. */
  readonly epoch: number;
  /** That its config asks for. */
  readonly epochs: number;
  /** In the epoch whose weights it keeps. */
  readonly value: number | null;
}

export interface SweepRules {
  readonly mode: "min" | "max";
  /** Of successive halving, as far as its runs tell. */
  readonly rungs: readonly { readonly trials: number; readonly epochs: number }[] | undefined;
}

export interface Comparison<T> {
  /** null while none has ended with a value. */
  readonly best: { readonly run: T; readonly value: number } | null;
  /** In the order of the runs; null for one that may not be compared. */
  readonly values: readonly (number | null)[];
  /** Epochs that these values are after; null: all that a run has. */
  readonly untilEpoch: number | null;
}

/** A run's value after its first epochs, in the one of them whose weights it kept. */
export type ValueUntil<T> = (run: T, epochs: number) => number | null;

/** Whether runs go on in later rungs, rather than end with theirs: then a value of fewer epochs counts, too. */
export function isPaused(
  { rung, epochs }: Pick<ComparedTrial, "rung" | "epochs">,
  { rungs }: Pick<SweepRules, "rungs">,
): boolean {
  const length = rungs?.[rung ?? 0]?.epochs;
  return length !== undefined && epochs > length;
}

/** @param runs the later ones of a trial's rung behind the earlier. */
export function compareTrials<T extends ComparedTrial>(
  runs: readonly T[],
  rules: SweepRules,
  valueUntil: ValueUntil<T>,
): Comparison<T> {
  const { mode, rungs } = rules;
  const isHigherBetter = mode === "max";
  const runsOf = new Map<number, T[]>();
  for (const run of runs) runsOf.set(run.trial - 1, [...(runsOf.get(run.trial - 1) ?? []), run]);
  const runAt = ({ trial, rung }: SweepStep): T | undefined =>
    runsOf.get(trial)?.findLast((run) => isAt(run, rung, rules));
  const outcomeOf: SweepOutcome = (step) => {
    const run = runAt(step);
    return run && outcomeAt(run, isPaused(run, rules) ? rungs?.[step.rung]?.epochs : undefined, valueUntil);
  };
  const drawn = Math.max(0, ...[...runsOf.keys()].map((trial) => trial + 1));
  // Runs of old do not say which rungs there are; each of them is at the one that it was begun for.
  const walked = rungs ?? oneRungEach(runs, drawn);
  const best = bestStep(endedSteps(walked, outcomeOf, isHigherBetter), isHigherBetter);
  const atFirst = (run: T): SweepStep => ({ trial: run.trial - 1, rung: 0 });
  return {
    best: best?.value == null ? null : { run: runAt(best)!, value: best.value },
    // Of successive halving the first rung: all trials have passed it, and the later ones hold but the best.
    values: runs.map((run) => (runAt(atFirst(run)) === run ? (outcomeOf(atFirst(run)) ?? null) : null)),
    untilEpoch: rungs?.[0]?.epochs ?? null,
  };
}

const ENDED: readonly RunStatus[] = ["completed", "stopped"];
const RUINED: readonly RunStatus[] = ["failed", "lost"];

/** @param epochs after which the run was paused; undefined: never. */
function outcomeAt<T extends ComparedTrial>(
  run: T,
  epochs: number | undefined,
  valueUntil: ValueUntil<T>,
): number | null | undefined {
  if (epochs !== undefined && (run.epoch >= epochs || ENDED.includes(run.status)))
    return valueUntil(run, epochs);
  if (ENDED.includes(run.status)) return run.value;
  return RUINED.includes(run.status) ? null : undefined;
}

/** Whether the run was begun for the rung, or goes on in it. */
function isAt(run: ComparedTrial, rung: number, rules: Pick<SweepRules, "rungs">): boolean {
  const begun = run.rung ?? 0;
  return begun === rung || (begun < rung && isPaused(run, rules));
}

function oneRungEach(runs: readonly ComparedTrial[], trials: number) {
  const rungs = runs.reduce((most, { rung }) => Math.max(most, (rung ?? 0) + 1), 1);
  return Array.from({ length: rungs }, () => ({ trials, epochs: undefined }));
}
