/** Models and their versions, each made of a run; an alias such as `champion` points to one version. */
import type { PoolClient } from "pg";
import { z } from "zod";
import { connectionsOf, type Database } from "../database.js";
import type { ModelStage } from "../generated/enums.js";
import { storableText } from "../ingest/storable-event.js";
import { inTransaction } from "../in-transaction.js";
import { lockRuns } from "../locks.js";
import { CursorText, cutPage, decodeCursor, type PageQuery } from "../page-cursor.js";
import { checkRuns } from "../runs/get-run.js";
import { readModelVersions, type ModelVersionRow } from "./model-versions.js";

export interface ModelRow {
  readonly name: string;
  readonly description: string;
  readonly createdAt: number;
  /** How many there are. */
  readonly versions: number;
  /** null if there is none. */
  readonly newest: ModelVersionRow | null;
  /** By name. */
  readonly aliases: readonly { readonly alias: string; readonly version: number }[];
}

export interface ModelDetail extends ModelRow {
  /** The versions that an alias points to, in the order of the aliases. */
  readonly aliased: readonly ModelVersionRow[];
}

export interface ModelPage {
  readonly models: readonly ModelRow[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
  /** Models on all pages. */
  readonly total: number;
}

/** No model, version or alias is called that. */
export class ModelNotFoundError extends Error {
  override readonly name = "ModelNotFoundError";
}

/** A run that has no classifier to register. */
export class NoClassifierError extends Error {
  override readonly name = "NoClassifierError";
}

const Cursor = z.tuple([CursorText]);

/**
 * By name.
 * @throws {CursorError}
 */
export async function listModels(
  database: Database,
  { limit = 100, cursor }: PageQuery = {},
): Promise<ModelPage> {
  const { pool } = connectionsOf(database);
  const [after = null] = cursor === undefined ? [] : decodeCursor(cursor, Cursor, "models");
  const [{ rows }, counted] = await Promise.all([
    pool.query<Found>(`${READ_MODELS} WHERE $1::text IS NULL OR name > $1 ORDER BY name LIMIT $2`, [
      after,
      limit + 1,
    ]),
    pool.query<{ total: number }>("SELECT count(*)::int AS total FROM model"),
  ]);
  const { rows: found, ...paging } = cutPage(rows, limit, (last) => [last.name]);
  return { models: await toRows(database, found), total: counted.rows[0]?.total ?? 0, ...paging };
}

/** @throws {ModelNotFoundError} */
export async function getModel(database: Database, name: string): Promise<ModelDetail> {
  const { rows } = await connectionsOf(database).pool.query<Found>(`${READ_MODELS} WHERE name = $1`, [
    storableText(name),
  ]);
  const [model] = await toRows(database, rows);
  if (!model) throw notFound(name);
  const versions = [...new Set(model.aliases.map(({ version }) => version))];
  const aliased = await readModelVersions(
    database,
    versions.map((version) => ({ model: model.name, version })),
  );
  return { ...model, aliased };
}

export interface Registration {
  readonly model: string;
  readonly runId: string;
  readonly description?: string | undefined;
}

/**
 * Makes a run the next version of a model, and the model if there is none of that name.
 * @returns the version's number.
 * @throws {RunNotFoundError}
 * @throws {NoClassifierError}
 */
export async function registerModelVersion(
  database: Database,
  { model, runId, description = "" }: Registration,
): Promise<number> {
  await checkRuns(database, [runId]);
  return inTransaction(database, async (client) => {
    // It is not deleted meanwhile.
    await lockRuns(client, [runId]);
    await checkClassifier(client, runId);
    const name = storableText(model);
    await client.query("INSERT INTO model (name) VALUES ($1) ON CONFLICT DO NOTHING", [name]);
    // Two that register at once take turns, and the second one sees the first one's number.
    await client.query("SELECT FROM model WHERE name = $1 FOR UPDATE", [name]);
    const { rows } = await client.query<{ version: number }>(
      `INSERT INTO model_version (model_name, version, run_id, description)
       SELECT $1, coalesce(max(version), 0) + 1, $2, $3 FROM model_version WHERE model_name = $1 RETURNING version`,
      [name, runId, storableText(description)],
    );
    return rows[0]!.version;
  });
}

async function checkClassifier(client: PoolClient, runId: string): Promise<void> {
  const { rowCount } = await client.query(
    "SELECT FROM artifact WHERE run_id = $1 AND path = 'model/model.json'",
    [runId],
  );
  if (rowCount === 0) {
    throw new NoClassifierError(
      `Expected a run with a trained classifier. Received: ${runId}, whose folder holds no model/model.json (yet).`,
    );
  }
}

export interface VersionName {
  readonly model: string;
  readonly version: number;
}

/** @throws {ModelNotFoundError} */
export async function editModelVersion(
  database: Database,
  { model, version }: VersionName,
  change: { readonly stage?: ModelStage | undefined; readonly description?: string | undefined },
): Promise<void> {
  const { count } = await connectionsOf(database).prisma.modelVersion.updateMany({
    where: { modelName: storableText(model), version },
    data: {
      ...(change.stage && { stage: change.stage }),
      ...(change.description !== undefined && { description: storableText(change.description) }),
    },
  });
  if (count === 0) throw notFound(`${model} version ${version}`);
}

/** Moves the alias if another version holds it. @throws {ModelNotFoundError} */
export async function setModelAlias(
  database: Database,
  { model, version }: VersionName,
  alias: string,
): Promise<void> {
  const { prisma } = connectionsOf(database);
  const target = await prisma.modelVersion.findUnique({
    where: { modelName_version: { modelName: storableText(model), version } },
  });
  if (!target) throw notFound(`${model} version ${version}`);
  await prisma.modelAlias.upsert({
    where: { modelName_alias: { modelName: target.modelName, alias } },
    create: { modelName: target.modelName, alias, version },
    update: { version },
  });
}

/** Nothing happens if there is none. */
export async function deleteModelAlias(database: Database, model: string, alias: string): Promise<void> {
  await connectionsOf(database).prisma.modelAlias.deleteMany({
    where: { modelName: storableText(model), alias: storableText(alias) },
  });
}

/** The run stays. The model goes with its last version. @throws {ModelNotFoundError} */
export async function deleteModelVersion(database: Database, { model, version }: VersionName): Promise<void> {
  const { prisma } = connectionsOf(database);
  const { count } = await prisma.modelVersion.deleteMany({
    where: { modelName: storableText(model), version },
  });
  if (count === 0) throw notFound(`${model} version ${version}`);
  await prisma.model.deleteMany({ where: { name: storableText(model), versions: { none: {} } } });
}

/** Aliases are given by hand; nobody gives a thousand. */
const READ_MODELS = `
  SELECT name, description, extract(epoch FROM created_at)::float8 * 1000 AS "createdAt",
    (SELECT count(*)::int FROM model_version WHERE model_name = name) AS versions,
    (SELECT max(version) FROM model_version WHERE model_name = name) AS "newestVersion",
    coalesce((SELECT jsonb_agg(item ORDER BY item.alias) FROM (
      SELECT alias, version FROM model_alias WHERE model_name = name ORDER BY alias LIMIT 1000
    ) AS item), '[]') AS aliases
  FROM model`;

type Found = Omit<ModelRow, "newest"> & { readonly newestVersion: number | null };

async function toRows(database: Database, found: readonly Found[]): Promise<ModelRow[]> {
  const newest = await readModelVersions(
    database,
    found.flatMap(({ name, newestVersion }) =>
      newestVersion === null ? [] : [{ model: name, version: newestVersion }],
    ),
  );
  const byModel = new Map(newest.map((version) => [version.model, version]));
  return found.map(({ newestVersion: _, ...row }) => ({ ...row, newest: byModel.get(row.name) ?? null }));
}

function notFound(name: string): ModelNotFoundError {
  return new ModelNotFoundError(`Expected a registered model. Received: ${name}, which is none.`);
}
