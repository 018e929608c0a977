/** The files of a run, by path: its checkpoints may be thousands. */
import { z } from "zod";
import { connectionsOf, type Database } from "../database.js";
import { CursorText, cutPage, decodeCursor, type PageQuery } from "../page-cursor.js";

export interface ArtifactRow {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly mediaType: string;
  /** Milliseconds since the epoch. */
  readonly savedAt: number;
  /** Whether the bytes are in the store. */
  readonly stored: boolean;
}

export interface ListArtifactsQuery extends PageQuery {
  readonly runId: string;
  /** Only what is in this folder of the run's, such as `model`. */
  readonly folder?: string | undefined;
}

export interface ArtifactPage {
  readonly artifacts: readonly ArtifactRow[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
  /** Files on all pages, and their sizes together. */
  readonly total: number;
  readonly totalBytes: number;
}

const Cursor = z.tuple([CursorText]);

/** @throws {CursorError} */
export async function listArtifacts(
  database: Database,
  { runId, folder, limit = 100, cursor }: ListArtifactsQuery,
): Promise<ArtifactPage> {
  const { pool } = connectionsOf(database);
  const [after = null] = cursor === undefined ? [] : decodeCursor(cursor, Cursor, "files");
  const where = "run_id = $1 AND ($2::text IS NULL OR starts_with(path, $2))";
  const selection = [runId, folder === undefined ? null : `${folder}/`];
  const [{ rows }, counted] = await Promise.all([
    pool.query<ArtifactRow>(
      `SELECT ${ARTIFACT_COLUMNS} FROM artifact WHERE ${where} AND ($3::text IS NULL OR path > $3)
       ORDER BY path LIMIT $4`,
      [...selection, after, limit + 1],
    ),
    pool.query<Pick<ArtifactPage, "total" | "totalBytes">>(
      `SELECT count(*)::int AS total, coalesce(sum(size_bytes), 0)::float8 AS "totalBytes" FROM artifact WHERE ${where}`,
      selection,
    ),
  ]);
  const { rows: artifacts, ...paging } = cutPage(rows, limit, (last) => [last.path]);
  return { artifacts, ...counted.rows[0]!, ...paging };
}

/** Of `artifact`, as ArtifactRow names them. */
const ARTIFACT_COLUMNS = `
  path, sha256, size_bytes::float8 AS "sizeBytes", media_type AS "mediaType",
  extract(epoch FROM saved_at)::float8 * 1000 AS "savedAt", blob_sha256 IS NOT NULL AS stored`;
