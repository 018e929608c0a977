/** Goes on with a run that ended early, on the worker that holds its checkpoint. */
import { randomUUID } from "node:crypto";
import { RunConfig, stringifyWithSpelledNumbers, type Job } from "@convkit/schema";
import { tellOfRuns } from "../ingest/run-channel.js";
import { getRun } from "../runs/get-run.js";
import { findHolder } from "./find-holder.js";
import { ensureQueue, EXPIRE_SECONDS, inTransaction, queueName, sqlOf, type Queue } from "./open-queue.js";

/** A run that is at work or waits, that has been judged, or whose checkpoint no worker here holds. */
export class RunNotResumableError extends Error {
  override readonly name = "RunNotResumableError";
}

/** A run that was stopped is judged and over, like a complete one: there is nothing to go on with. */
const RESUMABLE = ["interrupted", "failed", "lost"];

/**
 * @returns the job's id.
 * @throws {RunNotFoundError}
 * @throws {RunNotResumableError}
 */
export async function resumeRun(queue: Queue, runId: string, home: string): Promise<string> {
  const run = await getRun(queue.database, runId);
  if (!RESUMABLE.includes(run.status)) {
    throw new RunNotResumableError(
      `Expected a run that ended before its last epoch. Received: ${runId}, which is ${run.status}.`,
    );
  }
  const worker = await findHolder(queue, run, home);
  if (worker === null) {
    throw new RunNotResumableError(
      `Expected a worker that holds the checkpoint of ${runId}. Received: none that has come here. ` +
        `On its machine \`convkit resume ${runId}\` goes on with it.`,
    );
  }
  const id = randomUUID();
  const job: Job = { kind: "train", runId, config: RunConfig.parse(run.config) };
  const name = queueName("train", worker);
  await ensureQueue(queue, name);
  await inTransaction(queue.database, async (client) => {
    const { rowCount } = await client.query(
      "UPDATE run SET status = 'queued', reason = '', ended_at = NULL WHERE id = $1 AND status = ANY ($2::run_status[])",
      [runId, RESUMABLE],
    );
    if (!rowCount)
      throw new RunNotResumableError(`Expected a run that has ended. Received: ${runId}, which has not.`);
    const { rowCount: jobs } = await client.query(
      "SELECT FROM job WHERE run_id = $1 AND kind = 'train' AND state IN ('waiting', 'active')",
      [runId],
    );
    if (jobs) {
      throw new RunNotResumableError(
        `Expected a run that no worker trains or is about to. Received: ${runId}, whose job is in the queue.`,
      );
    }
    await client.query(
      "INSERT INTO job (id, kind, job, run_id, only_worker) VALUES ($1, 'train', $2, $3, $4)",
      [id, stringifyWithSpelledNumbers(job), runId, worker],
    );
    await queue.boss.send(name, { jobId: id }, { id, db: sqlOf(client) });
    await client.query("UPDATE pgboss.job SET expire_seconds = $2 WHERE id = $1", [id, EXPIRE_SECONDS]);
    await tellOfRuns(client, [runId]);
  });
  return id;
}
