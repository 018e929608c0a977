/**
 * Is it better? Groups of runs, each one method with several seeds, compared with the first of them on the same pictures: how
 * large the difference is, how surely it is one, and both in a sentence.
 */
import type { Rng } from "@convkit/random";
import { correctByHolm } from "../correct-by-holm.js";
import { mcnemar, type McNemar } from "./mcnemar.js";
import {
  COMPARISON_METRICS,
  measuresOf,
  rightOn,
  type ComparisonMetricName,
  type Measure,
} from "./measures.js";
import { judgeDifference, MOST_UNDEFINED, resamplePictures, type Difference } from "./paired-bootstrap.js";
import { findSamePictures, type NamedJudgements, type SamePictures } from "./same-pictures.js";
import { finish, type Steps } from "./steps.js";
import { wordVerdict } from "./verdict.js";

/** Runs that differ in their seeds alone. */
export interface ComparedGroup {
  readonly name: string;
  /** One or more. */
  readonly runs: readonly NamedJudgements[];
}

export interface CompareRunsOptions {
  /** Draws pictures and seeds; equal ones give equal intervals. */
  readonly rng: Rng;
  /** Default `accuracy`, of label sets `mean_average_precision`. */
  readonly metric?: ComparisonMetricName | undefined;
  /** Resamples of the pictures; default 2000. */
  readonly resamples?: number | undefined;
}

export interface GroupFigure {
  readonly mean: number;
  /** Of the sample (n − 1); null of one run. */
  readonly deviation: number | null;
}

export interface GroupSummary {
  readonly name: string;
  readonly runIds: readonly string[];
  /** By metric: all that can be measured on such predictions. */
  readonly figures: Partial<Record<ComparisonMetricName, GroupFigure>>;
}

/** Of a group, beside the first one. */
export interface GroupDifference extends Difference {
  readonly name: string;
  /** `pValue` is McNemar's where the metric is the accuracy of one run each, else the bootstrap's. */
  readonly test: "mcnemar" | "bootstrap";
  /** `pValue` by Holm's method, as many differences being judged at once; equal to it of a single one. */
  readonly correctedPValue: number;
  /** `better` and `worse` than the first group: the interval leaves out 0 and the corrected p is below 0.05. */
  readonly outcome: "better" | "worse" | "undecided";
  /** Of one run each, where pictures have one class. */
  readonly mcnemar?: McNemar;
}

export interface GroupComparison {
  readonly metric: ComparisonMetricName;
  readonly split: string;
  readonly pictureCount: number;
  readonly resamples: number;
  /** The first one is what the others are compared with. */
  readonly groups: readonly GroupSummary[];
  /** Of the others, in their order. */
  readonly differences: readonly GroupDifference[];
  /** All of it in plain sentences; of several differences, a line each. */
  readonly verdict: string;
}

/** A metric that such predictions have not. */
export class MetricNotComparedError extends Error {
  override readonly name = "MetricNotComparedError";
}

const USUAL_RESAMPLES = 2000;
const LEVEL = 0.05;

/**
 * With how many resamples a difference of one run each can be told at all, however large it is: the least p of B resamples is
 * 2 / (B + 1), Holm's method multiplies it by the number of comparisons, and up to a tenth of the resamples may be left out as undefined.
 */
export function leastResamples(comparisons: number): number {
  return Math.ceil((2 * comparisons) / LEVEL / (1 - MOST_UNDEFINED));
}

/**
 * Compares each group with the first. Per group and metric the mean and deviation over its runs; per difference a 95 % interval and
 * a p-value (`paired-bootstrap.ts` has formula and sources), of one run each also McNemar's exact test. Several differences are
 * corrected by Holm's method (Holm 1979, https://www.jstor.org/stable/4615733); intervals are of each difference by itself.
 *
 * @param groups two or more.
 * @throws {TestDataMismatchError} if the runs were judged on different pictures, labels, classes or splits.
 * @throws {MetricNotComparedError} if the pictures' kind of label has no such metric.
 * @throws {InvalidPredictionsError} if no picture has a label.
 */
export function compareRuns(groups: readonly ComparedGroup[], options: CompareRunsOptions): GroupComparison {
  return finish(comparisonSteps(groups, options));
}

/**
 * `compareRuns` in steps, each of them one run's figure on one resample or less: for a server, which has others to answer.
 * Errors are those of `compareRuns`, thrown by `next`.
 */
export function* comparisonSteps(
  groups: readonly ComparedGroup[],
  options: CompareRunsOptions,
): Steps<GroupComparison> {
  const runs = groups.flatMap((group) => group.runs);
  const same = yield* findSamePictures(runs);
  const measures: ReadonlyMap<ComparisonMetricName, Measure>[] = [];
  for (const [run, { judgements }] of runs.entries()) {
    measures.push(yield* measuresOf(judgements, same.rows[run]!));
    yield;
  }
  const metric = options.metric ?? [...measures[0]!.keys()][0]!;
  const { resamples = USUAL_RESAMPLES, rng } = options;
  const resampled = yield* resamplePictures(
    measures.map((ofRun) => measureOf(ofRun, metric)),
    { strata: same.strata, resamples, rng: rng.split("pictures") },
  );
  const indices = indicesOf(groups);
  const [first, ...others] = indices as [number[], ...number[][]];
  const judged: Omit<GroupDifference, "correctedPValue" | "outcome">[] = [];
  for (const [index, runIndices] of others.entries()) {
    const difference = judgeDifference(resampled, [first, runIndices], rng.split("seeds").split(index));
    const tested = testPair({ runs, same, pair: [first, runIndices] });
    const isTested = tested !== undefined && metric === "accuracy";
    judged.push({
      name: groups[index + 1]!.name,
      ...difference,
      ...(isTested && { pValue: tested.pValue }),
      test: isTested ? "mcnemar" : "bootstrap",
      ...(tested && { mcnemar: tested }),
    });
    yield;
  }
  const corrected = correctByHolm(judged.map(({ pValue }) => pValue));
  const differences = judged.map((one, index) => ({
    ...one,
    correctedPValue: corrected[index]!,
    outcome: outcomeOf(one, corrected[index]!, metric),
  }));
  const summaries: GroupSummary[] = [];
  for (const [index, { name, runs: ofGroup }] of groups.entries()) {
    const ofRuns = indices[index]!.map((run) => measures[run]!);
    summaries.push({
      name,
      runIds: ofGroup.map(({ id }) => id),
      figures: yield* figuresOf(ofRuns, same.count),
    });
  }
  const comparison = {
    metric,
    split: runs[0]!.judgements.split,
    pictureCount: same.count,
    resamples,
    groups: summaries,
    differences,
  };
  return { ...comparison, verdict: wordVerdict(comparison) };
}

function indicesOf(groups: readonly ComparedGroup[]): number[][] {
  let next = 0;
  return groups.map(({ runs }) => runs.map(() => next++));
}

function measureOf(
  measures: ReadonlyMap<ComparisonMetricName, Measure>,
  metric: ComparisonMetricName,
): Measure {
  const measure = measures.get(metric);
  if (measure) return measure;
  throw new MetricNotComparedError(
    `Expected one of ${[...measures.keys()].join(", ")} for such pictures. Received: ${metric}.`,
  );
}

interface TestedPair {
  readonly runs: readonly NamedJudgements[];
  readonly same: SamePictures;
  readonly pair: readonly [readonly number[], readonly number[]];
}

/** Undefined of several runs, whose mistakes on one picture are no independent trials, and of label sets. */
function testPair({ runs, same, pair }: TestedPair): McNemar | undefined {
  if (pair.some(({ length }) => length > 1)) return undefined;
  const right = pair.map(([run]) => {
    const { judgements } = runs[run!]!;
    return judgements.labelSets ? undefined : rightOn(judgements, same.rows[run!]!);
  });
  return right[0] && right[1] && mcnemar(right[0], right[1]);
}

function outcomeOf(
  { difference, interval: [low, high] }: Difference,
  pValue: number,
  metric: ComparisonMetricName,
): GroupDifference["outcome"] {
  // Written so that NaN decides nothing.
  if (!(pValue < LEVEL) || !(low > 0 || high < 0)) return "undecided";
  return difference > 0 === (COMPARISON_METRICS[metric].better === "higher") ? "better" : "worse";
}

function* figuresOf(
  ofRuns: readonly ReadonlyMap<ComparisonMetricName, Measure>[],
  pictureCount: number,
): Steps<GroupSummary["figures"]> {
  const once = new Float64Array(pictureCount).fill(1);
  const figures: [ComparisonMetricName, GroupFigure][] = [];
  for (const name of ofRuns[0]!.keys()) {
    const values: number[] = [];
    for (const measures of ofRuns) {
      values.push(measures.get(name)!(once));
      yield;
    }
    figures.push([name, meanAndDeviation(values)]);
  }
  return Object.fromEntries(figures);
}

function meanAndDeviation(values: readonly number[]): GroupFigure {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length === 1) return { mean, deviation: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
