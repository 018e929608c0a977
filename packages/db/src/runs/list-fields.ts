/** What there is to choose from: columns of the table, and what a filter's words are completed with. */
import { connectionsOf, type Database } from "../database.js";

export interface RunFields {
  readonly metrics: readonly { readonly key: string; readonly runs: number }[];
  /** `varies`: not all runs have the same value. */
  readonly params: readonly { readonly key: string; readonly runs: number; readonly varies: boolean }[];
  readonly tags: readonly { readonly name: string; readonly runs: number }[];
  readonly experiments: readonly { readonly name: string; readonly runs: number }[];
}

/** Of each: more than anybody chooses from. A filter knows the others too. */
const MOST = 10_000;

export async function listFields(database: Database): Promise<RunFields> {
  const { pool } = connectionsOf(database);
  const [metrics, params, tags, experiments] = await Promise.all([
    pool.query<RunFields["metrics"][number]>(
      "SELECT key, count(*)::int AS runs FROM metric GROUP BY key ORDER BY key LIMIT $1",
      [MOST],
    ),
    pool.query<RunFields["params"][number]>(
      `SELECT key, count(*)::int AS runs, min(value) <> max(value) OR count(*) < (SELECT count(*) FROM run) AS varies
       FROM param GROUP BY key ORDER BY key LIMIT $1`,
      [MOST],
    ),
    pool.query<RunFields["tags"][number]>(
      "SELECT name, count(*)::int AS runs FROM tag GROUP BY name ORDER BY name LIMIT $1",
      [MOST],
    ),
    pool.query<RunFields["experiments"][number]>(
      `SELECT experiment.name, count(run.id)::int AS runs FROM experiment
       LEFT JOIN run ON run.experiment_id = experiment.id GROUP BY experiment.id ORDER BY experiment.name LIMIT $1`,
      [MOST],
    ),
  ]);
  return { metrics: metrics.rows, params: params.rows, tags: tags.rows, experiments: experiments.rows };
}
