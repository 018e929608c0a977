/** One run with everything a page about it shows at once; curves, log and pictures come by their own functions. */
import type { DatasetCard, RunConfig } from "@convkit/schema";
import { connectionsOf, type Database } from "../database.js";
import { RUN_COLUMNS, readCells, type RunRow } from "./list-runs.js";

export interface RunDetail extends RunRow {
  readonly config: RunConfig;
  readonly card: DatasetCard | null;
  /** Absolute path on the server's machine; null for a run of another machine. */
  readonly folder: string | null;
  readonly parameters: number | null;
  readonly flops: number | null;
  readonly stepsPerEpoch: number | null;
  readonly imagesPerSecond: number | null;
  /** Of every curve, with its points counted. */
  readonly metricKeys: readonly string[];
  /** The first 1,000. */
  readonly attempts: readonly RunAttemptRow[];
  /** `listArtifacts` says which. */
  readonly artifactCount: number;
  /** Whether a classifier was saved. */
  readonly hasModel: boolean;
  /** Whether somebody has sent small pictures of its data set. */
  readonly hasThumbnails: boolean;
  /** The first 1,000. */
  readonly notes: readonly NoteRow[];
  /** Splits whose predictions are here. */
  readonly judgedSplits: readonly string[];
  /** The versions of models that this run is; 1,000 at most. */
  readonly modelVersions: readonly { readonly model: string; readonly version: number }[];
}

export interface RunAttemptRow {
  readonly attempt: number;
  readonly fromStep: number | null;
  /** Events that were ingested. */
  readonly events: number;
}

export interface NoteRow {
  readonly id: string;
  /** Markdown. */
  readonly body: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** No run has that id: it never was, or was deleted. */
export class RunNotFoundError extends Error {
  override readonly name = "RunNotFoundError";
}

/** @throws {RunNotFoundError} */
export async function getRun(database: Database, id: string): Promise<RunDetail> {
  const { pool } = connectionsOf(database);
  const { rows } = await pool.query<Omit<RunDetail, "metrics" | "params">>(READ_RUN, [id]);
  const run = rows[0];
  if (!run) throw await notFound(database, id);
  const { rows: params } = await pool.query<{ key: string }>("SELECT key FROM param WHERE run_id = $1", [id]);
  const cells = await readCells(database, {
    ids: [id],
    metrics: run.metricKeys,
    params: params.map(({ key }) => key),
  });
  return { ...run, metrics: cells.metrics.get(id) ?? {}, params: cells.params.get(id) ?? {} };
}

async function notFound(database: Database, id: string): Promise<RunNotFoundError> {
  const { rowCount } = await connectionsOf(database).pool.query("SELECT FROM deleted_run WHERE run_id = $1", [
    id,
  ]);
  return new RunNotFoundError(
    `Expected the id of a run. Received: ${id}, ${rowCount ? "which was deleted" : "which is none"}.`,
  );
}

/** @throws {RunNotFoundError} naming those that are no runs. */
export async function checkRuns(database: Database, ids: readonly string[]): Promise<void> {
  const { rows } = await connectionsOf(database).pool.query<{ id: string }>(
    "SELECT id FROM run WHERE id = ANY ($1)",
    [ids],
  );
  const found = new Set(rows.map(({ id }) => id));
  const missing = ids.find((id) => !found.has(id));
  if (missing !== undefined) throw await notFound(database, missing);
}

const list = (select: string, order: string) =>
  `coalesce((
     SELECT jsonb_agg(item ORDER BY ${order}) FROM (
       SELECT * FROM (${select}) AS item ORDER BY ${order} LIMIT 1000
     ) AS item
   ), '[]')`;

const READ_RUN = `
  SELECT ${RUN_COLUMNS}, run.config, run.folder, run.parameters::float8 AS parameters, run.flops,
    run.steps_per_epoch AS "stepsPerEpoch", run.images_per_second AS "imagesPerSecond",
    (SELECT card FROM dataset WHERE content_hash = run.dataset_hash) AS card,
    coalesce((SELECT array_agg(key ORDER BY key) FROM metric WHERE run_id = run.id), '{}') AS "metricKeys",
    ${list(
      `SELECT attempt, from_step AS "fromStep",
         (SELECT coalesce(sum(upper(range) - lower(range)), 0) FROM unnest(received) AS range) AS events
       FROM run_attempt WHERE run_id = run.id`,
      "item.attempt",
    )} AS attempts,
    (SELECT count(*)::int FROM artifact WHERE run_id = run.id) AS "artifactCount",
    EXISTS (SELECT FROM artifact WHERE run_id = run.id AND path = 'model/model.json') AS "hasModel",
    EXISTS (SELECT FROM thumbnail WHERE dataset_hash = run.dataset_hash) AS "hasThumbnails",
    ${list(
      `SELECT id, body, extract(epoch FROM created_at) * 1000 AS "createdAt",
         extract(epoch FROM updated_at) * 1000 AS "updatedAt" FROM note WHERE run_id = run.id`,
      `item."createdAt"`,
    )} AS notes,
    coalesce((SELECT array_agg(split ORDER BY split) FROM prediction WHERE run_id = run.id), '{}') AS "judgedSplits",
    ${list(
      "SELECT model_name AS model, version FROM model_version WHERE run_id = run.id",
      "item.model, item.version",
    )} AS "modelVersions"
  FROM run WHERE run.id = $1`;
