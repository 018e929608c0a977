/** The verdict on runs of the record: the same computation as `convkit compare`, with fewer resamples where there is much to draw. */
import { readJudgements, type Database } from "@convkit/db";
import {
  COMPARISON_METRICS,
  compareRuns,
  TestDataMismatchError,
  type ComparisonMetric,
  type ComparisonMetricName,
  type GroupComparison,
} from "@convkit/evaluator";
import { Rng } from "@convkit/random";
import { groupByMethod } from "@convkit/schema";

export interface CompareJudgedRunsQuery {
  /** Two or more. */
  readonly runIds: readonly string[];
  readonly split: string;
  /** Default `accuracy`. */
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

/** What a comparison should cost: resampled pictures, of all runs together. A billion take some two seconds. */
const MOST_DRAWS = 2e8;
const RESAMPLES = { most: 2000, least: 400 };

/**
 * Runs that were judged on different data are no error: the answer then says how they differ.
 * @throws {PredictionsNotFoundError}
 */
export async function compareJudgedRuns(
  database: Database,
  { runIds, split, metric, baseline }: CompareJudgedRunsQuery,
): Promise<RunVerdict> {
  const isFirst = (id: string) => Number(id === baseline);
  const ordered = [...new Set(runIds)].sort((a, b) => isFirst(b) - isFirst(a));
  const runs = await readJudgements(database, { runIds: ordered, split });
  const methods = groupByMethod(runs);
  const isOneMethod = methods.length === 1;
  const groups = isOneMethod
    ? runs.map((run) => ({ name: run.config.name ?? run.id, runs: [run] }))
    : methods;
  const pictures = runs[0]!.judgements.ids.length * runs.length;
  const affordable = Math.round(MOST_DRAWS / Math.max(1, pictures));
  const resamples = Math.min(RESAMPLES.most, Math.max(RESAMPLES.least, affordable));
  try {
    const comparison = compareRuns(groups, { metric, resamples, rng: Rng.fromSeed("compare") });
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
