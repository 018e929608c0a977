/**
 * What a token has a say over: the workers that were registered with it, the jobs that they claimed, and the runs of
 * those jobs. Whoever holds one token cannot speak for the machines of another.
 */
import type { TrainEvent } from "@convkit/schema";
import { connectionsOf, type Database } from "../database.js";
import type { Claim } from "./claims.js";

/** Who a worker or a script comes as. */
export interface TokenHolder {
  /** null: a user, without a token. */
  readonly tokenId: string | null;
  /** The server's own machine: its local worker, or its user where nobody signs in. It may do everything. */
  readonly isLocal: boolean;
}

/** A worker, a job or a run that another token has a say over. */
export class TokenRightsError extends Error {
  override readonly name = "TokenRightsError";
}

/** @throws {TokenRightsError} unless the worker was registered by this holder. */
export async function checkWorkerHolder(
  database: Database,
  workerId: string,
  { tokenId, isLocal }: TokenHolder,
): Promise<void> {
  if (isLocal) return;
  const { rowCount } = await connectionsOf(database).pool.query(
    "SELECT FROM worker WHERE id = $1 AND token_id IS NOT DISTINCT FROM $2",
    [workerId, tokenId],
  );
  if (!rowCount) throw strangeWorker(workerId);
}

/**
 * One that there is not is nobody's: it was lost with its job.
 * @throws {TokenRightsError} if the claim is of a worker that was not registered by this holder.
 */
export async function checkClaimHolder(
  database: Database,
  { jobId, fence }: Claim,
  { tokenId, isLocal }: TokenHolder,
): Promise<void> {
  if (isLocal) return;
  const { rows } = await connectionsOf(database).pool.query<{ workerId: string }>(
    `SELECT worker.id AS "workerId" FROM job_claim AS claim JOIN worker ON worker.id = claim.worker_id
     WHERE claim.job_id = $1 AND claim.fence = $2 AND worker.token_id IS DISTINCT FROM $3`,
    [jobId, fence, tokenId],
  );
  if (rows[0]) throw strangeWorker(rows[0].workerId);
}

export function strangeWorker(workerId: string): TokenRightsError {
  return new TokenRightsError(
    `Expected a worker that was registered with this token. Received: ${workerId}, which was not. Show the token that ` +
      "it came with first, or delete worker.json in its home: it then comes as another worker.",
  );
}

/**
 * A token may write of runs whose job its workers claimed, and of those of no job that it was the first to write of.
 * Of a run in a folder on the server's machine it may write the attempts that its workers claimed, and no other.
 * @param events of one run.
 * @throws {TokenRightsError}
 */
export async function checkMayReport(
  database: Database,
  [first, ...others]: readonly TrainEvent[],
  { tokenId, isLocal }: TokenHolder,
): Promise<void> {
  if (isLocal || tokenId === null || first === undefined) return;
  const { runId } = first;
  const { pool } = connectionsOf(database);
  const { rows } = await pool.query<{ attempt: number | null }>(
    `SELECT claim.attempt FROM job JOIN job_claim AS claim ON claim.job_id = job.id
       JOIN worker ON worker.id = claim.worker_id
     WHERE job.run_id = $1 AND worker.token_id = $2`,
    [runId, tokenId],
  );
  const { rowCount: isHere } = await pool.query("SELECT FROM run WHERE id = $1 AND folder IS NOT NULL", [
    runId,
  ]);
  if (isHere) {
    const claimed = new Set(rows.map(({ attempt }) => attempt));
    if ([first, ...others].every(({ attempt }) => claimed.has(attempt))) return;
    throw new TokenRightsError(
      `Expected a run of another machine than the server's. Received: ${runId}, whose journal the server reads itself.`,
    );
  }
  if (rows.length > 0) return;
  await pool.query(
    `INSERT INTO run_reporter (run_id, token_id) SELECT $1, $2
     WHERE NOT EXISTS (SELECT FROM run WHERE id = $1) AND NOT EXISTS (SELECT FROM parked_event WHERE run_id = $1)
     ON CONFLICT DO NOTHING`,
    [runId, tokenId],
  );
  const { rowCount: isReporter } = await pool.query(
    "SELECT FROM run_reporter WHERE run_id = $1 AND token_id = $2",
    [runId, tokenId],
  );
  if (isReporter) return;
  throw new TokenRightsError(
    "Expected a run that this token's workers have claimed, or one of no job that this token was the first to report. " +
      `Received: ${runId}. Show the token that it was reported with first.`,
  );
}
