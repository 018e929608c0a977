/**
 * Advisory locks of PostgreSQL: who takes turns with whom, in all processes that share a record. A transaction that
 * needs several takes them in the order of this file.
 */
import type { PoolClient } from "pg";

/** Arbitrary, and the same for every convkit: "convkit" in ASCII, and the number after it. Decimal: PostgreSQL 16 is the first with others. */
export const MIGRATION_LOCK = "27988542918191476";
const BLOBS_LOCK = "27988542918191477";

/** Until the transaction's end. Whoever ingests a run takes turns with others, and with whoever deletes it. */
export async function lockRuns(client: PoolClient, runIds: readonly string[]): Promise<void> {
  for (const runId of [...new Set(runIds)].sort()) {
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [runId]);
  }
}

/**
 * Until the transaction's end: no blob is deleted meanwhile, so that one which is there can be named. To be taken
 * before any row of an artifact is written.
 */
export async function holdBlobs(client: PoolClient): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock_shared(${BLOBS_LOCK})`);
}

/** Nobody names a blob while `work` deletes some, row and file. */
export async function withoutBlobsHeld<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query(`SELECT pg_advisory_lock(${BLOBS_LOCK})`);
  try {
    return await work();
  } finally {
    // On a broken connection the lock is gone already.
    await client.query(`SELECT pg_advisory_unlock(${BLOBS_LOCK})`).catch(() => undefined);
  }
}
