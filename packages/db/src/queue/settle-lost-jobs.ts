/** Tells people what pg-boss found: a job whose worker is not heard of any more waits again, or has failed for good. */
import { connectionsOf } from "../database.js";
import { RUN_CHANNEL } from "../ingest/run-channel.js";
import type { Queue } from "./open-queue.js";

/** What a job that nobody took over any more is said to have failed of. */
const LOST = "Its worker was lost, and so were those that took it over.";

export async function settleLostJobs({ database }: Queue): Promise<void> {
  const { pool } = connectionsOf(database);
  const { rows } = await pool.query<{ run_id: string | null }>(
    `WITH settled AS (
       UPDATE job SET
         state = CASE taken.state WHEN 'failed' THEN 'failed'::job_state ELSE 'waiting' END,
         reason = CASE taken.state WHEN 'failed' THEN $1 ELSE '' END,
         ended_at = CASE taken.state WHEN 'failed' THEN now() END
       FROM pgboss.job AS taken
       WHERE taken.id = job.id AND job.state = 'active' AND taken.state IN ('retry', 'failed', 'created')
       RETURNING job.run_id, job.kind, job.state
     ), told AS (
       UPDATE run SET status = CASE settled.state WHEN 'failed' THEN 'lost'::run_status ELSE 'queued' END,
         reason = CASE settled.state WHEN 'failed' THEN $1 ELSE '' END
       FROM settled WHERE run.id = settled.run_id AND settled.kind = 'train'
     )
     SELECT run_id FROM settled`,
    [LOST],
  );
  for (const { run_id: runId } of rows) {
    if (runId !== null) await pool.query("SELECT pg_notify($1, $2)", [RUN_CHANNEL, runId]);
  }
}
