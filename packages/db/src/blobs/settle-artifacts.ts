/**
 * Brings what events say about files and the bytes of the files together: files of a run on this machine go into the
 * store, uploaded blobs to the artifacts that wait for them, and predictions and reports into the record.
 */
import { join, normalize, sep } from "node:path";
import { buffer } from "node:stream/consumers";
import { decodePredictions, EvaluationReport } from "@convkit/schema";
import { connectionsOf, type Database } from "../database.js";
import { RUN_CHANNEL } from "../ingest/ingest-events.js";
import { storePredictions, storeReport } from "../predictions/store-predictions.js";
import { BlobHashError, type BlobStore } from "./blob-store.js";

interface Waiting {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

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
    if (!file.startsWith(folder + sep)) continue;
    try {
      await blobs.addFile(sha256, file);
    } catch (error) {
      const isGone = (error as NodeJS.ErrnoException).code === "ENOENT";
      if (isGone || error instanceof BlobHashError) continue;
      throw error;
    }
    await settleBlob(database, blobs, { sha256, sizeBytes });
  }
}

/** Records a whole blob of the store, and gives it to the artifacts that wait for it. */
export async function settleBlob(
  database: Database,
  blobs: BlobStore,
  { sha256, sizeBytes }: { sha256: string; sizeBytes: number },
): Promise<void> {
  const { pool } = connectionsOf(database);
  await pool.query("INSERT INTO blob (sha256, size_bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING", [
    sha256,
    sizeBytes,
  ]);
  const { rows } = await pool.query<{ run_id: string; path: string }>(
    "UPDATE artifact SET blob_sha256 = $1 WHERE sha256 = $1 AND blob_sha256 IS NULL RETURNING run_id, path",
    [sha256],
  );
  for (const { run_id: runId, path } of rows) {
    await readIntoRecord(database, { runId, path, bytes: () => blobs.read(sha256).then(buffer) });
    await pool.query("SELECT pg_notify($1, $2)", [RUN_CHANNEL, runId]);
  }
}

interface StoredFile {
  readonly runId: string;
  readonly path: string;
  readonly bytes: () => Promise<Buffer>;
}

/** A file that does not parse stays a file: it is a run's own affair what it leaves. */
async function readIntoRecord(database: Database, { runId, path, bytes }: StoredFile): Promise<void> {
  if (path === "predictions.bin") {
    const predictions = tryTo(decodePredictions, await bytes());
    if (predictions) await storePredictions(database, runId, predictions);
  }
  if (path === "report.json") {
    const report = tryTo(
      (text) => EvaluationReport.parse(JSON.parse(text)),
      (await bytes()).toString("utf8"),
    );
    if (report) await storeReport(database, runId, report);
  }
}

function tryTo<From, To>(read: (value: From) => To, value: From): To | null {
  try {
    return read(value);
  } catch {
    return null;
  }
}
