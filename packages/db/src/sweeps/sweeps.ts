/**
 * Sweeps, as the configs of their runs tell of them (`SweepTrial`): nothing of a sweep is stored by itself. A run that is
 * archived or deleted is no trial any more.
 */
import { z } from "zod";
import { connectionsOf, type Database } from "../database.js";
import { CursorNumber, CursorText, cutPage, decodeCursor, type PageQuery } from "../page-cursor.js";
import { paramImportance, type ImportanceRow } from "../runs/param-importance.js";
import { readSweepRuns, type SweepAim, type SweepRun } from "./sweep-runs.js";

export interface SweepRow extends SweepAim {
  readonly runs: number;
  readonly trials: number;
  /** Runs. */
  readonly running: number;
  /** Trials whose last run has failed or was lost: one that went well when it was tried again has not. */
  readonly failed: number;
  /** Milliseconds since the epoch: of its first run. */
  readonly createdAt: number;
  /** As the sweep itself chooses, with the value that it chose by. */
  readonly best: SweepRun | null;
}

export interface SweepPage {
  readonly sweeps: readonly SweepRow[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
  /** Sweeps on all pages. */
  readonly total: number;
}

export interface SweepDetail extends SweepAim {
  /** By trial, then by rung; at most 2,000. */
  readonly runs: readonly SweepRun[];
  /** How many there are. */
  readonly total: number;
  /** As the sweep itself chooses; null while no run has ended with a value. */
  readonly bestRunId: string | null;
  /** That it was chosen by. */
  readonly bestValue: number | null;
  /** What the metric depends on, the most important first; empty for fewer than four runs. */
  readonly importance: readonly ImportanceRow[];
  /** Of successive halving, the epochs after which trials are compared for that; null: those that came to their end. */
  readonly comparedEpochs: number | null;
}

/** No run is of a sweep of that id. */
export class SweepNotFoundError extends Error {
  override readonly name = "SweepNotFoundError";
}

const Cursor = z.tuple([CursorNumber, CursorText]);

/** Of every run that a sweep has made: params alone, which an index finds, as configs are long. */
const SWEPT = `(
  SELECT run.id, run.status, run.created_at, trial.value AS trial, coalesce(identity.value, named.value) AS sweep_id
  FROM param AS named JOIN run ON run.id = named.run_id
    LEFT JOIN param AS identity ON identity.run_id = run.id AND identity.key = 'sweep.id'
    LEFT JOIN param AS trial ON trial.run_id = run.id AND trial.key = 'sweep.trial'
  WHERE named.key = 'sweep.name' AND run.archived_at IS NULL) AS swept`;

/**
 * The newest first.
 * @throws {CursorError}
 */
export async function listSweeps(
  database: Database,
  { limit = 100, cursor }: PageQuery = {},
): Promise<SweepPage> {
  const { pool } = connectionsOf(database);
  const [before = null, id = null] = cursor === undefined ? [] : decodeCursor(cursor, Cursor, "sweeps");
  const [{ rows }, counted] = await Promise.all([
    pool.query<Omit<SweepRow, Exclude<keyof SweepAim, "id"> | "best">>(
      `SELECT * FROM (
         SELECT sweep_id::jsonb #>> '{}' AS id, count(*)::int AS runs, count(DISTINCT trial)::int AS trials,
           count(*) FILTER (WHERE status = 'running')::int AS running,
           count(*) FILTER (WHERE is_last AND status IN ('failed', 'lost'))::int AS failed,
           extract(epoch FROM min(created_at))::float8 * 1000 AS "createdAt"
         FROM (SELECT *, row_number() OVER (PARTITION BY sweep_id, trial ORDER BY created_at DESC, id DESC) = 1 AS is_last
           FROM ${SWEPT}) AS ordered
         GROUP BY sweep_id) AS sweep
       WHERE $1::float8 IS NULL OR ("createdAt", id) < ($1, $2::text)
       ORDER BY "createdAt" DESC, id DESC LIMIT $3`,
      [before, id, limit + 1],
    ),
    pool.query<{ total: number }>(`SELECT count(DISTINCT sweep_id)::int AS total FROM ${SWEPT}`),
  ]);
  const { rows: shown, ...paging } = cutPage(rows, limit, (row) => [row.createdAt, row.id]);
  const found = await readSweepRuns(
    database,
    shown.map((row) => row.id),
  );
  const sweeps = shown.flatMap((row) => {
    const sweep = found.get(row.id);
    // Archived between the two queries, it is none any more.
    if (!sweep) return [];
    const { best } = sweep.comparison;
    return [{ ...row, ...sweep.aim, best: best && { ...best.run, value: best.value } }];
  });
  return { sweeps, total: counted.rows[0]?.total ?? 0, ...paging };
}

/** @throws {SweepNotFoundError} */
export async function getSweep(database: Database, id: string): Promise<SweepDetail> {
  const sweep = (await readSweepRuns(database, [id])).get(id);
  if (!sweep) {
    throw new SweepNotFoundError(
      `Expected the id of a sweep. Received: ${id}, of which there is no run. \`convkit sweep\` makes one.`,
    );
  }
  const { aim, runs, total, comparison } = sweep;
  const { best, values, untilEpoch } = comparison;
  const importance = paramImportance(
    aim.parameters.map((key, index) => ({ key, values: runs.map((run) => run.values[index] ?? null) })),
    values,
  );
  return {
    ...aim,
    runs,
    total,
    bestRunId: best?.run.runId ?? null,
    bestValue: best?.value ?? null,
    importance,
    comparedEpochs: untilEpoch,
  };
}
