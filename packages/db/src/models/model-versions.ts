/** The versions of a model, newest first: each a run, with what the run reached. */
import { z } from "zod";
import { connectionsOf, type Database } from "../database.js";
import type { ModelStage } from "../generated/enums.js";
import { storableText } from "../ingest/storable-event.js";
import { cutPage, decodeCursor, type PageQuery } from "../page-cursor.js";
import { readCells, type MetricSummaryCell } from "../runs/list-runs.js";

export interface ModelVersionRow {
  readonly model: string;
  readonly version: number;
  readonly runId: string;
  readonly runName: string;
  /** The network's, such as resnet9. */
  readonly architecture: string;
  readonly datasetHash: string | null;
  readonly stage: ModelStage;
  readonly description: string;
  readonly aliases: readonly string[];
  readonly createdAt: number;
  /** Accuracies and losses of the run, and of label sets the mean average precisions. */
  readonly metrics: Readonly<Record<string, MetricSummaryCell>>;
}

export interface ListModelVersionsQuery extends PageQuery {
  readonly model: string;
}

export interface ModelVersionPage {
  readonly versions: readonly ModelVersionRow[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
  /** Versions on all pages; 0 if no model is called that. */
  readonly total: number;
}

const Cursor = z.tuple([z.int32()]);

/** @throws {CursorError} */
export async function listModelVersions(
  database: Database,
  { model, limit = 100, cursor }: ListModelVersionsQuery,
): Promise<ModelVersionPage> {
  const { pool } = connectionsOf(database);
  const name = storableText(model);
  const [before = null] = cursor === undefined ? [] : decodeCursor(cursor, Cursor, "versions");
  const [{ rows }, counted] = await Promise.all([
    pool.query<{ version: number }>(
      `SELECT version FROM model_version WHERE model_name = $1 AND ($2::int IS NULL OR version < $2)
       ORDER BY version DESC LIMIT $3`,
      [name, before, limit + 1],
    ),
    pool.query<{ total: number }>("SELECT count(*)::int AS total FROM model_version WHERE model_name = $1", [
      name,
    ]),
  ]);
  const { rows: shown, ...paging } = cutPage(rows, limit, (last) => [last.version]);
  const versions = await readModelVersions(
    database,
    shown.map(({ version }) => ({ model: name, version })),
  );
  return { versions, total: counted.rows[0]?.total ?? 0, ...paging };
}

/** Those of label sets have a mean average precision too, beside which their accuracy says little. */
const SHOWN_METRICS = ["val", "test"].flatMap((split) =>
  ["mean_average_precision", "accuracy", "loss"].map((name) => `${split}_${name}`),
);

/** In the order in which they were asked for; those that are gone are left out. */
export async function readModelVersions(
  database: Database,
  names: readonly { readonly model: string; readonly version: number }[],
): Promise<ModelVersionRow[]> {
  const { rows } = await connectionsOf(database).pool.query<Omit<ModelVersionRow, "metrics">>(
    `SELECT asked.model, version, run_id AS "runId", run.name AS "runName", run.model_name AS architecture,
       run.dataset_hash AS "datasetHash", stage, description,
       coalesce((SELECT array_agg(alias ORDER BY alias) FROM model_alias
         WHERE model_alias.model_name = asked.model AND model_alias.version = asked.version), '{}') AS aliases,
       extract(epoch FROM model_version.created_at)::float8 * 1000 AS "createdAt"
     FROM unnest($1::text[], $2::int[]) WITH ORDINALITY AS asked (model, version, place)
     JOIN model_version USING (version) JOIN run ON run.id = run_id
     WHERE model_version.model_name = asked.model ORDER BY place`,
    [names.map(({ model }) => model), names.map(({ version }) => version)],
  );
  const ids = rows.map(({ runId }) => runId);
  const { metrics } = await readCells(database, { ids, metrics: SHOWN_METRICS, params: [] });
  return rows.map((row) => ({ ...row, metrics: metrics.get(row.runId) ?? {} }));
}
