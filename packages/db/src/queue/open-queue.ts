/**
 * The queue of background work: pg-boss in the record's own PostgreSQL. pg-boss keeps the order, hands a job to one
 * worker at a time and takes it back from one that is lost; the tables `job` and `job_claim` say what people see.
 * https://github.com/timgit/pg-boss
 */
import { setTimeout as sleep } from "node:timers/promises";
import { PgBoss, type ConnectionOptions } from "pg-boss";
import type { Pool, PoolClient } from "pg";
import type { JobKind } from "@convkit/schema";
import { connectionsOf, type Database } from "../database.js";
import { settleLostJobs } from "./settle-lost-jobs.js";

/** An open queue. */
export interface Queue {
  readonly database: Database;
  readonly boss: PgBoss;
  /** A worker that is not heard of for so long is believed lost. */
  readonly heartbeatSeconds: number;
  close(): Promise<void>;
}

export interface OpenQueueOptions {
  /** 10 or more. Default 120: a worker trains on through a network that fails for a minute. */
  readonly heartbeatSeconds?: number;
  /** Told of what goes wrong in the background. */
  readonly onProblem: (message: string) => void;
}

/** A worker that was lost is followed by another at most so often. */
const RETRY_LIMIT = 3;
const SUPERVISE_SECONDS = 5;

/**
 * pg-boss ends a job after a day at most; training may take longer, and a worker that is alive says so by its
 * heartbeats. 60 years.
 */
export const EXPIRE_SECONDS = 60 * 365 * 24 * 3600;

/** Also watches over lost workers until it is closed. */
export async function openQueue(database: Database, options: OpenQueueOptions): Promise<Queue> {
  const { heartbeatSeconds = 120, onProblem } = options;
  const { pool } = connectionsOf(database);
  const boss = new PgBoss({
    db: sqlOf(pool),
    schema: "pgboss",
    schedule: false,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
  });
  boss.on("error", (error) => onProblem(`The queue: ${error.message}`));
  await boss.start();
  const stopping = new AbortController();
  const queue: Queue = {
    database,
    boss,
    heartbeatSeconds,
    close: async () => {
      stopping.abort();
      await settling;
      await boss.stop({ graceful: false, close: false });
    },
  };
  const settling = settleUntil(queue, stopping.signal, onProblem);
  return queue;
}

async function settleUntil(
  queue: Queue,
  signal: AbortSignal,
  onProblem: (message: string) => void,
): Promise<void> {
  while (!signal.aborted) {
    await settleLostJobs(queue).catch((error: unknown) => onProblem((error as Error).message));
    await sleep(SUPERVISE_SECONDS * 1000, undefined, { signal }).catch(() => undefined);
  }
}

/** Name of pg-boss's queue for a kind, or for the jobs of a kind that only one worker may take. */
export const queueName = (kind: JobKind, onlyWorker: string | null) =>
  onlyWorker === null ? kind : `${kind}/${onlyWorker}`;

/** Makes sure that pg-boss knows the queue. */
export async function ensureQueue({ boss, heartbeatSeconds }: Queue, name: string): Promise<void> {
  if (await boss.getQueue(name)) return;
  await boss.createQueue(name, { retryLimit: RETRY_LIMIT, retryDelay: 0, heartbeatSeconds });
}

/** What pg-boss needs of a connection; within a transaction, that transaction's own. */
export function sqlOf(client: Pool | PoolClient): NonNullable<ConnectionOptions["db"]> {
  return { executeSql: (text, values) => client.query(text, values as unknown[]) };
}

/** Runs statements in one transaction. */
export async function inTransaction<Result>(
  database: Database,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await connectionsOf(database).pool.connect();
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    client.release();
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    client.release(true);
    throw error;
  }
}
