/** The data sets that runs were trained on: their cards, and small pictures for the pages. */
import type { DatasetCard, DatasetInspection } from "@convkit/schema";
import type { PoolClient } from "pg";
import { z } from "zod";
import { BlobNotFoundError } from "../blobs/blob-store.js";
import { connectionsOf, type Database } from "../database.js";
import { inTransaction } from "../in-transaction.js";
import { holdBlobs } from "../locks.js";
import { CursorText, cutPage, decodeCursor, type PageQuery } from "../page-cursor.js";
import { tellOfRuns } from "../ingest/run-channel.js";
import { storable, storableText } from "../ingest/storable-event.js";

export interface DatasetRow {
  readonly contentHash: string;
  readonly name: string;
  readonly source: string;
  readonly classes: number;
  /** Pictures of all splits. */
  readonly pictures: number;
  readonly runs: number;
  readonly thumbnails: number;
  /** Workers that lack its pictures can fetch them. */
  readonly hasPack: boolean;
  readonly createdAt: number;
}

export interface DatasetDetail extends DatasetRow {
  readonly card: DatasetCard;
  /** null until a worker has looked at all pictures. */
  readonly inspection: DatasetInspection | null;
}

/** No data set has that content hash. */
export class DatasetNotFoundError extends Error {
  override readonly name = "DatasetNotFoundError";
}

const DATASET_COLUMNS = `
  content_hash AS "contentHash", name, source, jsonb_array_length(card -> 'classNames') AS classes,
  (SELECT coalesce(sum((split.value ->> 'count')::int), 0)::int FROM jsonb_each(card -> 'splits') AS split) AS pictures,
  (SELECT count(*)::int FROM run WHERE dataset_hash = content_hash) AS runs,
  (SELECT count(*)::int FROM thumbnail WHERE dataset_hash = content_hash) AS thumbnails,
  pack_sha256 IS NOT NULL AS "hasPack",
  extract(epoch FROM created_at)::float8 * 1000 AS "createdAt"`;

export interface DatasetPage {
  readonly datasets: readonly DatasetRow[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
  /** Data sets on all pages. */
  readonly total: number;
}

const DatasetCursor = z.tuple([z.number(), CursorText]);

/**
 * Newest first.
 * @throws {CursorError}
 */
export async function listDatasets(
  database: Database,
  { limit = 100, cursor }: PageQuery = {},
): Promise<DatasetPage> {
  const { pool } = connectionsOf(database);
  const after = cursor === undefined ? [] : decodeCursor(cursor, DatasetCursor, "data sets");
  const [{ rows }, counted] = await Promise.all([
    pool.query<DatasetRow>(
      `SELECT ${DATASET_COLUMNS} FROM dataset
       ${after.length > 0 ? "WHERE (created_at, content_hash) < (to_timestamp($2::float8 / 1000), $3)" : ""}
       ORDER BY dataset.created_at DESC, dataset.content_hash DESC LIMIT $1`,
      [limit + 1, ...after],
    ),
    pool.query<{ total: number }>("SELECT count(*)::int AS total FROM dataset"),
  ]);
  const { rows: datasets, ...paging } = cutPage(rows, limit, (last) => [last.createdAt, last.contentHash]);
  return { datasets, total: counted.rows[0]?.total ?? 0, ...paging };
}

/** @throws {DatasetNotFoundError} */
export async function getDataset(database: Database, contentHash: string): Promise<DatasetDetail> {
  const { rows } = await connectionsOf(database).pool.query<DatasetDetail>(
    `SELECT ${DATASET_COLUMNS}, card, inspection FROM dataset WHERE content_hash = $1`,
    [contentHash],
  );
  if (rows[0]) return rows[0];
  throw new DatasetNotFoundError(
    `Expected the content hash of a data set. Received: ${contentHash}, which is none. A data set is known ` +
      "once a run has used it.",
  );
}

export interface DatasetPack {
  /** Blob with the data set's files as a tar. */
  readonly packSha256: string;
  readonly packBytes: number;
}

/**
 * Makes a data set known, with its pictures for workers that lack them; its blob is uploaded first.
 * @throws {BlobNotFoundError}
 */
export async function addDataset(database: Database, card: DatasetCard, packSha256: string): Promise<void> {
  const { contentHash, name, source } = storable(card);
  await inTransaction(database, async (client) => {
    await checkBlob(client, packSha256);
    await client.query(
      `INSERT INTO dataset (content_hash, name, source, card, pack_sha256) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (content_hash) DO UPDATE SET card = excluded.card, pack_sha256 = excluded.pack_sha256`,
      [contentHash, name, source, JSON.stringify(storable(card)), packSha256],
    );
  });
}

/**
 * Keeps what looking at all pictures of a data set has found, in place of what was found before.
 * @throws {DatasetNotFoundError}
 */
export async function addInspection(database: Database, inspection: DatasetInspection): Promise<void> {
  const { contentHash } = inspection.card;
  await getDataset(database, contentHash);
  await connectionsOf(database).pool.query("UPDATE dataset SET inspection = $2 WHERE content_hash = $1", [
    contentHash,
    JSON.stringify(storable(inspection)),
  ]);
}

/** It is not deleted until the transaction's end. */
async function checkBlob(client: PoolClient, sha256: string): Promise<void> {
  await holdBlobs(client);
  const { rowCount } = await client.query("SELECT FROM blob WHERE sha256 = $1", [sha256]);
  if (rowCount === 0) {
    throw new BlobNotFoundError(
      `Expected a blob that was uploaded before. Received: ${sha256}, which is none.`,
    );
  }
}

/** @returns null if nobody has uploaded the data set's pictures. */
export async function findDatasetPack(database: Database, contentHash: string): Promise<DatasetPack | null> {
  const { rows } = await connectionsOf(database).pool.query<DatasetPack>(
    `SELECT sha256 AS "packSha256", size_bytes::float8 AS "packBytes"
     FROM dataset JOIN blob ON blob.sha256 = dataset.pack_sha256 WHERE content_hash = $1`,
    [contentHash],
  );
  return rows[0] ?? null;
}

export interface InspectionWanted {
  readonly contentHash: string;
  /** Where the worker's run found the data set. */
  readonly source: string;
  /** A worker that is here, and has the pictures: it trained a run on them, or shares a home with the server. */
  readonly workerId: string;
  /** As in that run's `data`; absent where it has them not. */
  readonly multiLabel?: boolean;
  readonly noLabel?: string;
}

/** `packThumbnails` makes no more of test pictures. */
const MOST_PICTURES = 20_000;
/** Of one worker with one data set. What fails so often is not tried again. */
const MOST_TRIES = 3;
/** A worker is believed lost that was not heard of for so long. */
const HERE_SECONDS = 150;
const TRY_AGAIN_SECONDS = 600;

/**
 * Data sets that nobody has looked at, or of which pages lack pictures that they show, and who is to do it. None at which
 * somebody is, who were tried in vain lately or too often, or that somebody did not want looked at.
 * @param home the server's: of the local worker, which is asked first.
 */
export async function listDatasetsToInspect(database: Database, home: string): Promise<InspectionWanted[]> {
  const { rows } = await connectionsOf(database).pool.query<
    InspectionWanted & { reading: Pick<InspectionWanted, "multiLabel" | "noLabel"> }
  >(
    `WITH here AS (
       SELECT id, description ->> 'home' AS home FROM worker
       WHERE last_seen_at > now() - make_interval(secs => ${HERE_SECONDS}) AND description -> 'kinds' ? 'inspect'
     ), trained AS (
       SELECT run.dataset_hash, run.config -> 'data' AS data, here.id AS worker, true AS is_local, run.created_at AS at
       FROM run JOIN here ON here.home = $1 WHERE run.folder IS NOT NULL
       UNION ALL
       SELECT run.dataset_hash, run.config -> 'data', here.id, false, claim.claimed_at
       FROM run JOIN job ON job.run_id = run.id AND job.kind = 'train' JOIN job_claim AS claim ON claim.job_id = job.id
         JOIN here ON here.id = claim.worker_id
     ), ordered AS (
       SELECT job ->> 'contentHash' AS dataset_hash, only_worker AS worker, state, ended_at FROM job WHERE kind = 'inspect'
     )
     SELECT DISTINCT ON (content_hash) content_hash AS "contentHash", coalesce(data ->> 'source', dataset.source) AS source,
       trained.worker AS "workerId", jsonb_strip_nulls(
         jsonb_build_object('multiLabel', data -> 'multiLabel', 'noLabel', data -> 'noLabel')) AS reading
     FROM dataset JOIN trained ON trained.dataset_hash = content_hash
     WHERE (inspection IS NULL OR (SELECT count(*) FROM thumbnail WHERE dataset_hash = content_hash)
         < greatest(1, least(${MOST_PICTURES}, (card #>> '{splits,test,count}')::int)))
       AND NOT EXISTS (
         SELECT FROM ordered WHERE ordered.dataset_hash = content_hash AND (
           ordered.state = 'cancelled' OR ordered.ended_at > now() - make_interval(secs => ${TRY_AGAIN_SECONDS})
           OR (ordered.state IN ('waiting', 'active') AND ordered.worker IN (SELECT id FROM here))))
       AND (
         SELECT count(*) FROM ordered WHERE ordered.dataset_hash = content_hash AND ordered.worker = trained.worker
       ) < ${MOST_TRIES}
     ORDER BY content_hash, is_local DESC, at DESC`,
    [home],
  );
  return rows.map(({ reading, ...wanted }) => ({ ...wanted, ...reading }));
}

export interface Thumbnail {
  readonly pictureId: string;
  readonly split: string;
  /** Class index; null where it is unknown. */
  readonly label: number | null;
}

export interface ThumbnailPack {
  readonly datasetHash: string;
  /** Of the blob that holds the pictures, one after the other. */
  readonly blobSha256: string;
  readonly pictures: readonly (Thumbnail & { readonly offset: number; readonly sizeBytes: number })[];
}

/**
 * Pictures that are known already stay as they are. Of the data set's runs, which have pictures from the first on, followers are told.
 * @throws {DatasetNotFoundError}
 * @throws {BlobNotFoundError}
 */
export async function addThumbnails(
  database: Database,
  { datasetHash, blobSha256, pictures }: ThumbnailPack,
): Promise<void> {
  await getDataset(database, datasetHash);
  const column = <K extends keyof (typeof pictures)[number]>(name: K) =>
    pictures.map((picture) => picture[name]);
  await inTransaction(database, async (client) => {
    await checkBlob(client, blobSha256);
    const { rows: pictured } = await client.query<{ id: string }>(
      `SELECT id FROM run WHERE dataset_hash = $1 AND NOT EXISTS (SELECT FROM thumbnail WHERE dataset_hash = $1)`,
      [datasetHash],
    );
    await client.query(
      `INSERT INTO thumbnail (dataset_hash, blob_sha256, picture_id, split, label, "offset", size_bytes)
       SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::int[], $6::int[], $7::int[]) ON CONFLICT DO NOTHING`,
      [
        datasetHash,
        blobSha256,
        pictures.map(({ pictureId }) => storableText(pictureId)),
        pictures.map(({ split }) => storableText(split)),
        column("label"),
        column("offset"),
        column("sizeBytes"),
      ],
    );
    await tellOfRuns(
      client,
      pictured.map(({ id }) => id),
    );
  });
}

export interface ThumbnailQuery extends PageQuery {
  readonly datasetHash: string;
  readonly split?: string | undefined;
  readonly label?: number | undefined;
}

export interface ThumbnailPage {
  readonly thumbnails: readonly Thumbnail[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
  /** Those that match, on all pages. */
  readonly total: number;
}

const ThumbnailCursor = z.tuple([CursorText]);

/**
 * In the order of their ids.
 * @throws {CursorError}
 */
export async function listThumbnails(database: Database, query: ThumbnailQuery): Promise<ThumbnailPage> {
  const { datasetHash, split, label, limit = 100, cursor } = query;
  const { pool } = connectionsOf(database);
  const [after = null] = cursor === undefined ? [] : decodeCursor(cursor, ThumbnailCursor, "thumbnails");
  const where = "dataset_hash = $1 AND ($2::text IS NULL OR split = $2) AND ($3::int IS NULL OR label = $3)";
  const selection = [datasetHash, split ?? null, label ?? null];
  const [{ rows }, counted] = await Promise.all([
    pool.query<Thumbnail>(
      `SELECT picture_id AS "pictureId", split, label FROM thumbnail
       WHERE ${where} AND ($4::text IS NULL OR picture_id > $4) ORDER BY picture_id LIMIT $5`,
      [...selection, after, limit + 1],
    ),
    pool.query<{ total: number }>(`SELECT count(*)::int AS total FROM thumbnail WHERE ${where}`, selection),
  ]);
  const { rows: thumbnails, ...paging } = cutPage(rows, limit, (last) => [last.pictureId]);
  return { thumbnails, total: counted.rows[0]?.total ?? 0, ...paging };
}

/** Where a small picture lies in the blob store; null if there is none. */
export async function findThumbnail(
  database: Database,
  datasetHash: string,
  pictureId: string,
): Promise<{ blobSha256: string; offset: number; sizeBytes: number } | null> {
  const thumbnail = await connectionsOf(database).prisma.thumbnail.findUnique({
    where: { datasetHash_pictureId: { datasetHash, pictureId } },
    select: { blobSha256: true, offset: true, sizeBytes: true },
  });
  return thumbnail;
}
