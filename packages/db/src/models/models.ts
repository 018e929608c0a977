/** Models and their versions, each made of a run; an alias such as `champion` points to one version. */
import type { PoolClient } from "pg";
import { connectionsOf, type Database } from "../database.js";
import type { ModelStage } from "../generated/enums.js";
import { storableText } from "../ingest/storable-event.js";
import { inTransaction } from "../in-transaction.js";
import { lockRuns } from "../locks.js";
import { checkRuns } from "../runs/get-run.js";
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
  /** Accuracies and losses of the run. */
  readonly metrics: Readonly<Record<string, MetricSummaryCell>>;
}

export interface ModelRow {
  readonly name: string;
  readonly description: string;
  readonly createdAt: number;
  /** Newest first. */
  readonly versions: readonly ModelVersionRow[];
}

/** No model, version or alias is called that. */
export class ModelNotFoundError extends Error {
  override readonly name = "ModelNotFoundError";
}

/** A run that has no classifier to register. */
export class NoClassifierError extends Error {
  override readonly name = "NoClassifierError";
}

const SHOWN_METRICS = ["val_accuracy", "val_loss", "test_accuracy", "test_loss"];

/** By name. */
export async function listModels(database: Database): Promise<ModelRow[]> {
  const models = await connectionsOf(database).prisma.model.findMany({
    orderBy: { name: "asc" },
    take: 1000,
    select: MODEL_COLUMNS,
  });
  return toRows(database, models);
}

/** @throws {ModelNotFoundError} */
export async function getModel(database: Database, name: string): Promise<ModelRow> {
  const model = await connectionsOf(database).prisma.model.findUnique({
    where: { name: storableText(name) },
    select: MODEL_COLUMNS,
  });
  if (!model) throw notFound(name);
  return (await toRows(database, [model]))[0]!;
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

const MODEL_COLUMNS = {
  name: true,
  description: true,
  createdAt: true,
  versions: {
    orderBy: { version: "desc" },
    take: 500,
    select: {
      modelName: true,
      version: true,
      runId: true,
      stage: true,
      description: true,
      createdAt: true,
      aliases: { select: { alias: true } },
      run: { select: { name: true, modelName: true, datasetHash: true } },
    },
  },
} as const;

interface Found {
  readonly name: string;
  readonly description: string;
  readonly createdAt: Date;
  readonly versions: readonly {
    readonly modelName: string;
    readonly version: number;
    readonly runId: string;
    readonly stage: ModelStage;
    readonly description: string;
    readonly createdAt: Date;
    readonly aliases: readonly { readonly alias: string }[];
    readonly run: { readonly name: string; readonly modelName: string; readonly datasetHash: string | null };
  }[];
}

async function toRows(database: Database, models: readonly Found[]): Promise<ModelRow[]> {
  const ids = models.flatMap(({ versions }) => versions.map(({ runId }) => runId));
  const { metrics } = await readCells(database, { ids, metrics: SHOWN_METRICS, params: [] });
  return models.map(({ name, description, createdAt, versions }) => ({
    name,
    description,
    createdAt: createdAt.getTime(),
    versions: versions.map(({ modelName, run, aliases, createdAt: made, ...version }) => ({
      ...version,
      model: modelName,
      runName: run.name,
      architecture: run.modelName,
      datasetHash: run.datasetHash,
      aliases: aliases.map(({ alias }) => alias).sort(),
      createdAt: made.getTime(),
      metrics: metrics.get(version.runId) ?? {},
    })),
  }));
}

function notFound(name: string): ModelNotFoundError {
  return new ModelNotFoundError(`Expected a registered model. Received: ${name}, which is none.`);
}
