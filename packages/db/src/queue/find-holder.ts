/** Who can go on from a run's checkpoints: the worker on whose machine they lie. */
import { connectionsOf } from "../database.js";
import type { RunDetail } from "../runs/get-run.js";
import type { Queue } from "./open-queue.js";

/**
 * The local worker for a run on this machine, else the one that trained it last.
 * @param home of this machine.
 * @returns its id; null if none that has come here has them.
 */
export async function findHolder(
  { database }: Queue,
  { id, folder }: Pick<RunDetail, "id" | "folder">,
  home: string,
): Promise<string | null> {
  const { rows } = await connectionsOf(database).pool.query<{ id: string }>(
    `(SELECT id FROM worker WHERE $2::text IS NOT NULL AND description ->> 'home' = $2
      ORDER BY last_seen_at DESC LIMIT 1)
     UNION ALL
     (SELECT claim.worker_id FROM job_claim AS claim JOIN job ON job.id = claim.job_id
      WHERE job.run_id = $1 AND $2::text IS NULL ORDER BY claim.claimed_at DESC LIMIT 1)
     LIMIT 1`,
    [id, folder === null ? null : home],
  );
  return rows[0]?.id ?? null;
}
