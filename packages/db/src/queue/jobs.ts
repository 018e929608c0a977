/** Jobs as people see them: put into the queue, listed, moved up, stopped, cancelled. */
import { randomUUID } from "node:crypto";
import { stringifyWithSpelledNumbers, type Job } from "@convkit/schema";
import type { PoolClient } from "pg";
import { z } from "zod";
import { connectionsOf, type Database } from "../database.js";
import type { JobState } from "../generated/enums.js";
import { tellOfRuns } from "../ingest/run-channel.js";
import { cutPage, decodeCursor, type PageQuery } from "../page-cursor.js";
import { addTags, ensureExperiment, writeParams } from "../ingest/run-record.js";
import { ensureQueue, EXPIRE_SECONDS, inTransaction, queueName, sqlOf, type Queue } from "./open-queue.js";

export interface EnqueueOptions {
  /** Higher ones first. Default 0. */
  readonly priority?: number | undefined;
  /** The only worker that may take it. */
  readonly onlyWorker?: string | undefined;
}

/** No job has that id. */
export class JobNotFoundError extends Error {
  override readonly name = "JobNotFoundError";
}

/** A job that is over. */
export class JobEndedError extends Error {
  override readonly name = "JobEndedError";
}

/** There is a run of that id already. */
export class RunExistsError extends Error {
  override readonly name = "RunExistsError";
}

/**
 * A job that trains makes its run, which waits as `queued`.
 * @returns the job's id.
 * @throws {RunExistsError}
 */
export async function enqueueJob(
  queue: Queue,
  job: Job,
  { priority = 0, onlyWorker }: EnqueueOptions = {},
): Promise<string> {
  const id = randomUUID();
  const name = queueName(job.kind, onlyWorker ?? null);
  await ensureQueue(queue, name);
  const runId = "runId" in job ? job.runId : null;
  await inTransaction(queue.database, async (client) => {
    if (job.kind === "train") await addQueuedRun(client, job);
    await client.query(
      `INSERT INTO job (id, kind, job, run_id, only_worker, priority) VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, job.kind, stringifyWithSpelledNumbers(job), runId, onlyWorker ?? null, priority],
    );
    await queue.boss.send(name, { jobId: id }, { id, priority, db: sqlOf(client) });
    await client.query("UPDATE pgboss.job SET expire_seconds = $2 WHERE id = $1", [id, EXPIRE_SECONDS]);
    if (runId !== null) await tellOfRuns(client, [runId]);
  });
  return id;
}

async function addQueuedRun(
  client: PoolClient,
  { runId, config }: Extract<Job, { kind: "train" }>,
): Promise<void> {
  const experimentId = await ensureExperiment(client, config.experiment);
  const { rowCount } = await client.query(
    `INSERT INTO run (id, experiment_id, name, status, config, model_name, dataset_name, epochs)
     VALUES ($1, $2, $3, 'queued', $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING`,
    [
      runId,
      experimentId,
      config.name ?? runId,
      stringifyWithSpelledNumbers(config),
      modelNameOf(config.model),
      config.data.source,
      config.epochs,
    ],
  );
  if (!rowCount)
    throw new RunExistsError(`Expected the id of a new run. Received: ${runId}, which there is.`);
  await addTags(client, runId, config.tags);
  await writeParams(client, runId, config);
}

function modelNameOf(model: Extract<Job, { kind: "train" }>["config"]["model"]): string {
  if ("name" in model) return model.name;
  if ("classifier" in model) return model.classifier;
  return "module" in model ? model.module : `${model.layers.length} layers`;
}

export interface JobRow {
  readonly id: string;
  readonly kind: Job["kind"];
  readonly job: Job;
  readonly runId: string | null;
  /** The only one that may take it; null: any that serves its kind. */
  readonly onlyWorker: { readonly id: string; readonly name: string } | null;
  readonly priority: number;
  readonly state: JobState;
  readonly reason: string;
  /** What the worker is about to be told. */
  readonly directive: "stop" | "cancel" | null;
  readonly createdAt: number;
  readonly endedAt: number | null;
  /** The newest hold on it. */
  readonly claim: {
    readonly workerId: string;
    readonly workerName: string;
    readonly fence: number;
    readonly claimedAt: number;
    readonly heartbeatAt: number;
  } | null;
}

export interface ListJobsQuery extends PageQuery {
  /** Default: those that wait or are at work. */
  readonly ended?: boolean | undefined;
  /** Only those that train or judge this run. */
  readonly runId?: string | undefined;
}

export interface JobPage {
  readonly jobs: readonly JobRow[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
  /** Jobs on all pages. */
  readonly total: number;
}

const ms = (column: string) => `extract(epoch FROM ${column})::float8 * 1000`;
const timeOf = (parameter: string) => `to_timestamp(${parameter}::float8 / 1000)`;

/** Whether it only waits, priority downwards, creation, id. */
const OpenCursor = z.tuple([z.int32(), z.int32(), z.number(), z.uuid()]);
const OPEN = {
  where: "job.state IN ('waiting', 'active')",
  order: "(job.state = 'waiting')::int, -job.priority, job.created_at, job.id",
  after: `((job.state = 'waiting')::int, -job.priority, job.created_at, job.id) > ($3, $4, ${timeOf("$5")}, $6::uuid)`,
  keyOf: ({ state, priority, createdAt, id }: JobRow) => [
    Number(state === "waiting"),
    -priority,
    createdAt,
    id,
  ],
};

/** End, id. */
const EndedCursor = z.tuple([z.number(), z.uuid()]);
const ENDED = {
  where: "job.state IN ('done', 'failed', 'cancelled')",
  order: "job.ended_at DESC, job.id DESC",
  after: `(job.ended_at, job.id) < (${timeOf("$3")}, $4::uuid)`,
  keyOf: ({ endedAt, id }: JobRow) => [endedAt!, id],
};

/**
 * In the order in which they come up; ended ones newest first.
 * @throws {CursorError}
 */
export async function listJobs(
  database: Database,
  { ended = false, runId, limit = 100, cursor }: ListJobsQuery = {},
): Promise<JobPage> {
  const { where, order, after, keyOf } = ended ? ENDED : OPEN;
  const key =
    cursor === undefined
      ? []
      : decodeCursor<(number | string)[]>(
          cursor,
          ended ? EndedCursor : OpenCursor,
          ended ? "ended jobs" : "jobs that wait or are at work",
        );
  const isOfRun = "($1::text IS NULL OR job.run_id = $1)";
  const { pool } = connectionsOf(database);
  const page = pool.query<JobRow>(
    `WITH job AS (
       SELECT * FROM job WHERE ${where} AND ${isOfRun} ${key.length > 0 ? `AND ${after}` : ""}
       ORDER BY ${order} LIMIT $2
     )
     SELECT job.id, job.kind, job.job, job.run_id AS "runId",
       CASE WHEN job.only_worker IS NOT NULL THEN jsonb_build_object(
         'id', job.only_worker, 'name', coalesce(owner.description ->> 'name', job.only_worker::text)) END AS "onlyWorker", job.priority, job.state, job.reason, job.directive,
       ${ms("job.created_at")} AS "createdAt", ${ms("job.ended_at")} AS "endedAt",
       CASE WHEN claim.worker_id IS NOT NULL THEN jsonb_build_object(
         'workerId', claim.worker_id, 'workerName', worker.description ->> 'name', 'fence', claim.fence,
         'claimedAt', ${ms("claim.claimed_at")}, 'heartbeatAt', ${ms("claim.heartbeat_at")}) END AS claim
     FROM job
     LEFT JOIN LATERAL (SELECT * FROM job_claim WHERE job_id = job.id ORDER BY fence DESC LIMIT 1) AS claim ON true
     LEFT JOIN worker ON worker.id = claim.worker_id
     LEFT JOIN worker AS owner ON owner.id = job.only_worker
     ORDER BY ${order}`,
    [runId ?? null, limit + 1, ...key],
  );
  const [{ rows }, counted] = await Promise.all([
    page,
    pool.query<{ total: number }>(`SELECT count(*)::int AS total FROM job WHERE ${where} AND ${isOfRun}`, [
      runId ?? null,
    ]),
  ]);
  const { rows: jobs, ...paging } = cutPage(rows, limit, keyOf);
  return { jobs, total: counted.rows[0]?.total ?? 0, ...paging };
}

/**
 * A job that waits is over at once; one that is at work is told so with its worker's next heartbeat.
 * @param action `stop` lets training end in good order, `cancel` ends it.
 * @throws {JobNotFoundError}
 * @throws {JobEndedError}
 */
export async function endJob(
  queue: Queue,
  id: string,
  { action, reason }: { action: "stop" | "cancel"; reason: string },
): Promise<void> {
  await inTransaction(queue.database, async (client) => {
    const { state, name, runId } = await lockJob(client, id);
    if (state === "active") {
      await client.query("UPDATE job SET directive = $2, reason = $3 WHERE id = $1", [id, action, reason]);
      return;
    }
    await queue.boss.cancel(name, id, { db: sqlOf(client) });
    await client.query("UPDATE job SET state = 'cancelled', reason = $2, ended_at = now() WHERE id = $1", [
      id,
      reason,
    ]);
    if (runId === null) return;
    await client.query(
      `UPDATE run SET status = 'interrupted', reason = $2, ended_at = now() WHERE id = $1 AND status = 'queued'`,
      [runId, reason],
    );
    await tellOfRuns(client, [runId]);
  });
}

/** @throws {JobNotFoundError} @throws {JobEndedError} also where the job is at work already. */
export async function prioritizeJob(queue: Queue, id: string, priority: number): Promise<void> {
  await inTransaction(queue.database, async (client) => {
    const { state } = await lockJob(client, id);
    if (state === "active")
      throw new JobEndedError(`Expected a job that waits. Received: ${id}, which is at work.`);
    await client.query("UPDATE job SET priority = $2 WHERE id = $1", [id, priority]);
    await client.query("UPDATE pgboss.job SET priority = $2 WHERE id = $1", [id, priority]);
  });
}

interface LockedJob {
  readonly state: JobState;
  /** Of pg-boss's queue. */
  readonly name: string;
  readonly runId: string | null;
}

async function lockJob(client: PoolClient, id: string): Promise<LockedJob> {
  const { rows } = await client.query<{
    state: JobState;
    kind: Job["kind"];
    only_worker: string | null;
    run_id: string | null;
  }>("SELECT state, kind, only_worker, run_id FROM job WHERE id = $1 FOR UPDATE", [id]);
  const job = rows[0];
  if (!job) throw new JobNotFoundError(`Expected the id of a job. Received: ${id}, which is none.`);
  if (job.state !== "waiting" && job.state !== "active") {
    throw new JobEndedError(
      `Expected a job that waits or is at work. Received: ${id}, which is ${job.state}.`,
    );
  }
  return { state: job.state, name: queueName(job.kind, job.only_worker), runId: job.run_id };
}

/** The job that trains a run now; null if none does. */
export async function findJobOfRun(database: Database, runId: string): Promise<string | null> {
  const { rows } = await connectionsOf(database).pool.query<{ id: string }>(
    "SELECT id FROM job WHERE run_id = $1 AND kind = 'train' AND state IN ('waiting', 'active') LIMIT 1",
    [runId],
  );
  return rows[0]?.id ?? null;
}
