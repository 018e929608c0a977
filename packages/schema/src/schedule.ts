/**
 * Learning rate per step: pure functions over a `ScheduleSpec`, which training and the dashboard's charts share. An entry
 * of its own, `@convkit/schema/schedule`, that a page can import without zod.
 * cosine: Loshchilov & Hutter 2016, "SGDR", §3 (no restarts), https://arxiv.org/abs/1608.03983
 * one-cycle: Smith & Topin 2017, "Super-Convergence", https://arxiv.org/abs/1708.07120, with the two phases of
 *   PyTorch's OneCycleLR; deviates where a phase would be shorter than one step: it is left out there.
 * step, exponential, polynomial: PyTorch's StepLR and MultiStepLR, ExponentialLR, PolynomialLR. Deviate in that
 *   exponential falls at each step, by the same factor over an epoch, where PyTorch's falls at an epoch's end.
 * triangular: Jordan 2024, `triangle` in legacy/airbench94.py of https://github.com/KellerJordan/cifar10-airbench
 * linear warm-up: Goyal et al. 2017, §2.2, https://arxiv.org/abs/1706.02677
 */
import type { ScheduleSpec } from "./schedule-spec.js";

/** The learning rate of an update, from the number of updates done before it (0 at the first). */
export type Schedule = (step: number) => number;

export interface ScheduleOptions {
  /** The highest rate of the schedule. */
  readonly learningRate: number;
  /** Updates of the whole run: epochs × steps per epoch. */
  readonly totalSteps: number;
  /** Of what counts in epochs: needed by `step` and `exponential`. */
  readonly stepsPerEpoch?: number;
}

type Builders = {
  [Name in ScheduleSpec["name"]]: (
    spec: Extract<ScheduleSpec, { name: Name }>,
    options: ScheduleOptions,
  ) => Schedule;
};

const BUILDERS: Builders = {
  constant: constantAfterWarmup,

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

  /** lr(k) = peak · gamma^falls, where epochs count from the run's start: a warm-up moves no fall. */
  step: (spec, options) => {
    const { learningRate, totalSteps } = options;
    const stepsPerEpoch = stepsPerEpochOf(spec, options);
    const warmupSteps = Math.round(spec.warmupFraction * totalSteps);
    const { gamma, stepEpochs, milestones = [] } = spec;
    // At the first step that begins after so many epochs; 1e-9 for 0.1 · 30, which is not quite 3.
    const isPast = (epoch: number, step: number) => step + 1e-9 >= epoch * stepsPerEpoch;
    const fallsAt = (step: number) =>
      stepEpochs === undefined
        ? milestones.filter((epoch) => isPast(epoch, step)).length
        : Math.floor((step + 1e-9) / (stepEpochs * stepsPerEpoch));
    return (step) => {
      const rate = learningRate * gamma ** fallsAt(step);
      return step < warmupSteps ? (rate * (step + 1)) / warmupSteps : rate;
    };
  },

  /** lr(k) = peak · gamma^(k / steps per epoch), k counted after the warm-up. */
  exponential: (spec, options) => {
    const { learningRate, totalSteps } = options;
    const stepsPerEpoch = stepsPerEpochOf(spec, options);
    const warmupSteps = Math.round(spec.warmupFraction * totalSteps);
    return withWarmup(
      warmupSteps,
      learningRate,
      (step) => learningRate * spec.gamma ** ((step - warmupSteps) / stepsPerEpoch),
    );
  },

  /** lr(k) = final + (peak − final) · (1 − k/K)^power, k and K counted after the warm-up. */
  polynomial: (spec, { learningRate, totalSteps }) => {
    const warmupSteps = Math.round(spec.warmupFraction * totalSteps);
    const decaySteps = Math.max(1, totalSteps - warmupSteps);
    const final = learningRate * spec.finalFactor;
    return withWarmup(
      warmupSteps,
      learningRate,
      (step) => final + (learningRate - final) * (1 - (step - warmupSteps) / decaySteps) ** spec.power,
    );
  },

  /** peak·startFactor → peak at step ⌊peakFraction·K⌋ → peak·finalFactor at step K, which is the first not done. */
  triangular: (spec, { learningRate, totalSteps }) => {
    const peakAt = Math.floor(spec.peakFraction * totalSteps);
    return (step) =>
      step < peakAt
        ? linearBetween(learningRate * spec.startFactor, learningRate, step / peakAt)
        : linearBetween(
            learningRate,
            learningRate * spec.finalFactor,
            (step - peakAt) / Math.max(1, totalSteps - peakAt),
          );
  },

  /** Before any fall: when one comes depends on the run. */
  "reduce-on-plateau": constantAfterWarmup,
};

/**
 * Builds the schedule a run's config names. That of `reduce-on-plateau` is the rate without its falls.
 * @throws {RangeError} if the schedule counts in epochs and `stepsPerEpoch` is left out.
 */
export function createSchedule(spec: ScheduleSpec, options: ScheduleOptions): Schedule {
  const build = BUILDERS[spec.name] as (spec: ScheduleSpec, options: ScheduleOptions) => Schedule;
  return build(spec, options);
}

/** Updates of a run in an epoch: in whole batches alone, unless all pictures are fewer than one. */
export function trainingStepsPerEpoch(pictures: number, batchSize: number): number {
  return Math.max(1, Math.floor(pictures / batchSize));
}

function constantAfterWarmup(
  { warmupFraction }: { readonly warmupFraction: number },
  { learningRate, totalSteps }: ScheduleOptions,
): Schedule {
  return withWarmup(Math.round(warmupFraction * totalSteps), learningRate, () => learningRate);
}

/** Rises in equal steps, so that the last step of the warm-up already runs at the peak. */
function withWarmup(warmupSteps: number, peak: number, after: Schedule): Schedule {
  return (step) => (step < warmupSteps ? (peak * (step + 1)) / warmupSteps : after(step));
}

function stepsPerEpochOf({ name }: ScheduleSpec, { stepsPerEpoch }: ScheduleOptions): number {
  if (stepsPerEpoch !== undefined) return stepsPerEpoch;
  throw new RangeError(
    `Expected \`stepsPerEpoch\` for the schedule "${name}", which counts in epochs. Received: none. ` +
      "Hand the loader's to createSchedule.",
  );
}

function linearBetween(start: number, end: number, fraction: number): number {
  return start + (end - start) * fraction;
}

function cosineBetween(start: number, end: number, fraction: number): number {
  return end + ((start - end) / 2) * (1 + Math.cos(Math.PI * fraction));
}
