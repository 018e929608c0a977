/**
 * Deleting runs for good: their rows, the bytes that only they used, and the folders of those on this machine. A
 * journal that turns up later is not ingested again; a process killed in the middle leaves no run half there, and
 * `finishDeletions` deletes the rest.
 */
import { readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { PoolClient } from "pg";
import type { BlobStore } from "../blobs/blob-store.js";
import { settleBlob } from "../blobs/settle-artifacts.js";
import { connectionsOf, type Database } from "../database.js";
import { tellOfRuns } from "../ingest/run-channel.js";
import { inTransaction } from "../in-transaction.js";
import { lockRuns, withoutBlobsHeld } from "../locks.js";
import { checkRuns } from "./get-run.js";

export interface DeletedRuns {
  readonly runs: number;
  /** Of blobs and folders together. */
  readonly freedBytes: number;
}

/** A run that is at work, or that a model's version is made of. */
export class RunInUseError extends Error {
  override readonly name = "RunInUseError";
}

/**
 * @param home CONVKIT_HOME: only folders in its `runs/` are deleted.
 * @throws {RunNotFoundError}
 * @throws {RunInUseError}
 */
export async function deleteRuns(
  database: Database,
  runIds: readonly string[],
  { blobs, home }: { blobs: BlobStore; home: string },
): Promise<DeletedRuns> {
  const ids = [...new Set(runIds)];
  await checkRuns(database, ids);
  const found = await inTransaction(database, async (client) => {
    // Whoever ingests one of them meanwhile has done so before, or is told that it is deleted.
    await lockRuns(client, ids);
    await checkUnused(client, ids);
    return deleteRows(client, ids, home);
  });
  const freed = await deleteUnusedBlobs(database, blobs, { only: found.blobs });
  const freedOnDisk = await Promise.all(found.folders.map(deleteFolder));
  const { pool } = connectionsOf(database);
  await tellOfRuns(pool, ids);
  return { runs: ids.length, freedBytes: freedOnDisk.reduce((sum, bytes) => sum + bytes, freed) };
}

interface DeletedRows {
  readonly folders: readonly string[];
  /** That the runs used, and others may use. */
  readonly blobs: readonly string[];
}

async function deleteRows(client: PoolClient, ids: readonly string[], home: string): Promise<DeletedRows> {
  await client.query("INSERT INTO deleted_run (run_id) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING", [
    ids,
  ]);
  const used = await client.query<{ sha256: string }>(
    "SELECT DISTINCT sha256 FROM artifact WHERE run_id = ANY ($1)",
    [ids],
  );
  await client.query("DELETE FROM job WHERE run_id = ANY ($1)", [ids]);
  const { rows } = await client.query<{ folder: string | null }>(
    "DELETE FROM run WHERE id = ANY ($1) RETURNING folder",
    [ids],
  );
  const folders = rows.flatMap(({ folder }) => (folder !== null && isIn(folder, home) ? [folder] : []));
  const journals = folders.map((folder) => join(folder, "events.jsonl"));
  await client.query("DELETE FROM journal_cursor WHERE path = ANY ($1)", [journals]);
  return { folders, blobs: used.rows.map(({ sha256 }) => sha256) };
}

/** Which of them were deleted: whoever still keeps files of theirs may remove them. */
export async function findDeletedRuns(database: Database, ids: readonly string[]): Promise<string[]> {
  const { rows } = await connectionsOf(database).pool.query<{ id: string }>(
    "SELECT run_id AS id FROM deleted_run WHERE run_id = ANY ($1)",
    [ids],
  );
  return rows.map(({ id }) => id);
}

export interface FinishDeletionsOptions {
  readonly blobs: BlobStore;
  readonly home: string;
  /** Blobs that were in the store before anybody could upload one to this process: those of later are not touched. */
  readonly stored: readonly string[];
}

/** What an earlier process did not come to: folders of deleted runs, and bytes that nothing uses. */
export async function finishDeletions(
  database: Database,
  { blobs, home, stored }: FinishDeletionsOptions,
): Promise<void> {
  const names = await readdir(join(home, "runs")).catch(() => []);
  for (const id of await findDeletedRuns(database, names)) await deleteFolder(join(home, "runs", id));
  await settleUnrecorded(database, blobs, stored);
  await deleteUnusedBlobs(database, blobs, { unrecorded: stored });
}

/** Files that were whole when a process was killed, before it came to say so to the artifacts that wait for them. */
async function settleUnrecorded(
  database: Database,
  blobs: BlobStore,
  stored: readonly string[],
): Promise<void> {
  const { rows } = await connectionsOf(database).pool.query<{ sha256: string }>(
    `SELECT DISTINCT sha256 FROM artifact WHERE sha256 = ANY ($1) AND NOT EXISTS (
       SELECT FROM blob WHERE blob.sha256 = artifact.sha256)`,
    [stored],
  );
  for (const { sha256 } of rows) {
    const sizeBytes = await blobs.sizeOf(sha256);
    if (sizeBytes !== null) await settleBlob(database, blobs, { sha256, sizeBytes });
  }
}

async function checkUnused(client: PoolClient, ids: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ id: string; use: string }>(
    `SELECT id, 'is running: stop it first' AS use FROM run WHERE id = ANY ($1) AND status = 'running'
       AND last_event_at > now() - interval '1 minute'
     UNION ALL
     SELECT run_id, 'is being trained by a worker: stop it first' FROM job WHERE run_id = ANY ($1) AND state = 'active'
     UNION ALL
     SELECT run_id, 'is version ' || version || ' of the model ' || model_name || ': delete that version first'
     FROM model_version WHERE run_id = ANY ($1) LIMIT 1`,
    [ids],
  );
  const found = rows[0];
  if (found)
    throw new RunInUseError(`Expected runs that nothing needs. Received: ${found.id}, which ${found.use}.`);
}

/**
 * The row goes first: a file without a row is found by its name, a row without a file would be a broken link. Nobody
 * may name a blob meanwhile.
 *
 * @param which `only` these, of any age; else all that are old: one that was uploaded before the event that names it
 *   is young, and waits for it. Of `unrecorded` also files without a row, which a process that was killed left.
 */
async function deleteUnusedBlobs(
  database: Database,
  blobs: BlobStore,
  { only, unrecorded = [] }: { only?: readonly string[]; unrecorded?: readonly string[] },
): Promise<number> {
  if (only?.length === 0) return 0;
  const client = await connectionsOf(database).pool.connect();
  let isWhole = false;
  try {
    const freed = await withoutBlobsHeld(client, async () => {
      const { rows } = await client.query<{ sha256: string; bytes: number }>(
        `DELETE FROM blob WHERE NOT EXISTS (SELECT FROM artifact WHERE artifact.sha256 = blob.sha256)
           AND NOT EXISTS (SELECT FROM thumbnail WHERE blob_sha256 = blob.sha256)
           AND NOT EXISTS (SELECT FROM dataset WHERE pack_sha256 = blob.sha256)
           AND (sha256 = ANY ($1) OR $1 IS NULL AND created_at < now() - interval '1 hour')
         RETURNING sha256, size_bytes::float8 AS bytes`,
        [only ?? null],
      );
      for (const { sha256 } of rows) await blobs.delete(sha256);
      await deleteUnrecorded(client, blobs, unrecorded);
      return rows.reduce((sum, { bytes }) => sum + bytes, 0);
    });
    isWhole = true;
    return freed;
  } finally {
    client.release(!isWhole);
  }
}

async function deleteUnrecorded(
  client: PoolClient,
  blobs: BlobStore,
  stored: readonly string[],
): Promise<void> {
  const { rows } = await client.query<{ sha256: string }>("SELECT sha256 FROM blob WHERE sha256 = ANY ($1)", [
    stored,
  ]);
  const recorded = new Set(rows.map(({ sha256 }) => sha256));
  for (const sha256 of stored) if (!recorded.has(sha256)) await blobs.delete(sha256);
}

/** @returns its size. */
async function deleteFolder(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  await rm(folder, { recursive: true, force: true });
  return sizes.reduce((sum, size) => sum + size, 0);
}

function isIn(folder: string, home: string): boolean {
  return dirname(folder) === join(home, "runs") && basename(folder) !== "";
}
