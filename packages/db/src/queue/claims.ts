/**
 * A worker's hold on a job. Every claim has a fencing number, pg-boss's retry count plus one: of two workers that
 * believe they have a job, the one with the lower number is told that it is lost, and nothing that it says of the job
 * counts (Kleppmann 2016, https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html). What it trained
 * meanwhile is an attempt of its own, which the attempt of the other supersedes.
 */
import { Job as JobSchema, type ClaimedJob, type HeartbeatAnswer, type JobKind } from "@convkit/schema";
import type { PoolClient } from "pg";
import { tellOfRuns } from "../ingest/run-channel.js";
import { ensureQueue, inTransaction, queueName, sqlOf, type Queue } from "./open-queue.js";

/** Which claim of which job. */
export interface Claim {
  readonly jobId: string;
  readonly fence: number;
}

/** Another worker has the job by now, or it is over: what this one did for it counts for nothing. */
export class ClaimLostError extends Error {
  override readonly name = "ClaimLostError";
}

export interface ClaimQuery {
  readonly workerId: string;
  readonly kinds: readonly JobKind[];
}

/** Somebody waits for what takes seconds; trainings, one after the other, would keep it waiting for days. */
const SHORT_FIRST = ["inspect", "evaluate", "train"] as const satisfies readonly JobKind[];

/** Of a training's job: there is nothing left to train. A run that is resumed is `queued` again. */
const HAS_ENDED =
  "EXISTS (SELECT FROM run WHERE run.id = job.run_id AND run.status IN ('completed', 'stopped'))";

/** @returns null if there is nothing to do. */
export async function claimNextJob(
  queue: Queue,
  { workerId, kinds }: ClaimQuery,
): Promise<ClaimedJob | null> {
  for (const kind of SHORT_FIRST.filter((each) => kinds.includes(each))) {
    for (const onlyWorker of [workerId, null]) {
      const name = queueName(kind, onlyWorker);
      await ensureQueue(queue, name);
      let claimed: ClaimedJob | "over" | null;
      do {
        claimed = await inTransaction(queue.database, (client) => claimFrom(queue, client, name, workerId));
      } while (claimed === "over");
      if (claimed) return claimed;
    }
  }
  return null;
}

/** @returns null if nothing waits; `over` if what waited need not be done any more, and another may wait behind it. */
async function claimFrom(
  { boss, heartbeatSeconds }: Queue,
  client: PoolClient,
  name: string,
  workerId: string,
): Promise<ClaimedJob | "over" | null> {
  const [taken] = await boss.fetch<{ jobId: string }>(name, { includeMetadata: true, db: sqlOf(client) });
  if (!taken) return null;
  const fence = taken.retryCount + 1;
  const { rows: ended } = await client.query<{ run_id: string }>(
    `UPDATE job SET state = 'done', reason = '', ended_at = now()
     WHERE id = $1 AND state IN ('waiting', 'active') AND kind = 'train' AND ${HAS_ENDED} RETURNING run_id`,
    [taken.id],
  );
  await tellOfRuns(
    client,
    ended.map(({ run_id: runId }) => runId),
  );
  const { rows } = await client.query<{ job: unknown }>(
    `UPDATE job SET state = 'active', reason = '' WHERE id = $1 AND state IN ('waiting', 'active') RETURNING job`,
    [taken.id],
  );
  if (!rows[0]) {
    // Its run was deleted, and the job with it; or a worker ended the run before it was lost.
    await boss.cancel(name, taken.id, { db: sqlOf(client) });
    return "over";
  }
  const job = JobSchema.parse(rows[0].job);
  const attempt = job.kind === "train" ? await reserveAttempt(client, job.runId) : null;
  await client.query("INSERT INTO job_claim (job_id, fence, worker_id, attempt) VALUES ($1, $2, $3, $4)", [
    taken.id,
    fence,
    workerId,
    attempt,
  ]);
  return { jobId: taken.id, job, fence, attempt, heartbeatSeconds };
}

/** Its number is taken even if no event of it ever comes. */
async function reserveAttempt(client: PoolClient, runId: string): Promise<number> {
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [runId]);
  const { rows } = await client.query<{ attempt: number }>(
    `INSERT INTO run_attempt (run_id, attempt)
     SELECT id, coalesce((SELECT max(attempt) FROM run_attempt WHERE run_id = $1), 0) + 1 FROM run WHERE id = $1
     RETURNING attempt`,
    [runId],
  );
  // Without a run there is no job: both are deleted together.
  return rows[0]!.attempt;
}

/** Says that the worker is alive; the answer says what is asked of it. */
export async function heartbeat(queue: Queue, claim: Claim): Promise<HeartbeatAnswer> {
  return inTransaction(queue.database, async (client) => {
    const held = await findHeld(client, claim);
    if (!held) {
      const reason = "The worker was not heard of for too long: another one has the job, or it is over.";
      return { directive: "lost", reason };
    }
    await queue.boss.touch(held.name, attemptOf(claim), { db: sqlOf(client) });
    await client.query("UPDATE job_claim SET heartbeat_at = now() WHERE job_id = $1 AND fence = $2", [
      claim.jobId,
      claim.fence,
    ]);
    const { directive, reason } = held;
    return directive === null ? { directive: "continue", reason: "" } : { directive, reason };
  });
}

/** The work is done. @throws {ClaimLostError} */
export async function completeJob(queue: Queue, claim: Claim): Promise<void> {
  await endClaim(queue, claim, async (client, { name, runId, kind, directive, reason }) => {
    await queue.boss.complete(name, attemptOf(claim), null, { db: sqlOf(client) });
    const state = directive === "cancel" ? "cancelled" : "done";
    await client.query("UPDATE job SET state = $2::job_state, reason = $3, ended_at = now() WHERE id = $1", [
      claim.jobId,
      state,
      reason,
    ]);
    if (directive === null || kind !== "train" || runId === null) return;
    // Ended before it began: its journal will not say so.
    await client.query(
      `UPDATE run SET status = 'interrupted', reason = $2, ended_at = now() WHERE id = $1 AND status = 'queued'`,
      [runId, reason],
    );
    await tellOfRuns(client, [runId]);
  });
}

export interface JobFailure {
  readonly reason: string;
  /** The worker cannot go on, but another might. */
  readonly retry: boolean;
  /** With `retry`: the worker was shut down. That says nothing against the job, and does not count among its tries. */
  readonly givenBack?: boolean | undefined;
}

/**
 * A job whose run had ended by then is done, whatever failed after that.
 * @throws {ClaimLostError}
 */
export async function failJob(queue: Queue, claim: Claim, failure: JobFailure): Promise<void> {
  const { reason, retry, givenBack = false } = failure;
  await endClaim(queue, claim, async (client, { name, runId, kind }) => {
    const sql = { db: sqlOf(client) };
    const { rowCount: done } = await client.query(
      `UPDATE job SET state = 'done', reason = $2, ended_at = now() WHERE id = $1 AND kind = 'train' AND ${HAS_ENDED}`,
      [claim.jobId, reason],
    );
    if (done && runId !== null) {
      await queue.boss.complete(name, attemptOf(claim), null, sql);
      return tellOfRuns(client, [runId]);
    }
    if (retry && givenBack) {
      await client.query("UPDATE pgboss.job SET retry_limit = retry_limit + 1 WHERE id = $1", [claim.jobId]);
    }
    if (retry) await queue.boss.fail(name, attemptOf(claim), { message: reason }, sql);
    else await queue.boss.cancel(name, attemptOf(claim), sql);
    const waits = retry && (await stateOf(client, claim.jobId)) === "retry";
    await client.query(
      `UPDATE job SET state = $2::job_state, reason = $3, ended_at = CASE WHEN $2 = 'failed' THEN now() END WHERE id = $1`,
      [claim.jobId, waits ? "waiting" : "failed", reason],
    );
    if (kind !== "train" || runId === null) return;
    // A run that said itself how it ended keeps its word, unless it was interrupted and another worker goes on.
    await client.query(
      `UPDATE run SET status = $2::run_status, reason = $3, ended_at = CASE WHEN $2 = 'failed' THEN now() END
       WHERE id = $1 AND (status IN ('queued', 'running') OR ($2 = 'queued' AND status = 'interrupted'))`,
      [runId, waits ? "queued" : "failed", waits ? "" : reason],
    );
    await tellOfRuns(client, [runId]);
  });
}

interface Held {
  readonly name: string;
  readonly kind: JobKind;
  readonly runId: string | null;
  readonly directive: "stop" | "cancel" | null;
  readonly reason: string;
}

const attemptOf = ({ jobId, fence }: Claim) => ({ id: jobId, retryCount: fence - 1 });

async function endClaim(
  queue: Queue,
  claim: Claim,
  end: (client: PoolClient, held: Held) => Promise<void>,
): Promise<void> {
  await inTransaction(queue.database, async (client) => {
    const held = await findHeld(client, claim);
    if (!held) {
      throw new ClaimLostError(
        `Expected the newest claim of job ${claim.jobId}. Received: claim ${claim.fence}, after which another worker ` +
          "took the job, or it ended.",
      );
    }
    await end(client, held);
  });
}

/** @returns null unless the claim is the job's newest and both it and pg-boss call it active. */
async function findHeld(client: PoolClient, { jobId, fence }: Claim): Promise<Held | null> {
  const { rows } = await client.query<Omit<Held, "name"> & { onlyWorker: string | null }>(
    `SELECT job.kind, job.run_id AS "runId", job.only_worker AS "onlyWorker", job.directive, job.reason
     FROM job JOIN pgboss.job AS taken ON taken.id = job.id
     WHERE job.id = $1 AND job.state = 'active' AND taken.state = 'active' AND taken.retry_count + 1 = $2
     FOR UPDATE OF job`,
    [jobId, fence],
  );
  const held = rows[0];
  return held ? { ...held, name: queueName(held.kind, held.onlyWorker) } : null;
}

async function stateOf(client: PoolClient, jobId: string): Promise<string | undefined> {
  const { rows } = await client.query<{ state: string }>("SELECT state FROM pgboss.job WHERE id = $1", [
    jobId,
  ]);
  return rows[0]?.state;
}
