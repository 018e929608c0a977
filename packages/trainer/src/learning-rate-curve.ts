/**
 * What a range of learning rates says: Smith 2017, "Cyclical Learning Rates for Training Neural Networks", §3.3,
 * https://arxiv.org/abs/1506.01186. The rate rises exponentially from step to step while the loss is watched.
 *
 * Smoothing, the end at divergence and both suggestions are fastai's (`fastai/callback/schedule.py`, `lr_find`): the rate at
 * which the loss falls most steeply, and one in the longest stretch of falling losses ("valley"). Differs in what is left
 * out at the beginning: a tenth of the steps that were done, not of those that were to be done.
 */

export interface LearningRatePoint {
  readonly learningRate: number;
  /** Of the step's pictures, before its update. */
  readonly loss: number;
  /** Exponential moving average of the losses up to here. */
  readonly smoothed: number;
}

export interface LearningRateSuggestion {
  /** Where the smoothed loss falls most steeply, over the logarithm of the rate. */
  readonly steepest: number;
  /** In the longest stretch of falling losses, half of it behind its first third. */
  readonly valley: number;
}

export interface RateRange {
  readonly from: number;
  readonly to: number;
  readonly steps: number;
}

const KEPT = 0.98;
/** Times the best loss. */
const DIVERGED = 4;
/** The last points before divergence say more of it than of good rates. */
const LEFT_OUT_AT_END = 5;
const FEWEST_POINTS = 5;

/** @param step from 0 to `steps` − 1. */
export function rateOfStep(step: number, { from, to, steps }: RateRange): number {
  return from * (to / from) ** (steps > 1 ? step / (steps - 1) : 0);
}

/** Gathers losses. */
export class LearningRateCurve {
  readonly points: LearningRatePoint[] = [];
  #average = 0;
  #best = Infinity;

  /** @returns whether the loss has diverged: it is no number, or four times the best. */
  add(learningRate: number, loss: number): boolean {
    if (!Number.isFinite(loss)) return true;
    this.#average = KEPT * this.#average + (1 - KEPT) * loss;
    const smoothed = this.#average / (1 - KEPT ** (this.points.length + 1));
    this.points.push({ learningRate, loss, smoothed });
    this.#best = Math.min(this.#best, smoothed);
    return smoothed > DIVERGED * this.#best;
  }
}

/** @returns null where the points are too few, or the loss never falls. */
export function suggestLearningRate(points: readonly LearningRatePoint[]): LearningRateSuggestion | null {
  const told = points.slice(Math.floor(points.length / 10), points.length - LEFT_OUT_AT_END);
  if (told.length < FEWEST_POINTS) return null;
  const steepest = steepestOf(told);
  const valley = valleyOf(told);
  return steepest === null || valley === null ? null : { steepest, valley };
}

function steepestOf(points: readonly LearningRatePoint[]): number | null {
  let steepest: { slope: number; learningRate: number } | null = null;
  for (const [i, { learningRate, smoothed }] of points.slice(0, -1).entries()) {
    const next = points[i + 1]!;
    const slope = (next.smoothed - smoothed) / Math.log(next.learningRate / learningRate);
    if (slope < (steepest?.slope ?? 0)) steepest = { slope, learningRate };
  }
  return steepest?.learningRate ?? null;
}

/** The longest falling subsequence by dynamic programming; where it starts is taken from its length, as fastai does. */
function valleyOf(points: readonly LearningRatePoint[]): number | null {
  const lengths = points.map(() => 1);
  let end = 0;
  for (const [i, { smoothed }] of points.entries()) {
    for (let j = 0; j < i; j++) {
      if (smoothed < points[j]!.smoothed) lengths[i] = Math.max(lengths[i]!, lengths[j]! + 1);
    }
    if (lengths[i]! > lengths[end]!) end = i;
  }
  if (lengths[end] === 1) return null;
  const start = Math.max(0, end - lengths[end]!);
  const third = (end - start) / 3;
  return points[start + Math.floor(third) + Math.floor(third / 2)]!.learningRate;
}
