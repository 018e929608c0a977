/**
 * Deleting runs for good: their rows, the bytes that only they used, and the folders of those on this machine. A
 * journal that turns up later is not ingested again; a process killed in the middle leaves no run half there, and
 * `finishDeletions` deletes the rest.
 */
import { readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { BlobStore } from "../blobs/blob-store.js";
import { connectionsOf, type Database } from "../database.js";
import { RUN_CHANNEL } from "../ingest/ingest-events.js";
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
  ids: readonly string[],
  { blobs, home }: { blobs: BlobStore; home: string },
): Promise<DeletedRuns> {
  await checkRuns(database, ids);
  await checkUnused(database, ids);
  const { pool } = connectionsOf(database);
  const client = await pool.connect();
  let folders: string[];
  let candidates: string[];
  try {
    await client.query("BEGIN");
    await client.query("INSERT INTO deleted_run (run_id) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING", [
      ids,
    ]);
    const used = await client.query<{ sha256: string }>(
      "SELECT DISTINCT sha256 FROM artifact WHERE run_id = ANY ($1)",
      [ids],
    );
    candidates = used.rows.map(({ sha256 }) => sha256);
    const { rows } = await client.query<{ folder: string | null }>(
      "DELETE FROM run WHERE id = ANY ($1) RETURNING folder",
      [ids],
    );
    folders = rows.flatMap(({ folder }) => (folder !== null && isIn(folder, home) ? [folder] : []));
    const journals = folders.map((folder) => join(folder, "events.jsonl"));
    await client.query("DELETE FROM journal_cursor WHERE path = ANY ($1)", [journals]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
  const freed = await deleteUnusedBlobs(database, blobs, candidates);
  const freedOnDisk = await Promise.all(folders.map(deleteFolder));
  for (const id of ids) await pool.query("SELECT pg_notify($1, $2)", [RUN_CHANNEL, id]);
  return { runs: ids.length, freedBytes: freedOnDisk.reduce((sum, bytes) => sum + bytes, freed) };
}

/** What an earlier process did not come to: folders of deleted runs, and bytes that nothing uses. */
export async function finishDeletions(
  database: Database,
  { blobs, home }: { blobs: BlobStore; home: string },
): Promise<void> {
  const { pool } = connectionsOf(database);
  const names = await readdir(join(home, "runs")).catch(() => []);
  const { rows } = await pool.query<{ run_id: string }>(
    "SELECT run_id FROM deleted_run WHERE run_id = ANY ($1)",
    [names],
  );
  for (const { run_id: id } of rows) await deleteFolder(join(home, "runs", id));
  const stored = await blobs.sweep();
  const { rows: known } = await pool.query<{ sha256: string }>("SELECT sha256 FROM blob");
  const recorded = new Set(known.map(({ sha256 }) => sha256));
  for (const sha256 of stored) if (!recorded.has(sha256)) await blobs.delete(sha256);
  await deleteUnusedBlobs(database, blobs);
}

async function checkUnused(database: Database, ids: readonly string[]): Promise<void> {
  const { rows } = await connectionsOf(database).pool.query<{ id: string; use: string }>(
    `SELECT id, 'is running: stop it first' AS use FROM run WHERE id = ANY ($1) AND status = 'running'
       AND last_event_at > now() - interval '1 minute'
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
 * A blob that was uploaded before the event that names it is young and waits for it; `candidates` do not.
 * The row goes first: a file without a row is swept up, a row without a file would be a broken link.
 */
async function deleteUnusedBlobs(
  database: Database,
  blobs: BlobStore,
  candidates: readonly string[] = [],
): Promise<number> {
  const { rows } = await connectionsOf(database).pool.query<{ sha256: string; bytes: number }>(
    `DELETE FROM blob WHERE NOT EXISTS (SELECT FROM artifact WHERE artifact.sha256 = blob.sha256)
       AND NOT EXISTS (SELECT FROM thumbnail WHERE blob_sha256 = blob.sha256)
       AND (created_at < now() - interval '1 hour' OR sha256 = ANY ($1))
     RETURNING sha256, size_bytes::float8 AS bytes`,
    [candidates],
  );
  for (const { sha256 } of rows) await blobs.delete(sha256);
  return rows.reduce((sum, { bytes }) => sum + bytes, 0);
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
