/**
 * How exactly figures are known from so many pictures: the bootstrap. What would the figure be on other test pictures of the same
 * kind? Pictures are drawn again, with replacement, from those that there are, as many of each class as it has. Efron 1979,
 * https://doi.org/10.1214/aos/1176344552; stratified: Davison & Hinkley 1997, "Bootstrap Methods and their Application", § 3.2.
 *
 * n of n pictures would spread by (n − 1) / n of what they should: of a class of five, intervals of its recall held 0.9 in 79 % of
 * simulated test sets. So n − 1 of each class are drawn, and each counts n / (n − 1) pictures, which is right class by class, and for what
 * is made of several (Rao & Wu 1988, "Resampling Inference With Complex Survey Data", JASA 83(401), § 2).
 *
 * The interval is the normal one with the bootstrap's standard error, on a scale without bounds (§ 5.2 there): of few pictures, or
 * near 0 and 1, it holds the true figure more often than percentiles, plain, bias-corrected or turned over, which fell to 68 to 87 % of
 * 1,000 simulated test sets of 60 pictures for the area under a ROC curve of 0.98, where this one held 93 %. It is weakest where a ranking
 * is of one class alone: an average precision of 0.9 with a hundred pictures of the class was held in 93.3 % of 5,000.
 */
import { Rng } from "@convkit/random";
import type { Interval, Predictions } from "@convkit/schema";
import { MOST_UNDEFINED } from "../comparison/paired-bootstrap.js";
import { labelledRows } from "../decisions.js";
import {
  countFigures,
  meanFigures,
  rankingFigures,
  type PictureWeights,
  type ResampledFigures,
} from "./resampled-figures.js";

export interface BootstrapOptions {
  readonly resamples: number;
  readonly seed: number;
  /** The ks of top-k accuracy. */
  readonly topK?: readonly number[];
}

export interface BootstrapIntervals {
  /** Of figures by their names in the report: `accuracy`, `topK.5`, `macroAverage.f1`. */
  readonly of: Record<string, Interval>;
  /**
   * In the order of `classNames`: `precision`, `recall`, `f1`, `rocAuc`, `averagePrecision`; nothing of a class without pictures, nor of
   * one with a single picture, which does not tell how others of it would differ.
   */
  readonly perClass: readonly Record<string, Interval>[];
}

/** The 0.975 quantile of the normal distribution: two sides of 95 %. */
const Z = 1.959964;

/** What figures lie between, where that is not 0 and 1. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  loss: [0, Infinity],
  brierScore: [0, Infinity],
  cohenKappa: [-1, 1],
  matthewsCorrelation: [-1, 1],
};

/** Below that, what differs between resamples is rounding. */
const SMALLEST_ERROR = 1e-9;

/** Pictures times classes times resamples: beyond, areas have no intervals, which would take longer than a second or two. */
const MOST_RANKED = 1e8;

/**
 * 95 % intervals of a report's figures. The same predictions and seed give the same intervals. Shares of the classes are taken as
 * given: what another mix of pictures would change is not in them. Of label sets all pictures are one stratum.
 *
 * A figure that is the best or worst there is, or that no resample changes, has no interval here: of a class that is always right,
 * resamples cannot tell how rarely it is wrong (`wilsonInterval` can, of a fraction). Nor has one that is NaN, or that is not defined
 * on more than a tenth of the resamples: the areas of a label that so few pictures have that they are often not drawn.
 */
export function bootstrapIntervals(
  predictions: Predictions,
  { resamples, seed, topK = [] }: BootstrapOptions,
): BootstrapIntervals {
  const strata = strataOf(predictions);
  const count = strata.reduce((sum, { length }) => sum + length, 0);
  const perClass = predictions.classNames.map((): Record<string, Interval> => ({}));
  const supports = supportsOf(predictions);
  const of: Record<string, Interval> = {};
  if (count === 0) return { of, perClass };
  const families = [meanFigures(predictions, topK), countFigures(predictions)];
  if (count * predictions.classNames.length * resamples <= MOST_RANKED) {
    families.push(rankingFigures(predictions));
  }
  for (const [name, interval] of intervalsOf(families, { strata, count, resamples, seed })) {
    const [, k, score] = /^perClass\.(\d+)\.(.*)$/.exec(name) ?? [];
    if (score === undefined) of[name] = interval;
    else if (supports[Number(k)]! > 1) perClass[Number(k)]![score] = interval;
  }
  return { of, perClass };
}

/** Positions among the labelled pictures, class by class; pictures with label sets are all of one stratum. */
function strataOf(predictions: Predictions): number[][] {
  const rows = labelledRows(predictions);
  if (predictions.labelSets) return [[...rows.keys()]];
  const strata = predictions.classNames.map((): number[] => []);
  for (const [i, row] of rows.entries()) strata[predictions.labels[row]!]!.push(i);
  return strata.filter(({ length }) => length > 0);
}

/** Pictures of each class. */
function supportsOf({ classNames, labels, labelSets }: Predictions): Float64Array {
  const supports = new Float64Array(classNames.length);
  if (labelSets) {
    for (const [i, has] of labelSets.entries()) supports[i % classNames.length]! += has;
  } else {
    for (const label of labels) if (label >= 0) supports[label]!++;
  }
  return supports;
}

function* intervalsOf(
  families: readonly ResampledFigures[],
  {
    strata,
    count,
    resamples,
    seed,
  }: { strata: readonly number[][]; count: number; resamples: number; seed: number },
): Iterable<[string, Interval]> {
  const rng = Rng.fromSeed(seed).split("bootstrap");
  const weights: PictureWeights = new Float64Array(count);
  const draws = families.map(({ names }) => names.map(() => new Float64Array(resamples)));
  for (let resample = 0; resample < resamples; resample++) {
    drawAgain(strata, weights, rng);
    for (const [i, family] of families.entries()) {
      for (const [j, value] of family.measure(weights).entries()) draws[i]![j]![resample] = value;
    }
  }
  weights.fill(1);
  for (const [i, family] of families.entries()) {
    const estimates = family.measure(weights);
    for (const [j, name] of family.names.entries()) {
      const estimate = estimates[j]!;
      const error = deviationOf(draws[i]![j]!);
      const [low, high] = RANGES[name] ?? [0, 1];
      if (error > SMALLEST_ERROR && estimate > low && estimate < high) {
        yield [name, intervalOf(estimate, error, [low, high])];
      }
    }
  }
}

function drawAgain(strata: readonly number[][], weights: PictureWeights, rng: Rng): void {
  weights.fill(0);
  for (const stratum of strata) {
    const { length } = stratum;
    // A single picture stands for itself.
    const drawn = Math.max(1, length - 1);
    for (let i = 0; i < drawn; i++) weights[stratum[rng.int(length)]!]! += length / drawn;
  }
}

/** Standard deviation of what is not NaN; NaN where too many draws are. */
function deviationOf(draws: Float64Array): number {
  const known = draws.filter((value) => !Number.isNaN(value));
  if (draws.length - known.length > MOST_UNDEFINED * draws.length) return Number.NaN;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (known.length - 1));
}

/**
 * With g(θ) = ln((θ − low) / (high − θ)): g⁻¹(g(θ) ± 1.96 g′(θ) · error).
 * @param range what the figure lies between; the upper bound may be Infinity, and g the logarithm.
 */
function intervalOf(estimate: number, error: number, [low, high]: readonly [number, number]): Interval {
  const above = estimate - low;
  if (high === Infinity) {
    const factor = Math.exp((Z * error) / above);
    return [low + above / factor, low + above * factor];
  }
  const odds = above / (high - estimate);
  const factor = Math.exp((Z * error * (high - low)) / (above * (high - estimate)));
  const at = (odds: number) => low + ((high - low) * odds) / (1 + odds);
  return [at(odds / factor), at(odds * factor)];
}
