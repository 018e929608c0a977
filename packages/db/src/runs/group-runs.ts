/** Runs with equal values in one row: the mean and spread of a metric over seeds. */
import { connectionsOf, type Database } from "../database.js";
import { compileSelection, type RunSelection } from "./list-runs.js";
import { fieldOf, metricField, readKnownKeys, SqlParameters } from "./run-fields.js";

export interface GroupRunsQuery extends RunSelection {
  /** Fields of run-fields.ts, one or more. */
  readonly by: readonly string[];
  /** Curves whose best values are summed up. */
  readonly metrics: readonly string[];
}

export interface RunGroup {
  /** In the order of `by`; null where the runs have none. */
  readonly values: readonly (string | number | null)[];
  readonly count: number;
  readonly runIds: readonly string[];
  /** Of each run's best value. */
  readonly metrics: Readonly<Record<string, GroupStatistics>>;
}

export interface GroupStatistics {
  /** Runs that have the metric. */
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation; null for one run. */
  readonly deviation: number | null;
  readonly min: number;
  readonly max: number;
}

const MOST_GROUPS = 1000;

/**
 * @returns the largest groups first.
 * @throws {RunFilterError}
 * @throws {UnknownFieldError}
 */
export async function groupRuns(database: Database, query: GroupRunsQuery): Promise<RunGroup[]> {
  const known = await readKnownKeys(database);
  const parameters = new SqlParameters();
  const values = query.by.map((name) => {
    const { sql, asJson = sql } = fieldOf(name, known);
    return asJson(parameters);
  });
  const metrics = query.metrics.map((key) => metricField(key, "best").sql(parameters));
  const where = compileSelection(query, known, parameters);
  const { rows } = await connectionsOf(database).pool.query<{
    values: (string | number | null)[];
    count: number;
    runIds: string[];
    metrics: (Spelled | null)[];
  }>(
    `SELECT "values", count(*)::int AS count, array_agg(id ORDER BY id) AS "runIds",
       jsonb_build_array(${metrics.map((_, index) => statistics(index)).join(", ")}) AS metrics
     FROM (
       SELECT run.id, jsonb_build_array(${values.join(", ")}) AS "values"
         ${metrics.map((sql, index) => `, nullif(${sql}, 'NaN') AS m${index}`).join("")}
       FROM run WHERE ${where}
     ) AS chosen
     GROUP BY "values" ORDER BY count(*) DESC, "values" LIMIT ${MOST_GROUPS}`,
    parameters.values,
  );
  return rows.map(({ metrics: found, ...group }) => ({
    ...group,
    metrics: Object.fromEntries(
      query.metrics.flatMap((key, index) => {
        const cell = found[index];
        return cell && cell.count > 0 ? [[key, toNumbers(cell)]] : [];
      }),
    ),
  }));
}

/** JSON spells the infinities, and what they do to a mean. */
type Spelled = { readonly [K in keyof GroupStatistics]: GroupStatistics[K] | string } & {
  readonly count: number;
};

function toNumbers({ count, mean, deviation, min, max }: Spelled): GroupStatistics {
  return {
    count,
    mean: Number(mean),
    deviation: deviation === null ? null : Number(deviation),
    min: Number(min),
    max: Number(max),
  };
}

const statistics = (index: number) =>
  `jsonb_build_object('count', count(m${index}), 'mean', avg(m${index}), 'deviation', stddev_samp(m${index}),
     'min', min(m${index}), 'max', max(m${index}))`;
