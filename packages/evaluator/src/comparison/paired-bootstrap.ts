/**
 * How far a difference between two groups of runs is known: a paired bootstrap over the pictures that all were judged on, and
 * Student's t over the seeds.
 *
 * Pictures: each resample draws n − 1 of the n pictures of each class, with replacement, each counting n / (n − 1) times, and measures
 * every run on the same ones; where both are right on the same easy pictures, that cancels out. Efron & Tibshirani 1993, "An Introduction
 * to the Bootstrap", ch. 13 (percentile interval) and ch. 8 (other structures of data); n − 1 are drawn because n would spread by
 * (n − 1) / n of what they should (Rao & Wu 1988, "Resampling Inference With Complex Survey Data", JASA 83(401), § 2). Of B resamples
 * the interval's ends are the k-th lowest and the k-th highest, k = 0.025 (B + 1) (Davison & Hinkley 1997, "Bootstrap Methods and their
 * Application", § 5.3.1).
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
import type { Steps } from "./steps.js";

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
export function* resamplePictures(
  measures: readonly Measure[],
  { strata, resamples, rng }: ResampleOptions,
): Steps<Resampled> {
  const weights = new Float64Array(strata.reduce((sum, { length }) => sum + length, 0)).fill(1);
  const observed = yield* measureAll(measures, weights);
  const figures: Float64Array[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    drawAgain(strata, weights, rng);
    figures.push(yield* measureAll(measures, weights));
  }
  return { observed, resamples: figures };
}

function* measureAll(measures: readonly Measure[], weights: Float64Array): Steps<Float64Array> {
  const values = new Float64Array(measures.length);
  for (const [run, measure] of measures.entries()) {
    values[run] = measure(weights);
    yield;
  }
  return values;
}

function drawAgain(strata: readonly Int32Array[], weights: Float64Array, rng: Rng): void {
  weights.fill(0);
  for (const stratum of strata) {
    // A single picture stands for itself.
    const drawn = Math.max(1, stratum.length - 1);
    const weight = stratum.length / drawn;
    // Twice as fast as `int`, and uneven by less than the number of pictures / 2³².
    const scale = stratum.length / 2 ** 32;
    for (let draw = 0; draw < drawn; draw++) {
      weights[stratum[Math.floor(rng.nextUint32() * scale)]!]! += weight;
    }
  }
}

export interface Difference {
  /** Mean of the second group less that of the first. */
  readonly difference: number;
  /** Of 95 %; NaN where the difference is, or where too many resamples have none. */
  readonly interval: Interval;
  /** Two-sided: how rarely a resampled difference is on the other side of 0. */
  readonly pValue: number;
  /** Share of resamples that have no difference, as the metric is not defined on them. They are left out of interval and p. */
  readonly undefinedShare: number;
}

/** Of more resamples without a difference, the others are no fair picture of what might have been drawn. */
export const MOST_UNDEFINED = 0.1;

/** Below that, a difference is rounding: weighted pictures are summed in another order for each run. */
const SMALLEST_DIFFERENCE = 1e-12;

/** Cheap, and the tails of t need more than a picture's resamples. */
const SEEDS_A_RESAMPLE = 10;

/** @param groups indices of the runs of the first and of the second group. */
export function judgeDifference(
  { observed, resamples }: Resampled,
  groups: readonly [readonly number[], readonly number[]],
  rng: Rng,
): Difference {
  const difference = differenceOf(observed, groups);
  const known = resamples
    .map((figures) => ({ figures, value: differenceOf(figures, groups) }))
    .filter(({ value }) => Number.isFinite(value));
  const undefinedShare = 1 - known.length / resamples.length;
  if (!Number.isFinite(difference) || undefinedShare > MOST_UNDEFINED)
    return { difference, interval: [NaN, NaN], pValue: NaN, undefinedShare };
  const onPictures = known.map(({ value }) => value);
  const drawn = Float64Array.from(
    groups[0].length + groups[1].length > 2
      ? withSeeds(
          { observed, resamples: known.map(({ figures }) => figures) },
          { groups, difference, onPictures, rng },
        )
      : onPictures,
  ).sort();
  const beyond = Math.max(0, Math.floor(0.025 * (drawn.length + 1)) - 1);
  let [notAbove, notBelow] = [0, 0];
  for (const value of drawn) {
    if (value <= 0) notAbove++;
    if (value >= 0) notBelow++;
  }
  return {
    difference,
    interval: [drawn[beyond]!, drawn[drawn.length - 1 - beyond]!],
    pValue: Math.min(1, (2 * (Math.min(notAbove, notBelow) + 1)) / (drawn.length + 1)),
    undefinedShare,
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
    const value = onPictures[draw % onPictures.length]!;
    drawn[draw] = difference + kept * (value - difference) + scale * drawStudent(freedom, rng);
  }
  return drawn;
}

/** √(ν (U^(−2/ν) − 1)) · cos(2πV): Bailey 1994, https://doi.org/10.1090/S0025-5718-1994-1219705-X */
function drawStudent(freedom: number, rng: Rng): number {
  const radius = Math.sqrt(freedom * ((1 - rng.uniform()) ** (-2 / freedom) - 1));
  return radius * Math.cos(2 * Math.PI * rng.uniform());
}

function differenceOf(figures: Float64Array, [first, second]: SeedsOptions["groups"]): number {
  const difference = meanOf(figures, second) - meanOf(figures, first);
  return Math.abs(difference) < SMALLEST_DIFFERENCE ? 0 : difference;
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
