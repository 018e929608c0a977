/** Where the files of a run lie in the blob store. */
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

export interface ArtifactInFolder extends StoredArtifact {
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
}

/**
 * Those of a folder and of the folders in it, by path, as far as their bytes are in the store.
 *
 * @param folder `model`; the empty string for all of the run.
 */
export async function findArtifactsUnder(
  database: Database,
  runId: string,
  folder: string,
): Promise<readonly ArtifactInFolder[]> {
  const { rows } = await connectionsOf(database).pool.query<ArtifactInFolder>(
    `SELECT path, blob_sha256 AS sha256, size_bytes::float8 AS "sizeBytes", media_type AS "mediaType",
       (extract(epoch FROM saved_at) * 1000)::float8 AS "savedAt"
     FROM artifact WHERE run_id = $1 AND ($2 = '' OR starts_with(path, $2 || '/')) AND blob_sha256 IS NOT NULL
     ORDER BY path`,
    [runId, folder],
  );
  return rows;
}
