/** Where a file of a run lies in the blob store. */
import { connectionsOf, type Database } from "../database.js";

export interface StoredArtifact {
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly mediaType: string;
}

/** @returns null if the run has no such file, or its bytes are not in the store. */
export async function findArtifact(
  database: Database,
  runId: string,
  path: string,
): Promise<StoredArtifact | null> {
  const { rows } = await connectionsOf(database).pool.query<StoredArtifact>(
    `SELECT blob_sha256 AS sha256, size_bytes::float8 AS "sizeBytes", media_type AS "mediaType"
     FROM artifact WHERE run_id = $1 AND path = $2 AND blob_sha256 IS NOT NULL`,
    [runId, path],
  );
  return rows[0] ?? null;
}
