/**
 * Training within a given time: the number of steps is chosen so that the run ends, judged, before its time is over, and
 * the learning rate falls to its end by then, in place of being cut off on its way.
 *
 * The first steps are timed; after them stands a plan, which checkpoints keep, so that a resumed run has the same learning
 * rates. It is made shorter where steps turn out slower, never longer.
 */
import type { Callback } from "./callback.js";
import { medianOf } from "./median.js";

export interface TimeBudgetOptions {
  /** Of the whole run, from the first step to its judgement; of a resumed one, all attempts together. */
  readonly budgetMs: number;
  /** Updates. */
  readonly stepsPerEpoch: number;
  /** Updates that are done if there is time for them. */
  readonly mostSteps: number;
  /** Pictures that an update learns from. */
  readonly imagesPerStep: number;
  /** Pictures that the network sees at an epoch's end, each as often as it does. */
  readonly validationImages: number;
  /** The same of the judgement. */
  readonly judgedImages: number;
  /** Milliseconds since whenever; only differences count. */
  readonly clock: () => number;
  /** Told of every plan. */
  readonly onPlan?: (plan: { readonly totalSteps: number; readonly stepMs: number }) => void;
}

export interface TimeBudgetState {
  readonly usedMs: number;
  /** null until the first steps have been timed. */
  readonly totalSteps: number | null;
  readonly stepMs: number | null;
  readonly validationMs: number | null;
}

export interface TimeBudget {
  /** Goes before `checkpoints`, so that what they save has the plan. */
  readonly callback: Callback<TimeBudgetState>;
  /** Updates of the whole run, as planned by now. */
  totalSteps(): number;
}

/** Steps that are timed before there is a plan, and before each look whether it still holds. The first is not counted. */
const TIMED_STEPS = 20;
/** Fewer where these take this part of the budget. */
const LONGEST_TIMING = 0.1;
const FEWEST_TIMED_STEPS = 2;
/** Part of the budget that plans make use of: steps may become a little slower, and files are to be written. */
const PLANNED_PART = 0.95;
/** Of the time that a picture takes in training; a forward pass alone is about a third of it. */
const EVALUATION_PART = 0.5;

/** Where the budget is too short for anything, it ends after the few steps that are timed. */
export function timeBudget(options: TimeBudgetOptions): TimeBudget {
  const { budgetMs, stepsPerEpoch, mostSteps, clock, onPlan } = options;
  const startedAtMs = clock();
  let state: TimeBudgetState = { usedMs: 0, totalSteps: null, stepMs: null, validationMs: null };
  let usedBeforeMs = 0;
  let lastAtMs: number | null = null;
  let durationsMs: number[] = [];

  const usedMs = (): number => usedBeforeMs + clock() - startedAtMs;
  const totalSteps = (): number => state.totalSteps ?? mostSteps;

  /** When a run of so many steps would have been judged. */
  function endMs(total: number, { step, epoch }: Position, stepMs: number): number {
    const perImageMs = (EVALUATION_PART * stepMs) / options.imagesPerStep;
    const { validationMs } = state;
    const epochEndMs = validationMs ?? options.validationImages * perImageMs;
    const judgingMs =
      validationMs !== null && options.validationImages > 0
        ? (validationMs * options.judgedImages) / options.validationImages
        : options.judgedImages * perImageMs;
    const epochsLeft = Math.max(0, Math.ceil(total / stepsPerEpoch) - (epoch - 1));
    return usedMs() + (total - step) * stepMs + epochsLeft * epochEndMs + judgingMs;
  }

  function plan(position: Position, stepMs: number): void {
    const most = totalSteps();
    let [enough, tooMany] = [Math.min(position.fewest, most), most + 1];
    while (tooMany - enough > 1) {
      const middle = Math.floor((enough + tooMany) / 2);
      if (endMs(middle, position, stepMs) <= PLANNED_PART * budgetMs) enough = middle;
      else tooMany = middle;
    }
    state = { ...state, totalSteps: enough, stepMs };
    onPlan?.({ totalSteps: enough, stepMs });
  }

  function look(position: Position): void {
    const isOver = (stepMs: number): boolean => endMs(position.step + 1, position, stepMs) > budgetMs;
    if (position.step >= totalSteps()) return;
    if (state.stepMs !== null && isOver(state.stepMs)) return plan(position, state.stepMs);
    const isFirst = state.totalSteps === null;
    const isLongEnough =
      isFirst && usedMs() >= LONGEST_TIMING * budgetMs && durationsMs.length >= FEWEST_TIMED_STEPS;
    if (durationsMs.length < TIMED_STEPS && !isLongEnough) return;
    // Of the first steps some wait for workers that have only begun; later a slow one is as real as the others.
    const stepMs = isFirst ? medianOf(durationsMs) : meanOf(durationsMs);
    durationsMs = [];
    if (isFirst || endMs(totalSteps(), position, stepMs) > budgetMs) plan(position, stepMs);
    else state = { ...state, stepMs };
  }

  return {
    totalSteps,
    callback: {
      name: "timeBudget",
      onStepEnd({ step, epoch }) {
        const nowMs = clock();
        if (lastAtMs !== null) durationsMs.push(nowMs - lastAtMs);
        lastAtMs = nowMs;
        look({ step, epoch, fewest: step + 1 });
      },
      onEpochEnd({ step, epoch }) {
        const nowMs = clock();
        if (lastAtMs !== null) state = { ...state, validationMs: nowMs - lastAtMs };
        lastAtMs = nowMs;
        look({ step, epoch: epoch + 1, fewest: step });
      },
      getState: () => ({ ...state, usedMs: usedMs() }),
      setState(saved) {
        state = saved;
        usedBeforeMs = saved.usedMs;
      },
    },
  };
}

/** Updates done, and the epoch at hand, at an epoch's end the next one. */
interface Position {
  readonly step: number;
  readonly epoch: number;
  /** Updates that a plan from here has at least: within an epoch one more, which knows that it is the last. */
  readonly fewest: number;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
