/**
 * How far a difference between two groups of runs is known: a paired bootstrap over the pictures that all were judged on, and
 * Student's t over the seeds.
 *
 * Pictures: each resample draws as many pictures as there are, with replacement and within each class, and measures every run on the
 * same ones; where both are right on the same easy pictures, that cancels out. Efron & Tibshirani 1993, "An Introduction to
 * the Bootstrap", ch. 13 (percentile interval) and ch. 8 (other structures of data).
 *
 * Seeds: a group's mean over n runs would be another with other seeds (Bouthillier et al. 2021, "Accounting for Variance in Machine
 * Learning Benchmarks", https://arxiv.org/abs/2103.03098). Drawing three seeds from three makes intervals that are too
 * narrow, by √(2/3) and by taking a deviation of three values for the true one; so their part is drawn from the t distribution:
 *
 *   Δ* = Δ + κ (Δ(pictures*) − Δ) + √(s² (1/n₁ + 1/n₂)) · t*,   t* of n₁ + n₂ − 2 degrees of freedom,
 *
 * with s² the runs' variance within both groups, pooled. That one holds already how differently two seeds take the same
 * pictures, which the resampled pictures would count a second time (nearly all of the deviation of seeds is that: Jordan 2023,
 * https://arxiv.org/abs/2304.01910). Resamples tell how much it is, v = mean(s²(pictures*)) − s², and
 * κ² = 1 − v (1/n₁ + 1/n₂) / Var(Δ(pictures*)), at least 0, takes it out. Of one run each, κ is 1 and there is no t: the
 * interval is of these two networks, and knows nothing of other seeds.
 */
import type { Interval } from "@convkit/schema";
import type { Rng } from "@convkit/random";
import type { Measure } from "./measures.js";

/** Figures of every run: on the pictures, and on each resample of them. */
export interface Resampled {
  /** [runs] */
  readonly observed: Float64Array;
  /** [runs] of each resample. */
  readonly resamples: readonly Float64Array[];
}

export interface ResampleOptions {
  readonly strata: readonly Int32Array[];
  readonly resamples: number;
  readonly rng: Rng;
}

/** @param measures one a run, over the same pictures. */
export function resamplePictures(measures: readonly Measure[], options: ResampleOptions): Resampled {
  const { strata, resamples, rng } = options;
  const counts = new Uint32Array(strata.reduce((sum, { length }) => sum + length, 0)).fill(1);
  const figures = () => Float64Array.from(measures, (measure) => measure(counts));
  const observed = figures();
  return {
    observed,
    resamples: Array.from({ length: resamples }, () => {
      counts.fill(0);
      for (const stratum of strata) {
        // Twice as fast as `int`, and uneven by less than the number of pictures / 2³².
        const scale = stratum.length / 2 ** 32;
        for (let draw = 0; draw < stratum.length; draw++) {
          counts[stratum[Math.floor(rng.nextUint32() * scale)]!]!++;
        }
      }
      return figures();
    }),
  };
}

export interface Difference {
  /** Mean of the second group less that of the first. */
  readonly difference: number;
  /** Of 95 %. */
  readonly interval: Interval;
  /** Two-sided: how rarely a resampled difference is on the other side of 0. */
  readonly pValue: number;
}

/** Cheap, and the tails of t need more than a picture's resamples. */
const SEEDS_A_RESAMPLE = 10;

/** @param groups indices of the runs of the first and of the second group. */
export function judgeDifference(
  { observed, resamples }: Resampled,
  groups: readonly [readonly number[], readonly number[]],
  rng: Rng,
): Difference {
  const difference = differenceOf(observed, groups);
  if (!Number.isFinite(difference)) return { difference, interval: [NaN, NaN], pValue: NaN };
  const onPictures = resamples.map((figures) => differenceOf(figures, groups));
  const drawn = Float64Array.from(
    groups[0].length + groups[1].length > 2
      ? withSeeds({ observed, resamples }, { groups, difference, onPictures, rng })
      : onPictures,
  ).sort();
  const beyond = Math.floor(0.025 * drawn.length);
  const notAbove = drawn.filter((value) => value <= 0).length;
  const notBelow = drawn.filter((value) => value >= 0).length;
  return {
    difference,
    interval: [drawn[beyond]!, drawn[drawn.length - 1 - beyond]!],
    pValue: Math.min(1, (2 * (Math.min(notAbove, notBelow) + 1)) / (drawn.length + 1)),
  };
}

interface SeedsOptions {
  readonly groups: readonly [readonly number[], readonly number[]];
  readonly difference: number;
  readonly onPictures: readonly number[];
  readonly rng: Rng;
}

function withSeeds({ observed, resamples }: Resampled, options: SeedsOptions): Float64Array {
  const { groups, difference, onPictures, rng } = options;
  const weight = 1 / groups[0].length + 1 / groups[1].length;
  const freedom = groups[0].length + groups[1].length - 2;
  const ofSeeds = varianceWithin(observed, groups);
  const twice = mean(resamples.map((figures) => varianceWithin(figures, groups))) - ofSeeds;
  const centre = mean(onPictures);
  const ofPictures = mean(onPictures.map((value) => (value - centre) ** 2));
  const kept = ofPictures === 0 ? 0 : Math.sqrt(Math.max(0, 1 - (twice * weight) / ofPictures));
  const scale = Math.sqrt(ofSeeds * weight);
  const drawn = new Float64Array(onPictures.length * SEEDS_A_RESAMPLE);
  for (let draw = 0; draw < drawn.length; draw++) {
    const student = rng.normal() / Math.sqrt(rng.gamma(freedom / 2) / (freedom / 2));
    const value = onPictures[draw % onPictures.length]!;
    drawn[draw] = difference + kept * (value - difference) + scale * student;
  }
  return drawn;
}

function differenceOf(figures: Float64Array, [first, second]: SeedsOptions["groups"]): number {
  return meanOf(figures, second) - meanOf(figures, first);
}

/** Pooled over both groups, each about its own mean. */
function varianceWithin(figures: Float64Array, groups: SeedsOptions["groups"]): number {
  let [squares, freedom] = [0, 0];
  for (const runs of groups) {
    const centre = meanOf(figures, runs);
    for (const run of runs) squares += (figures[run]! - centre) ** 2;
    freedom += runs.length - 1;
  }
  return squares / freedom;
}

function meanOf(figures: Float64Array, runs: readonly number[]): number {
  let sum = 0;
  for (const run of runs) sum += figures[run]!;
  return sum / runs.length;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
