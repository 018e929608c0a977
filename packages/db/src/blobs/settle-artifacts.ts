/**
 * Brings what events say about files and the bytes of the files together: files of a run on this machine go into the
 * store, uploaded blobs to the artifacts that wait for them, and predictions and reports into the record.
 */
import { join, normalize, sep } from "node:path";
import { buffer } from "node:stream/consumers";
import { decodePredictions, EvaluationReport } from "@convkit/schema";
import type { PoolClient } from "pg";
import { connectionsOf, type Database } from "../database.js";
import { inTransaction } from "../in-transaction.js";
import { tellOfRuns } from "../ingest/run-channel.js";
import { FILES_OF_THE_RECORD } from "../ingest/run-record.js";
import { holdBlobs } from "../locks.js";
import { storePredictions, storeReport } from "../predictions/store-predictions.js";
import { BlobHashError, BlobNotFoundError, type BlobStore } from "./blob-store.js";

interface Waiting {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

const TRIES = 3;

/**
 * Takes the files of a run's folder in that the record names and the store lacks. A file that has changed since is
 * left: its own event will come. So is a checkpoint: it is for going on with the run, where the run is.
 */
export async function takeLocalArtifacts(
  database: Database,
  blobs: BlobStore,
  { runId, folder }: { runId: string; folder: string },
): Promise<void> {
  const { rows } = await connectionsOf(database).pool.query<Waiting>(
    `SELECT path, sha256, size_bytes::float8 AS "sizeBytes" FROM artifact
     WHERE run_id = $1 AND blob_sha256 IS NULL AND path NOT LIKE 'checkpoints/%'`,
    [runId],
  );
  for (const { path, sha256, sizeBytes } of rows) {
    const file = normalize(join(folder, path));
    if (file.startsWith(folder + sep)) await takeFile(database, blobs, { path: file, sha256, sizeBytes });
  }
}

async function takeFile(
  database: Database,
  blobs: BlobStore,
  { path, sha256, sizeBytes }: Waiting,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await blobs.addFile(sha256, path);
      return await settleBlob(database, blobs, { sha256, sizeBytes });
    } catch (error) {
      const isGone = (error as NodeJS.ErrnoException).code === "ENOENT";
      if (isGone || error instanceof BlobHashError) return;
      // It was unused until now, and deleted in between.
      if (error instanceof BlobNotFoundError && attempt < TRIES) continue;
      throw error;
    }
  }
}

/** Gives a run's artifacts the blobs that are in the store already. */
export async function settleArtifacts(database: Database, blobs: BlobStore, runId: string): Promise<void> {
  const { rows } = await connectionsOf(database).pool.query<{ sha256: string; sizeBytes: number }>(
    `SELECT DISTINCT blob.sha256, blob.size_bytes::float8 AS "sizeBytes" FROM artifact JOIN blob USING (sha256)
     WHERE artifact.run_id = $1 AND artifact.blob_sha256 IS NULL`,
    [runId],
  );
  for (const blob of rows) {
    await settleBlob(database, blobs, blob).catch((error: unknown) => {
      // Somebody took the file away: the artifact goes on waiting.
      if (!(error instanceof BlobNotFoundError)) throw error;
    });
  }
}

/**
 * Records a whole blob of the store, and gives it to the artifacts that wait for it: at once with what is read of it.
 * @throws {BlobNotFoundError} if it is not in the store (any more).
 */
export async function settleBlob(
  database: Database,
  blobs: BlobStore,
  { sha256, sizeBytes }: { sha256: string; sizeBytes: number },
): Promise<void> {
  await inTransaction(database, async (client) => {
    await holdBlobs(client);
    if ((await blobs.sizeOf(sha256)) === null) {
      throw new BlobNotFoundError(`Expected a blob of the store. Received: ${sha256}, which is none.`);
    }
    await client.query("INSERT INTO blob (sha256, size_bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING", [
      sha256,
      sizeBytes,
    ]);
    const { rows } = await client.query<{ run_id: string; path: string }>(
      "UPDATE artifact SET blob_sha256 = $1 WHERE sha256 = $1 AND blob_sha256 IS NULL RETURNING run_id, path",
      [sha256],
    );
    for (const { run_id: runId, path } of rows) {
      await readIntoRecord(client, { runId, path, bytes: () => blobs.read(sha256).then(buffer) });
      await tellOfRuns(client, [runId]);
    }
  });
}

interface StoredFile {
  readonly runId: string;
  readonly path: string;
  readonly bytes: () => Promise<Buffer>;
}

/** A file that does not parse, or that no table holds, stays a file: it is a run's own affair what it leaves. */
async function readIntoRecord(client: PoolClient, file: StoredFile): Promise<void> {
  if (!FILES_OF_THE_RECORD.includes(file.path)) return;
  const bytes = await file.bytes();
  await client.query("SAVEPOINT reading");
  try {
    if (file.path === "predictions.bin") {
      const predictions = tryTo(decodePredictions, bytes);
      if (predictions) await storePredictions(client, file.runId, predictions);
    } else {
      const report = tryTo((text) => EvaluationReport.parse(JSON.parse(text)), bytes.toString("utf8"));
      if (report) await storeReport(client, file.runId, report);
    }
  } catch (error) {
    // Classes 22 and 54 of PostgreSQL's errors: data exception, program limit exceeded.
    if (!/^(22|54)/.test(String((error as { code?: unknown }).code))) throw error;
    await client.query("ROLLBACK TO reading");
  }
}

function tryTo<From, To>(read: (value: From) => To, value: From): To | null {
  try {
    return read(value);
  } catch {
    return null;
  }
}
