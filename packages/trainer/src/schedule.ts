/**
 * Learning rate per step.
 * cosine: Loshchilov & Hutter 2016, "SGDR", §3 (no restarts), https://arxiv.org/abs/1608.03983
 * one-cycle: Smith & Topin 2017, "Super-Convergence", https://arxiv.org/abs/1708.07120, with the two phases of
 *   PyTorch's OneCycleLR; deviates where a phase would be shorter than one step: it is left out there.
 * linear warm-up: Goyal et al. 2017, §2.2, https://arxiv.org/abs/1706.02677
 */
import type { ScheduleSpec } from "@convkit/schema";

/** The learning rate of an update, from the number of updates done before it (0 at the first). */
export type Schedule = (step: number) => number;

export interface ScheduleOptions {
  /** The highest rate of the schedule. */
  readonly learningRate: number;
  /** Updates of the whole run: epochs × steps per epoch. */
  readonly totalSteps: number;
}

type Builders = {
  [Name in ScheduleSpec["name"]]: (
    spec: Extract<ScheduleSpec, { name: Name }>,
    options: ScheduleOptions,
  ) => Schedule;
};

const BUILDERS: Builders = {
  constant: (spec, { learningRate, totalSteps }) =>
    withWarmup(Math.round(spec.warmupFraction * totalSteps), learningRate, () => learningRate),

  /** lr(k) = final + (peak − final) · (1 + cos(π·k/K)) / 2, k and K counted after the warm-up. */
  cosine: (spec, { learningRate, totalSteps }) => {
    const warmupSteps = Math.round(spec.warmupFraction * totalSteps);
    const decaySteps = Math.max(1, totalSteps - warmupSteps);
    return withWarmup(warmupSteps, learningRate, (step) =>
      cosineBetween(learningRate, learningRate * spec.finalFactor, (step - warmupSteps) / decaySteps),
    );
  },

  /** peak/divFactor → peak at step pctStart·K − 1 → peak/divFactor/finalDivFactor at the last step. */
  "one-cycle": (spec, { learningRate, totalSteps }) => {
    const between = spec.anneal === "cos" ? cosineBetween : linearBetween;
    const initial = learningRate / spec.divFactor;
    const final = initial / spec.finalDivFactor;
    const peakAt = Math.max(0, spec.pctStart * totalSteps - 1);
    const fallingSteps = Math.max(1, totalSteps - 1 - peakAt);
    return (step) =>
      step < peakAt
        ? between(initial, learningRate, step / peakAt)
        : between(learningRate, final, (step - peakAt) / fallingSteps);
  },
};

/** Builds the schedule a run's config names. */
export function createSchedule(spec: ScheduleSpec, options: ScheduleOptions): Schedule {
  const build = BUILDERS[spec.name] as (spec: ScheduleSpec, options: ScheduleOptions) => Schedule;
  return build(spec, options);
}

/** Rises in equal steps, so that the last step of the warm-up already runs at the peak. */
function withWarmup(warmupSteps: number, peak: number, after: Schedule): Schedule {
  return (step) => (step < warmupSteps ? (peak * (step + 1)) / warmupSteps : after(step));
}

function linearBetween(start: number, end: number, fraction: number): number {
  return start + (end - start) * fraction;
}

function cosineBetween(start: number, end: number, fraction: number): number {
  return end + ((start - end) / 2) * (1 + Math.cos(Math.PI * fraction));
}
