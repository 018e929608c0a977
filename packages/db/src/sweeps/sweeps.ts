/**
 * Sweeps, as the configs of their runs tell of them (`SweepTrial`): nothing of a sweep is stored by itself. A run that is
 * archived or deleted is no trial any more.
 */
import { z } from "zod";
import { connectionsOf, type Database } from "../database.js";
import type { RunStatus } from "../generated/enums.js";
import { CursorNumber, CursorText, cutPage, decodeCursor, type PageQuery } from "../page-cursor.js";
import { paramImportance, type ImportanceRow } from "../runs/param-importance.js";
import { readSeries } from "../series/read-series.js";
import { bestTrial, comparedTrials } from "./compare-trials.js";

/** What all trials of a sweep have in common. */
interface SweepAim {
  readonly name: string;
  /** Curve by which trials are compared. */
  readonly metric: string;
  readonly mode: "min" | "max";
  /** Dotted paths of what is tried. */
  readonly parameters: readonly string[];
}

/** A run of a sweep. Successive halving may have several for a trial, of more and more epochs. */
export interface SweepRun {
  readonly runId: string;
  readonly name: string;
  readonly trial: number;
  /** Of successive halving, the rung that it was begun for, from 0; else null. */
  readonly rung: number | null;
  readonly status: RunStatus;
  /** Done so far. */
  readonly epoch: number;
  readonly durationMs: number | null;
  /** Best of the metric's curve; null where there is none yet. */
  readonly value: number | null;
  /** By path, in the order of the sweep's; what the config has there, an object as JSON text. */
  readonly values: readonly (string | number | null)[];
}

export interface SweepRow extends SweepAim {
  readonly runs: number;
  readonly trials: number;
  readonly running: number;
  readonly failed: number;
  /** Milliseconds since the epoch: of its first run. */
  readonly createdAt: number;
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
  /** null while no run has a value. */
  readonly bestRunId: string | null;
  /** What the metric depends on, the most important first; empty for fewer than four runs. */
  readonly importance: readonly ImportanceRow[];
  /** Of successive halving, the epochs after which trials are compared for that; null: each at its best. */
  readonly comparedEpochs: number | null;
}

/** No run is of a sweep of that name. */
export class SweepNotFoundError extends Error {
  override readonly name = "SweepNotFoundError";
}

const MOST_RUNS = 2000;
const Cursor = z.tuple([CursorNumber, CursorText]);

/** `sweep` is what the config says. An index finds the runs by their param. */
const SWEPT = `(
  SELECT run.*, run.config -> 'sweep' AS sweep, run.config #>> '{sweep,name}' AS sweep_name
  FROM param JOIN run ON run.id = param.run_id
  WHERE param.key = 'sweep.name' AND run.archived_at IS NULL) AS run`;

/**
 * The newest first.
 * @throws {CursorError}
 */
export async function listSweeps(
  database: Database,
  { limit = 100, cursor }: PageQuery = {},
): Promise<SweepPage> {
  const { pool } = connectionsOf(database);
  const [before = null, name = null] = cursor === undefined ? [] : decodeCursor(cursor, Cursor, "sweeps");
  const [{ rows }, counted] = await Promise.all([
    pool.query<Omit<SweepRow, keyof SweepAim | "best"> & { name: string }>(
      `SELECT * FROM (
         SELECT sweep_name AS name, count(*)::int AS runs, count(DISTINCT sweep ->> 'trial')::int AS trials,
           count(*) FILTER (WHERE status = 'running')::int AS running,
           count(*) FILTER (WHERE status IN ('failed', 'lost'))::int AS failed,
           extract(epoch FROM min(created_at))::float8 * 1000 AS "createdAt"
         FROM ${SWEPT} GROUP BY sweep_name) AS sweep
       WHERE $1::float8 IS NULL OR ("createdAt", name) < ($1, $2::text)
       ORDER BY "createdAt" DESC, name DESC LIMIT $3`,
      [before, name, limit + 1],
    ),
    pool.query<{ total: number }>(`SELECT count(DISTINCT sweep_name)::int AS total FROM ${SWEPT}`),
  ]);
  const { rows: shown, ...paging } = cutPage(rows, limit, (row) => [row.createdAt, row.name]);
  const sweeps = await Promise.all(
    shown.map(async (row) => {
      const { aim, runs } = await readSweepRuns(database, row.name);
      return { ...row, ...aim, best: bestTrial(runs, aim.mode) };
    }),
  );
  return { sweeps, total: counted.rows[0]?.total ?? 0, ...paging };
}

/** @throws {SweepNotFoundError} */
export async function getSweep(database: Database, name: string): Promise<SweepDetail> {
  const { aim, runs, total } = await readSweepRuns(database, name);
  const { compared, untilEpoch } = comparedTrials(runs);
  const values =
    untilEpoch === null
      ? compared.map(({ value }) => value)
      : await bestUntil(database, { runs: compared, untilEpoch, aim });
  const importance = paramImportance(
    aim.parameters.map((key, index) => ({ key, values: compared.map((run) => run.values[index] ?? null) })),
    values,
  );
  const bestRunId = bestTrial(runs, aim.mode)?.runId ?? null;
  return { ...aim, runs, total, bestRunId, importance, comparedEpochs: untilEpoch };
}

interface Found extends Omit<SweepRun, "values"> {
  readonly sweep: { readonly metric: string; readonly mode: "min" | "max"; readonly parameters: string[] };
  /** In the order of its parameters. */
  readonly values: readonly unknown[];
  readonly total: number;
}

/** @throws {SweepNotFoundError} */
async function readSweepRuns(
  database: Database,
  name: string,
): Promise<{ aim: SweepAim; runs: SweepRun[]; total: number }> {
  const { rows } = await connectionsOf(database).pool.query<Found>(
    `SELECT run.id AS "runId", run.name, (sweep ->> 'trial')::int AS trial, (sweep ->> 'rung')::int AS rung, status, epoch,
       extract(epoch FROM (coalesce(ended_at, last_event_at) - started_at))::float8 * 1000 AS "durationMs",
       (SELECT nullif(CASE sweep ->> 'mode' WHEN 'min' THEN min ELSE max END, 'NaN') FROM metric
          WHERE run_id = run.id AND key = sweep ->> 'metric') AS value,
       (SELECT jsonb_agg(run.config #> string_to_array(path, '.') ORDER BY place)
          FROM jsonb_array_elements_text(sweep -> 'parameters') WITH ORDINALITY AS swept (path, place)) AS values,
       sweep, count(*) OVER ()::int AS total
     FROM ${SWEPT} WHERE sweep_name = $1
     ORDER BY trial, rung NULLS FIRST, run.created_at, run.id LIMIT ${MOST_RUNS}`,
    [name.replaceAll("\0", "")],
  );
  const [first] = rows;
  if (!first) {
    throw new SweepNotFoundError(
      `Expected the name of a sweep. Received: ${name}, of which there is no run. \`convkit sweep\` makes one.`,
    );
  }
  const { metric, mode, parameters } = first.sweep;
  const runs = rows.map(({ sweep: _, total: __, values, ...run }) => ({
    ...run,
    values: (values ?? []).map(scalarOf),
  }));
  return { aim: { name, metric, mode, parameters }, runs, total: first.total };
}

function scalarOf(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  return typeof value === "number" || typeof value === "string" ? value : JSON.stringify(value);
}

/** Each run's best of the metric in its first epochs. */
async function bestUntil(
  database: Database,
  { runs, untilEpoch, aim }: { runs: readonly SweepRun[]; untilEpoch: number; aim: SweepAim },
): Promise<(number | null)[]> {
  const runIds = runs.map(({ runId }) => runId);
  // Steps over steps per epoch may come out a hair more than the whole number.
  const range = { from: 0, to: untilEpoch + 0.5 };
  const series = await readSeries(database, { runIds, keys: [aim.metric], x: "epoch", range });
  const bests = new Map(
    series.map(({ runId, y }) => {
      const numbers = [...y].filter((value) => !Number.isNaN(value));
      return [runId, aim.mode === "min" ? Math.min(...numbers) : Math.max(...numbers)];
    }),
  );
  return runIds.map((runId) => bests.get(runId) ?? null);
}
