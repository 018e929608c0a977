/** The dashboard's data by SQL alone, with no more than pg's own parsing: what the record's functions are measured by. */
import type { Client } from "pg";
import { COMPARISON, TABLE } from "./dashboard-benchmark.js";

/** One statement with a join for each column of a metric or a param, and one that counts. */
export async function readBareTable(client: Client): Promise<unknown> {
  const { metrics, params, limit } = TABLE;
  const joinOf = (table: "metric" | "param") => (_key: string, index: number) =>
    `LEFT JOIN ${table} AS ${table}${index} ON ${table}${index}.run_id = run.id AND ${table}${index}.key =
       $${1 + index + (table === "param" ? metrics.length : 0)}`;
  const { rows } = await client.query({
    text: `SELECT run.id, run.name, experiment.name AS experiment, status, reason, model_name, dataset_name, dataset_hash,
        engine, device, run.created_at, started_at, ended_at, last_event_at, archived_at, attempt, step, steps_per_epoch,
        epoch, epochs, ARRAY(SELECT name FROM tag WHERE run_id = run.id) AS tags,
        ${metrics.map((_, index) => `metric${index}.*`).join(", ")}, ${params.map((_, index) => `param${index}.*`).join(", ")}
      FROM run JOIN experiment ON experiment.id = run.experiment_id
      ${metrics.map(joinOf("metric")).join("\n")} ${params.map(joinOf("param")).join("\n")}
      WHERE archived_at IS NULL
      ORDER BY metric0.max DESC NULLS LAST, run.id DESC LIMIT $${metrics.length + params.length + 1}`,
    values: [...metrics, ...params, limit],
    rowMode: "array",
  });
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
