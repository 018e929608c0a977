/** The verdict on runs of the record: the same computation as `convkit compare`, with fewer resamples where there is much to draw. */
import { readJudgements, type BlobStore, type Database } from "@convkit/db";
import {
  COMPARISON_METRICS,
  comparisonSteps,
  judgementsOfRun,
  leastResamples,
  TestDataMismatchError,
  type ComparisonMetric,
  type ComparisonMetricName,
  type GroupComparison,
} from "@convkit/evaluator";
import { Rng } from "@convkit/random";
import { groupsToCompare } from "@convkit/schema";
import { runInTurns } from "./run-in-turns.js";

export interface CompareJudgedRunsQuery {
  /** Two or more. */
  readonly runIds: readonly string[];
  readonly split: string;
  /** Default `accuracy`, of label sets `mean_average_precision`. */
  readonly metric?: ComparisonMetricName | undefined;
  /** The run whose group the others are compared with; default the first. */
  readonly baseline?: string | undefined;
}

export type RunVerdict =
  | ({ readonly comparison: GroupComparison } & {
      readonly metric: ComparisonMetric;
      /** The configs differ in seed alone: each run is a group of its own. */
      readonly isOneMethod: boolean;
      /** The pictures have the same ids and labels in data sets whose hashes differ. */
      readonly isOtherData: boolean;
    })
  /** Why they cannot be compared. */
  | {
      readonly comparison: null;
      readonly first: string;
      readonly other: string;
      readonly differences: readonly string[];
    };

/** More pictures of more runs than the server resamples for a page. */
export class TooMuchToCompareError extends Error {
  override readonly name = "TooMuchToCompareError";
}

/** What a comparison costs at most: measured pictures (of label sets, times the labels), of all runs and resamples together. A billion take one to two seconds of turns, of label sets seven. */
export const MOST_DRAWS = 1e9;
/** Of fewer, the ends of an interval of 95 % are a matter of luck. */
const RESAMPLES = { most: 2000, least: 200 };

export interface ComparisonSize {
  readonly runs: number;
  /** Two or more. */
  readonly groups: number;
  /** Judged pictures of each run. */
  readonly pictures: number;
  /** Of label sets how many labels there are; 1 of pictures with one class each. */
  readonly labels: number;
}

/**
 * How many resamples are affordable.
 * @throws {TooMuchToCompareError} if they are too few for an interval, or for any difference to be told among so many comparisons.
 */
export function affordableResamples(size: ComparisonSize): number {
  const affordable = Math.floor(MOST_DRAWS / Math.max(1, drawsOf(size)));
  const least = leastFor(size);
  if (affordable >= least) return Math.min(RESAMPLES.most, affordable);
  const { runs, groups, pictures, labels } = size;
  const isOfSets = labels > 1;
  let fewer = runs - 1;
  const isTooMuch = (one: ComparisonSize) => drawsOf(one) * leastFor(one) > MOST_DRAWS;
  while (fewer > 1 && isTooMuch({ ...size, runs: fewer, groups: Math.min(groups, fewer) })) fewer--;
  const factors = [
    `${runs} runs`,
    `${text(pictures)} pictures`,
    ...(isOfSets ? [`${labels} labels`] : []),
  ].join(" × ");
  throw new TooMuchToCompareError(
    `Expected ${text(Math.floor(MOST_DRAWS / least))} judged ${isOfSets ? "labels of pictures" : "pictures"} at most, of all runs together. ` +
      `Received: ${text(drawsOf(size))}, ${factors}. ` +
      (fewer > 1
        ? `Compare ${fewer} runs here, or all of them by convkit compare.`
        : "Compare them by convkit compare."),
  );
}

const drawsOf = ({ runs, pictures, labels }: ComparisonSize) => runs * pictures * labels;
const leastFor = ({ groups }: ComparisonSize) => Math.max(RESAMPLES.least, leastResamples(groups - 1));
const text = (count: number) => count.toLocaleString("en");

/**
 * Runs that were judged on different data are no error: the answer then says how they differ.
 * @param signal ends it, with its reason, where nobody waits for the answer any more.
 * @throws {PredictionsNotFoundError}
 * @throws {InvalidPredictionsError} naming it, if a run's label sets have probabilities that are none.
 * @throws {MetricNotComparedError} if the pictures' kind of label has no such metric.
 * @throws {TooMuchToCompareError}
 */
export async function compareJudgedRuns(
  { database, blobs }: { readonly database: Database; readonly blobs: BlobStore },
  { runIds, split, metric, baseline }: CompareJudgedRunsQuery,
  signal?: AbortSignal,
): Promise<RunVerdict> {
  const isFirst = (id: string) => Number(id === baseline);
  const ordered = [...new Set(runIds)].sort((a, b) => isFirst(b) - isFirst(a));
  const read = await readJudgements(database, { runIds: ordered, split, blobs });
  const runs = read.map((run) =>
    "predictions" in run
      ? { id: run.id, config: run.config, judgements: judgementsOfRun(run.id, () => run.predictions) }
      : run,
  );
  const { groups, isOneMethod } = groupsToCompare(runs);
  const { ids, classNames, ...first } = runs[0]!.judgements;
  const resamples = affordableResamples({
    runs: runs.length,
    groups: groups.length,
    pictures: ids.length,
    labels: "labelSets" in first ? classNames.length : 1,
  });
  try {
    const comparison = await runInTurns(
      comparisonSteps(groups, { metric, resamples, rng: Rng.fromSeed("compare") }),
      signal,
    );
    const hashes = new Set(runs.map(({ config }) => config.data.contentHash));
    return {
      comparison,
      metric: COMPARISON_METRICS[comparison.metric],
      isOneMethod,
      isOtherData: hashes.size > 1,
    };
  } catch (error) {
    if (!(error instanceof TestDataMismatchError)) throw error;
    const { first, other, differences } = error;
    return { comparison: null, first, other, differences };
  }
}
