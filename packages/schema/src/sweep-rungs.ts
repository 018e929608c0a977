/**
 * In which order a sweep runs its trials, and which of them is the best: the rule of who runs it and of who shows it. Grid
 * and random search have one rung, of runs as long as the config says; successive halving (Jamieson & Talwalkar 2016,
 * https://arxiv.org/abs/1502.07943) has several, each of the best of the one before with more epochs. Rungs count down from
 * maxEpochs as in Hyperband (Li et al. 2018, algorithm 1, https://jmlr.org/papers/v18/16-558.html), so that the last has
 * exactly those.
 */
import { countRungs, type SweepMethod } from "./sweep-spec.js";

export interface SweepRung {
  /** How many trials reach it. */
  readonly trials: number;
  /** undefined: as many as the trial's config has. */
  readonly epochs: number | undefined;
}

/** Of a trial at a rung; trials and rungs count from 0. */
export interface SweepStep {
  readonly trial: number;
  readonly rung: number;
}

export interface EndedSweepStep extends SweepStep {
  /** Of the metric; null if it failed. */
  readonly value: number | null;
}

/** What came of a step: the metric's value, null if it failed, undefined if it has not ended. */
export type SweepOutcome = (step: SweepStep) => number | null | undefined;

/** @param count of trials that were drawn. */
export function rungsOf(method: SweepMethod, count: number): SweepRung[] {
  if (method.name !== "successive-halving") return [{ trials: count, epochs: undefined }];
  const { eta, maxEpochs } = method;
  const rungs = countRungs(method);
  return Array.from({ length: rungs }, (_, rung) => ({
    trials: Math.floor(count / eta ** rung),
    epochs: Math.floor(maxEpochs / eta ** (rungs - 1 - rung)),
  }));
}

/** @returns undefined if there is nothing left to do. */
export function nextStep(
  rungs: readonly SweepRung[],
  ended: readonly EndedSweepStep[],
  isHigherBetter: boolean,
): SweepStep | undefined {
  const outcomes = new Map(ended.map(({ trial, rung, value }) => [`${rung} ${trial}`, value]));
  const outcomeOf: SweepOutcome = ({ trial, rung }) => outcomes.get(`${rung} ${trial}`);
  for (const { value, ...step } of walkRungs(rungs, outcomeOf, isHigherBetter))
    if (value === undefined) return step;
  return undefined;
}

/** The steps that have ended, in a sweep's order: a trial counts in a rung only where the one before sent it on. */
export function endedSteps(
  rungs: readonly SweepRung[],
  outcomeOf: SweepOutcome,
  isHigherBetter: boolean,
): EndedSweepStep[] {
  return [...walkRungs(rungs, outcomeOf, isHigherBetter)].flatMap(({ value, ...step }) =>
    value === undefined ? [] : [{ ...step, value }],
  );
}

/** Of the highest rung that any has passed: fewer epochs are another measure. undefined: all have failed. */
export function bestStep<Ended extends EndedSweepStep>(
  ended: readonly Ended[],
  isHigherBetter: boolean,
): Ended | undefined {
  const passed = ended.filter(({ value }) => value !== null);
  const top = passed.reduce((highest, { rung }) => Math.max(highest, rung), 0);
  const atTop = passed.filter(({ rung }) => rung === top);
  const [best] = rank(atTop, isHigherBetter);
  return atTop.find(({ trial }) => trial === best);
}

function* walkRungs(
  rungs: readonly SweepRung[],
  outcomeOf: SweepOutcome,
  isHigherBetter: boolean,
): Generator<SweepStep & { readonly value: number | null | undefined }> {
  let trials = Array.from({ length: rungs[0]?.trials ?? 0 }, (_, trial) => trial);
  for (const [rung, { trials: size }] of rungs.entries()) {
    const ended: EndedSweepStep[] = [];
    for (const trial of trials.slice(0, size)) {
      const value = outcomeOf({ trial, rung });
      yield { trial, rung, value };
      if (value !== undefined) ended.push({ trial, rung, value });
    }
    trials = rank(ended, isHigherBetter);
  }
}

/** Trials, the best first, the earlier one at equal values; without those that failed. */
function rank(steps: readonly EndedSweepStep[], isHigherBetter: boolean): number[] {
  const sign = isHigherBetter ? -1 : 1;
  return steps
    .flatMap(({ trial, value }) => (value === null ? [] : [{ trial, cost: sign * value }]))
    .sort((a, b) => a.cost - b.cost || a.trial - b.trial)
    .map(({ trial }) => trial);
}
