/** Many runs as lines through their params to a metric, and which of the params the metric depends on. */
import { connectionsOf, type Database } from "../database.js";
import { compileSelection, type RunSelection } from "./list-runs.js";
import { metricField, readKnownKeys, SqlParameters } from "./run-fields.js";
import { paramImportance, type ImportanceRow } from "./param-importance.js";

export interface ParallelQuery extends RunSelection {
  /** Only these of the selection; all of it if left out. */
  readonly runIds?: readonly string[] | undefined;
  /** Curve whose best value is the last axis. */
  readonly metric: string;
}

export interface ParallelRuns {
  readonly runs: readonly { readonly id: string; readonly name: string; readonly value: number | null }[];
  /** The params that vary over the runs, most important first; values in the order of `runs`. */
  readonly params: readonly (ImportanceRow & { readonly values: readonly (string | number | null)[] })[];
}

const MOST_RUNS = 2000;

/** Of no use for a forecast: what names or finds a run, or differs in every one by itself. Tags and sweeps go by their key's start. */
const NOT_CHOSEN = [
  "name",
  "experiment",
  "seed",
  "formatVersion",
  "data.source",
  "data.contentHash",
  "data.annotationsHash",
];

/**
 * @throws {RunFilterError}
 * @throws {UnknownFieldError} in the filter.
 */
export async function readParallelRuns(database: Database, query: ParallelQuery): Promise<ParallelRuns> {
  const { pool } = connectionsOf(database);
  const known = await readKnownKeys(database);
  const parameters = new SqlParameters();
  const value = metricField(query.metric, "best").sql(parameters);
  const where = compileSelection(query, known, parameters);
  const only = query.runIds ? `AND run.id = ANY (${parameters.add(query.runIds)})` : "";
  const { rows: runs } = await pool.query<{ id: string; name: string; value: number | null }>(
    `SELECT run.id, run.name, ${value} AS value FROM run WHERE ${where} ${only}
     ORDER BY run.created_at DESC, run.id LIMIT ${MOST_RUNS}`,
    parameters.values,
  );
  const { rows } = await pool.query<{ run_id: string; key: string; value: string; number: number | null }>(
    `SELECT run_id, key, value, number FROM param WHERE run_id = ANY ($1) AND key <> ALL ($2) AND key NOT LIKE 'tags%' AND key NOT LIKE 'sweep.%'
     AND key IN (
       SELECT key FROM param WHERE run_id = ANY ($1) GROUP BY key
       HAVING min(value) <> max(value) OR count(*) < $3)`,
    [runs.map(({ id }) => id), NOT_CHOSEN, runs.length],
  );
  const indexOf = new Map(runs.map(({ id }, index) => [id, index]));
  const columns = new Map<string, (string | number | null)[]>();
  for (const { run_id: id, key, value: text, number } of rows) {
    const column = columns.get(key) ?? new Array<string | number | null>(runs.length).fill(null);
    columns.set(key, column);
    column[indexOf.get(id)!] = number ?? text;
  }
  const inputs = [...columns].map(([key, values]) => ({ key, values }));
  const importance = paramImportance(
    inputs,
    runs.map((run) => run.value),
  );
  // Of few runs there is nothing to say but the values.
  const judged = new Set(importance.map(({ key }) => key));
  const rest = [...columns.keys()].filter((key) => !judged.has(key)).sort();
  const unjudged = rest.map((key) => ({ key, importance: 0, correlation: null, count: 0 }));
  return {
    runs,
    params: [...importance, ...unjudged].map((row) => ({ ...row, values: columns.get(row.key) ?? [] })),
  };
}
