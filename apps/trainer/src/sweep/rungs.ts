/**
 * What a sweep does next, by what it has done. Grid and random search have one rung, of runs as long as the config says;
 * successive halving (Jamieson & Talwalkar 2016, https://arxiv.org/abs/1502.07943) has several, each of the best of the one
 * before with more epochs. Rungs count down from maxEpochs as in Hyperband (Li et al. 2018, algorithm 1,
 * https://jmlr.org/papers/v18/16-558.html), so that the last has exactly those.
 */
import { countRungs, type SweepMethod } from "@convkit/schema";

export interface Rung {
  /** How many trials reach it. */
  readonly trials: number;
  /** undefined: as many as the trial's config has. */
  readonly epochs: number | undefined;
}

/** Of a trial at a rung; trials and rungs count from 0. */
export interface Step {
  readonly trial: number;
  readonly rung: number;
}

export interface EndedStep extends Step {
  /** Of the metric; null if it failed. */
  readonly value: number | null;
}

/** @param count of trials that were drawn. */
export function rungsOf(method: SweepMethod, count: number): Rung[] {
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
  rungs: readonly Rung[],
  ended: readonly EndedStep[],
  isHigherBetter: boolean,
): Step | undefined {
  let trials = Array.from({ length: rungs[0]?.trials ?? 0 }, (_, trial) => trial);
  for (const [rung, { trials: size }] of rungs.entries()) {
    if (rung > 0) trials = rank(endedAt(rung - 1, trials, ended), isHigherBetter).slice(0, size);
    const open = trials.find((trial) => endedAt(rung, [trial], ended).length === 0);
    if (open !== undefined) return { trial: open, rung };
  }
  return undefined;
}

/** Of the highest rung that any has passed: fewer epochs are another measure. undefined: all have failed. */
export function bestStep<Ended extends EndedStep>(
  ended: readonly Ended[],
  isHigherBetter: boolean,
): Ended | undefined {
  const passed = ended.filter(({ value }) => value !== null);
  const top = Math.max(...passed.map(({ rung }) => rung));
  const atTop = passed.filter(({ rung }) => rung === top);
  const [best] = rank(atTop, isHigherBetter);
  return atTop.find(({ trial }) => trial === best);
}

function endedAt(rung: number, trials: readonly number[], ended: readonly EndedStep[]): EndedStep[] {
  return ended.filter((step) => step.rung === rung && trials.includes(step.trial));
}

/** Trials, the best first, the earlier one at equal values; without those that failed. */
function rank(steps: readonly EndedStep[], isHigherBetter: boolean): number[] {
  const sign = isHigherBetter ? -1 : 1;
  return steps
    .flatMap(({ trial, value }) => (value === null ? [] : [{ trial, cost: sign * value }]))
    .sort((a, b) => a.cost - b.cost || a.trial - b.trial)
    .map(({ trial }) => trial);
}
