/** The runs table: any metric and param as a column, filtered, ordered, paged by cursor. */
import { z } from "zod";
import { connectionsOf, type Database } from "../database.js";
import type { RunStatus } from "../generated/enums.js";
import { CursorNumber, CursorText, cutPage, decodeCursor } from "../page-cursor.js";
import {
  betterOf,
  fieldOf,
  readKnownKeys,
  SqlParameters,
  type KnownKeys,
  type RunField,
} from "./run-fields.js";
import { compileRunFilter, parseRunFilter, patternOf } from "./run-filter.js";

/** Which runs. */
export interface RunSelection {
  /** See run-filter.ts. */
  readonly filter?: string | undefined;
  /** Words, each of which must be in the run's name, id, model, data set, experiment or tags. */
  readonly search?: string | undefined;
  /** Default: only runs that are not archived. */
  readonly archived?: boolean | undefined;
}

export interface ListRunsQuery extends RunSelection {
  /** A field of run-fields.ts. Default: `created`, newest first. */
  readonly sort?: { readonly field: string; readonly descending: boolean } | undefined;
  /** Curves whose summaries are wanted. */
  readonly metrics?: readonly string[] | undefined;
  /** Params that are wanted. */
  readonly params?: readonly string[] | undefined;
  /** 1 to 1,000. Default 100. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

export interface MetricSummaryCell {
  readonly best: number | null;
  readonly bestStep: number | null;
  readonly last: number;
  readonly lastStep: number;
  readonly count: number;
}

export interface RunRow {
  readonly id: string;
  readonly name: string;
  readonly experiment: string;
  readonly status: RunStatus;
  readonly reason: string;
  readonly model: string;
  readonly dataset: string;
  readonly datasetHash: string | null;
  readonly engine: string | null;
  readonly device: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly lastEventAt: number | null;
  readonly archived: boolean;
  readonly attempt: number;
  readonly step: number;
  /** Updates of the whole run; null until its data was opened. */
  readonly totalSteps: number | null;
  readonly epoch: number;
  readonly epochs: number;
  readonly tags: readonly string[];
  readonly metrics: Readonly<Record<string, MetricSummaryCell>>;
  /** As JSON text. */
  readonly params: Readonly<Record<string, string>>;
}

export interface RunPage {
  readonly runs: readonly RunRow[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
  /** Runs that match, on all pages. */
  readonly total: number;
}

/**
 * @throws {RunFilterError}
 * @throws {UnknownFieldError} if there is nothing to sort by under that name.
 * @throws {CursorError}
 */
export async function listRuns(database: Database, query: ListRunsQuery = {}): Promise<RunPage> {
  const { pool } = connectionsOf(database);
  const { sort = { field: "created", descending: true }, limit = 100, metrics = [], params = [] } = query;
  const known = await readKnownKeys(database);
  const parameters = new SqlParameters();
  const where = compileSelection(query, known, parameters);
  const order = orderOf(fieldOf(sort.field, known), sort.descending, parameters);
  const after = query.cursor === undefined ? "" : `AND ${compileCursor(query.cursor, order, parameters)}`;
  const direction = sort.descending ? "DESC" : "ASC";
  const page = pool.query<RunRow & { sortKey: number | string; progress: number | null }>(
    `SELECT ${RUN_COLUMNS}, ${order.sql} AS "sortKey" FROM run WHERE ${where} ${after}
     ORDER BY "sortKey" ${direction}, run.id ${direction} LIMIT ${parameters.add(limit + 1)}`,
    parameters.values,
  );
  const [{ rows }, total] = await Promise.all([page, countRuns(database, query, known)]);
  const { rows: shown, ...paging } = cutPage(rows, limit, ({ sortKey, id }) => [sortKey, id]);
  const cells = await readCells(database, { ids: shown.map(({ id }) => id), metrics, params });
  const runs = shown.map(({ sortKey: _, ...row }) => ({
    ...row,
    metrics: cells.metrics.get(row.id) ?? {},
    params: cells.params.get(row.id) ?? {},
  }));
  return {
    runs,
    total,
    ...paging,
  };
}

/** The condition over `run` that a selection stands for. */
export function compileSelection(
  { filter, search, archived = false }: RunSelection,
  known: KnownKeys,
  parameters: SqlParameters,
): string {
  const parsed = parseRunFilter(filter ?? "");
  const words = (search ?? "").split(/\s+/).filter((word) => word !== "");
  return [
    archived ? "run.archived_at IS NOT NULL" : "run.archived_at IS NULL",
    ...(parsed ? [compileRunFilter(parsed, known, parameters)] : []),
    ...words.map((word) => {
      return `${SEARCHED} ILIKE ${parameters.add(patternOf(word))}`;
    }),
  ].join(" AND ");
}

async function countRuns(database: Database, selection: RunSelection, known: KnownKeys): Promise<number> {
  const parameters = new SqlParameters();
  const where = compileSelection(selection, known, parameters);
  const { rows } = await connectionsOf(database).pool.query<{ total: number }>(
    `SELECT count(*)::int AS total FROM run WHERE ${where}`,
    parameters.values,
  );
  return rows[0]?.total ?? 0;
}

interface Order {
  /** Never null and never NaN: runs without the value come last. */
  readonly sql: string;
  readonly isNumber: boolean;
  readonly descending: boolean;
}

function orderOf(field: RunField, descending: boolean, parameters: SqlParameters): Order {
  const value = field.sql(parameters);
  const isNumber = field.kind !== "text";
  if (isNumber) {
    const nothing = descending ? "-Infinity" : "Infinity";
    return { sql: `coalesce(nullif(${value}, 'NaN'), '${nothing}')`, isNumber, descending };
  }
  const nothing = descending ? "''" : `U&'\\+10FFFF'`;
  return { sql: `coalesce(lower(${value}), ${nothing}) COLLATE "C"`, isNumber, descending };
}

function compileCursor(
  text: string,
  { sql, isNumber, descending }: Order,
  parameters: SqlParameters,
): string {
  const [value, id] = decodeCursor<(number | string)[]>(
    text,
    isNumber ? OfNumbers : OfTexts,
    "runs in this order",
  );
  const type = isNumber ? "float8" : "text";
  return `(${sql}, run.id) ${descending ? "<" : ">"} (${parameters.add(value)}::${type}, ${parameters.add(id)})`;
}

const OfNumbers = z.tuple([CursorNumber, CursorText]);
const OfTexts = z.tuple([CursorText, CursorText]);

interface CellQuery {
  readonly ids: readonly string[];
  readonly metrics: readonly string[];
  readonly params: readonly string[];
}

/** What some runs' columns show, by run and key. */
export async function readCells(
  database: Database,
  { ids, metrics, params }: CellQuery,
): Promise<{
  metrics: Map<string, Record<string, MetricSummaryCell>>;
  params: Map<string, Record<string, string>>;
}> {
  const { pool } = connectionsOf(database);
  const [metricRows, paramRows] = await Promise.all([
    pool.query<MetricRow>(
      `SELECT run_id, key, min, min_step, max, max_step, last, last_step, count FROM metric
       WHERE run_id = ANY ($1) AND key = ANY ($2)`,
      [ids, metrics],
    ),
    pool.query<{ run_id: string; key: string; value: string }>(
      "SELECT run_id, key, value FROM param WHERE run_id = ANY ($1) AND key = ANY ($2)",
      [ids, params],
    ),
  ]);
  const found = {
    metrics: new Map<string, Record<string, MetricSummaryCell>>(),
    params: new Map<string, Record<string, string>>(),
  };
  for (const row of metricRows.rows) {
    const cells = found.metrics.get(row.run_id) ?? {};
    cells[row.key] = cellOf(row);
    found.metrics.set(row.run_id, cells);
  }
  for (const { run_id: id, key, value } of paramRows.rows) {
    const cells = found.params.get(id) ?? {};
    cells[key] = value;
    found.params.set(id, cells);
  }
  return found;
}

interface MetricRow {
  readonly run_id: string;
  readonly key: string;
  readonly min: number | null;
  readonly min_step: number | null;
  readonly max: number | null;
  readonly max_step: number | null;
  readonly last: number;
  readonly last_step: number;
  readonly count: number;
}

function cellOf(row: MetricRow): MetricSummaryCell {
  const isMin = betterOf(row.key) === "min";
  return {
    best: isMin ? row.min : row.max,
    bestStep: isMin ? row.min_step : row.max_step,
    last: row.last,
    lastStep: row.last_step,
    count: row.count,
  };
}

const milliseconds = (column: string) => `extract(epoch FROM ${column})::float8 * 1000`;

/** Of `run`, as RunRow names them. */
export const RUN_COLUMNS = `
  run.id, run.name, (SELECT name FROM experiment WHERE id = run.experiment_id) AS experiment, run.status, run.reason,
  run.model_name AS model, run.dataset_name AS dataset, run.dataset_hash AS "datasetHash", run.engine, run.device,
  ${milliseconds("run.created_at")} AS "createdAt", ${milliseconds("run.started_at")} AS "startedAt",
  ${milliseconds("run.ended_at")} AS "endedAt", ${milliseconds("run.last_event_at")} AS "lastEventAt",
  run.archived_at IS NOT NULL AS archived, run.attempt, run.step,
  run.steps_per_epoch::float8 * run.epochs AS "totalSteps", run.epoch, run.epochs,
  coalesce((SELECT array_agg(name ORDER BY name) FROM tag WHERE run_id = run.id), '{}') AS tags`;

const SEARCHED = `concat_ws(' ', run.id, run.name, run.model_name, run.dataset_name, run.status::text,
  (SELECT name FROM experiment WHERE id = run.experiment_id),
  (SELECT string_agg(name, ' ') FROM tag WHERE run_id = run.id))`;
