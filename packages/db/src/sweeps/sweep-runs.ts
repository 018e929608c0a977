/** The runs of sweeps, as their configs tell of them (`SweepTrial`), with the value of each that its sweep goes by. */
import { isHigherBetter } from "@convkit/schema";
import { connectionsOf, type Database } from "../database.js";
import type { RunStatus } from "../generated/enums.js";
import { readSeries } from "../series/read-series.js";
import { compareTrials, isPaused, type Comparison, type SweepRules } from "./compare-trials.js";

/** What all trials of a sweep have in common. */
export interface SweepAim {
  /** Made with the sweep's folder; of a sweep of old, its name. */
  readonly id: string;
  /** Several may be called so. */
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
  /** That its config asks for. */
  readonly epochs: number;
  readonly durationMs: number | null;
  /** Of the metric, in the epoch whose weights it keeps so far; null where there is none yet. */
  readonly value: number | null;
  /** By path, in the order of the sweep's; what the config has there, an object as JSON text. */
  readonly values: readonly (string | number | null)[];
}

export interface SweepRuns {
  readonly aim: SweepAim;
  /** By trial, then by rung, then by age; at most 2,000. */
  readonly runs: readonly SweepRun[];
  /** How many there are. */
  readonly total: number;
  readonly comparison: Comparison<SweepRun>;
}

interface Found extends Omit<SweepRun, "values" | "value"> {
  readonly sweepId: string;
  readonly sweep: Omit<SweepAim, "id"> & Pick<SweepRules, "rungs">;
  /** What says which epoch's weights it keeps. */
  readonly monitor: string;
  readonly monitorMode: "auto" | "min" | "max";
  /** The sweep's metric where `monitor` is highest, null if `monitorMode` says that the lowest counts; and the reverse. */
  readonly atHighest: number | null;
  readonly atLowest: number | null;
  /** In the order of its parameters. */
  readonly values: readonly unknown[] | null;
  readonly total: number;
}

const MOST_RUNS = 2000;

/** Of each sweep that has any, by its id. */
export async function readSweepRuns(
  database: Database,
  ids: readonly string[],
): Promise<Map<string, SweepRuns>> {
  const { rows } = await connectionsOf(database).pool.query<Found>(READ_RUNS, [
    ids.map((id) => JSON.stringify(id.replaceAll("\0", ""))),
    MOST_RUNS,
  ]);
  const found = new Map<string, Found[]>();
  for (const row of rows) found.set(row.sweepId, [...(found.get(row.sweepId) ?? []), row]);
  const valueUntil = await readValuesUntil(
    database,
    rows.filter((row) => isPaused(row, row.sweep)),
  );
  return new Map([...found].map(([id, its]) => [id, toSweep(id, its, valueUntil)]));
}

type ValueUntil = (run: Pick<SweepRun, "runId">, epochs: number) => number | null;

function toSweep(id: string, found: readonly Found[], valueUntil: ValueUntil): SweepRuns {
  const [{ sweep, total }] = found as [Found];
  const { name, metric, mode, parameters, rungs } = sweep;
  const runs = found.map(toRun);
  const comparison = compareTrials(runs, { mode, rungs }, valueUntil);
  return { aim: { id, name, metric, mode, parameters }, runs, total, comparison };
}

function toRun(found: Found): SweepRun {
  const { runId, trial, rung, status, epoch, epochs, durationMs, values, atHighest, atLowest } = found;
  return {
    runId,
    name: found.name,
    trial,
    rung,
    status,
    epoch,
    epochs,
    durationMs,
    value: finite(keepsHighest(found) ? atHighest : atLowest),
    values: (values ?? []).map(scalarOf),
  };
}

/** Whether the epoch of the highest `monitor` is the one whose weights the run keeps, rather than that of the lowest. */
function keepsHighest({ monitor, monitorMode }: Found): boolean {
  return monitorMode === "auto" ? isHigherBetter(monitor) : monitorMode === "max";
}

/** Of runs that went on after a rung, from their curves. */
async function readValuesUntil(database: Database, found: readonly Found[]): Promise<ValueUntil> {
  const runIds = found.map(({ runId }) => runId);
  const keys = [...new Set(found.flatMap(({ sweep, monitor }) => [sweep.metric, monitor]))];
  const points = Math.max(5, ...found.map(({ epochs }) => epochs));
  const series = found.length === 0 ? [] : await readSeries(database, { runIds, keys, x: "epoch", points });
  const curves = new Map(series.map(({ runId, key, x, y }) => [`${runId} ${key}`, { x, y }]));
  const rows = new Map(found.map((row) => [row.runId, row]));
  return ({ runId }, epochs) => {
    const row = rows.get(runId);
    const watched = row && curves.get(`${runId} ${row.monitor}`);
    const metric = row && curves.get(`${runId} ${row.sweep.metric}`);
    if (!watched || !metric) return null;
    const isHighestKept = keepsHighest(row);
    let kept: number | undefined;
    let best = isHighestKept ? -Infinity : Infinity;
    for (const [index, value] of watched.y.entries()) {
      // Steps over steps per epoch may come out a hair more than the whole number.
      if (watched.x[index]! > epochs + 0.5) break;
      const isBetter = isHighestKept ? value > best : value < best;
      if (isBetter) [best, kept] = [value, watched.x[index]];
    }
    return kept === undefined ? null : finite(metric.y[metric.x.indexOf(kept)]);
  };
}

function finite(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && Number.isFinite(value) ? value : null;
}

function scalarOf(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  return typeof value === "number" || typeof value === "string" ? value : JSON.stringify(value);
}

/** The sweep's metric in the step of the run's highest or lowest `monitor`. */
const metricAt = (extreme: "max_step" | "min_step") => `
    SELECT chunk."values"[array_position(chunk.steps, kept.step)]
      FROM (SELECT ${extreme} AS step FROM metric WHERE run_id = placed.id AND key = monitor) AS kept
      JOIN metric_chunk AS chunk ON chunk.run_id = placed.id AND chunk.key = sweep ->> 'metric'
        AND chunk.first_step <= kept.step AND kept.step = ANY (chunk.steps)
      ORDER BY chunk.attempt DESC LIMIT 1`;

/** Of equal extremes the first counts, here as in a run's checkpoints. Ids are JSON text, as a param's value is. */
const READ_RUNS = `
  WITH swept AS (
    SELECT run_id, value FROM param WHERE key = 'sweep.id' AND value = ANY ($1)
    UNION ALL
    SELECT run_id, value FROM param AS named WHERE key = 'sweep.name' AND value = ANY ($1)
      AND NOT EXISTS (SELECT FROM param WHERE run_id = named.run_id AND key = 'sweep.id')),
  trial AS (
    SELECT swept.value::jsonb #>> '{}' AS sweep_id, run.*, config -> 'sweep' AS sweep,
      (config #>> '{sweep,trial}')::int AS trial, (config #>> '{sweep,rung}')::int AS rung,
      config #>> '{checkpoint,monitor}' AS monitor,
      coalesce(config #>> '{checkpoint,mode}', 'auto') AS monitor_mode
    FROM swept JOIN run ON run.id = swept.run_id WHERE archived_at IS NULL),
  placed AS (
    SELECT *, count(*) OVER (PARTITION BY sweep_id)::int AS total,
      row_number() OVER (PARTITION BY sweep_id ORDER BY trial, rung NULLS FIRST, created_at, id) AS place
    FROM trial)
  SELECT sweep_id AS "sweepId", id AS "runId", name, trial, rung, status, epoch, epochs, sweep, total, monitor,
    monitor_mode AS "monitorMode",
    extract(epoch FROM (coalesce(ended_at, last_event_at) - started_at))::float8 * 1000 AS "durationMs",
    CASE WHEN monitor_mode <> 'min' THEN (${metricAt("max_step")}) END AS "atHighest",
    CASE WHEN monitor_mode <> 'max' THEN (${metricAt("min_step")}) END AS "atLowest",
    (SELECT jsonb_agg(config #> string_to_array(path, '.') ORDER BY nth)
       FROM jsonb_array_elements_text(sweep -> 'parameters') WITH ORDINALITY AS tried (path, nth)) AS values
  FROM placed WHERE place <= $2 ORDER BY sweep_id, place`;
