/** Several runs beside each other: which params differ, and what each curve reached. */
import { connectionsOf, type Database } from "../database.js";
import { checkRuns } from "./get-run.js";
import { readCells, type MetricSummaryCell } from "./list-runs.js";

export interface ParamDifference {
  readonly key: string;
  /** As JSON text, in the order of the runs; null where a run has none. */
  readonly values: readonly (string | null)[];
  readonly differs: boolean;
}

export interface MetricComparison {
  readonly key: string;
  /** In the order of the runs; null where a run has none. */
  readonly cells: readonly (MetricSummaryCell | null)[];
}

export interface RunComparison {
  readonly params: readonly ParamDifference[];
  readonly metrics: readonly MetricComparison[];
}

/** @throws {RunNotFoundError} */
export async function compareRuns(database: Database, runIds: readonly string[]): Promise<RunComparison> {
  await checkRuns(database, runIds);
  const { pool } = connectionsOf(database);
  const keysOf = async (table: "metric" | "param") => {
    const { rows } = await pool.query<{ key: string }>(
      `SELECT DISTINCT key FROM ${table} WHERE run_id = ANY ($1) ORDER BY key`,
      [runIds],
    );
    return rows.map(({ key }) => key);
  };
  const [metrics, params] = await Promise.all([keysOf("metric"), keysOf("param")]);
  const cells = await readCells(database, { ids: runIds, metrics, params });
  return {
    params: params.map((key) => {
      const values = runIds.map((id) => cells.params.get(id)?.[key] ?? null);
      return { key, values, differs: new Set(values).size > 1 };
    }),
    metrics: metrics.map((key) => ({ key, cells: runIds.map((id) => cells.metrics.get(id)?.[key] ?? null) })),
  };
}
