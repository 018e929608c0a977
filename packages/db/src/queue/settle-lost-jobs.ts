/**
 * Tells people what pg-boss found: a job whose worker is not heard of any more waits again, or has failed for good. One
 * whose run was ended by that worker is done: it was lost between its last event and giving the job back.
 */
import { connectionsOf } from "../database.js";
import { tellOfRuns } from "../ingest/run-channel.js";
import type { Queue } from "./open-queue.js";

/** What a job that nobody took over any more is said to have failed of. */
const LOST = "Its worker was lost, and so were those that took it over.";

export async function settleLostJobs({ database }: Queue): Promise<void> {
  const { pool } = connectionsOf(database);
  const { rows } = await pool.query<{ run_id: string | null }>(
    `WITH settled AS (
       UPDATE job SET
         state = CASE WHEN ended.id IS NOT NULL THEN 'done'::job_state WHEN taken.state = 'failed' THEN 'failed'
           ELSE 'waiting' END,
         reason = CASE WHEN ended.id IS NULL AND taken.state = 'failed' THEN $1 ELSE '' END,
         ended_at = CASE WHEN ended.id IS NOT NULL OR taken.state = 'failed' THEN now() END
       FROM pgboss.job AS taken
       LEFT JOIN (SELECT job.id FROM job JOIN run ON run.id = job.run_id
         WHERE job.kind = 'train' AND run.status IN ('completed', 'stopped')) AS ended ON ended.id = taken.id
       WHERE taken.id = job.id AND job.state = 'active' AND taken.state IN ('retry', 'failed', 'created')
       RETURNING job.run_id, job.kind, job.state
     ), told AS (
       UPDATE run SET status = CASE settled.state WHEN 'failed' THEN 'lost'::run_status ELSE 'queued' END,
         reason = CASE settled.state WHEN 'failed' THEN $1 ELSE '' END,
         ended_at = CASE settled.state WHEN 'failed' THEN coalesce(run.last_event_at, now()) END
       FROM settled
       WHERE run.id = settled.run_id AND settled.kind = 'train' AND settled.state <> 'done'
         AND run.status IN ('queued', 'running', 'interrupted')
     )
     SELECT run_id FROM settled`,
    [LOST],
  );
  for (const { run_id: runId } of rows) {
    if (runId !== null) await tellOfRuns(pool, [runId]);
  }
}
