/** The dashboard's data by SQL alone, with no more than pg's own parsing: what the record's functions are measured by. */
import type { Client } from "pg";
import { COMPARISON, TABLE } from "./dashboard-benchmark.js";

/** One statement that joins what the table shows, and one that counts. */
export async function readBareTable(client: Client): Promise<unknown> {
  const { rows } = await client.query(
    `SELECT run.*, experiment.name AS experiment, metrics.*, params.*, tags.*
     FROM run
     JOIN experiment ON experiment.id = run.experiment_id
     LEFT JOIN metric AS sorted ON sorted.run_id = run.id AND sorted.key = 'val_accuracy'
     CROSS JOIN LATERAL (SELECT json_agg(metric) AS metrics FROM metric WHERE run_id = run.id AND key = ANY ($1)) AS metrics
     CROSS JOIN LATERAL (SELECT json_agg(param) AS params FROM param WHERE run_id = run.id AND key = ANY ($2)) AS params
     CROSS JOIN LATERAL (SELECT array_agg(name) AS tags FROM tag WHERE run_id = run.id) AS tags
     WHERE archived_at IS NULL
     ORDER BY sorted.max DESC NULLS LAST, run.id DESC LIMIT $3`,
    [TABLE.metrics, TABLE.params, TABLE.limit],
  );
  const count = await client.query("SELECT count(*) FROM run WHERE archived_at IS NULL");
  return [rows, count.rows];
}

export async function readBareCurves(client: Client, runIds: readonly string[]): Promise<unknown> {
  const { rows } = await client.query(
    `SELECT run_id, key, steps, "values" FROM metric_chunk WHERE run_id = ANY ($1) AND key = ANY ($2)
     ORDER BY run_id, key, attempt, first_step`,
    [runIds, COMPARISON.keys],
  );
  return rows;
}
