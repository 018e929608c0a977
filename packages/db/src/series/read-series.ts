/** Curves as a chart draws them: superseded points left out, smoothed on all points, then reduced. */
import { connectionsOf, type Database } from "../database.js";
import { countVisible, type Attempt } from "../ingest/attempts.js";
import { readFloat64Array, readInt32Array } from "./array-send.js";
import { reduceSeries } from "./reduce-series.js";
import { smoothSeries } from "./smooth-series.js";

export type SeriesAxis = "step" | "epoch" | "time";

export interface SeriesQuery {
  readonly runIds: readonly string[];
  readonly keys: readonly string[];
  /** `time` counts seconds from the run's start. Default `step`. */
  readonly x?: SeriesAxis;
  /** At most so many points per curve, 5 or more. Default 1,000. */
  readonly points?: number;
  /** Weight of the past in [0, 1). Default 0. */
  readonly smoothing?: number;
  /** Part of the x axis to draw; smoothing counts the points before it too. */
  readonly range?: { readonly from: number; readonly to: number };
}

export interface Series {
  readonly runId: string;
  readonly key: string;
  /** Points there are in the range; `x.length` of them are here. */
  readonly count: number;
  /** Ascending, but where the clock went back on the time axis. Curves of the same steps mostly share one array. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Present where smoothing was asked for. */
  readonly smoothed?: Float64Array;
}

interface Row {
  readonly runId: string;
  readonly key: string;
  readonly attempt: number;
  readonly steps: Buffer;
  readonly values: Buffer;
  readonly times: Buffer | null;
}

interface RunFacts {
  readonly id: string;
  readonly stepsPerEpoch: number | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly attempts: readonly Attempt[];
}

/** Curves that a run does not have are left out. */
export async function readSeries(database: Database, query: SeriesQuery): Promise<Series[]> {
  const { pool } = connectionsOf(database);
  const { runIds, keys, x = "step" } = query;
  const [facts, chunks] = await Promise.all([
    pool.query<RunFacts>(READ_RUNS, [runIds]),
    pool.query<Row>(READ_CHUNKS, [runIds, keys, x === "time"]),
  ]);
  const runs = new Map(facts.rows.map((run) => [run.id, run]));
  const series: Series[] = [];
  const axes = new Map<string, Float64Array>();
  for (let first = 0; first < chunks.rows.length;) {
    const { runId, key } = chunks.rows[first]!;
    let end = first + 1;
    while (end < chunks.rows.length && isOf(chunks.rows[end]!, runId, key)) end += 1;
    const run = runs.get(runId);
    if (run) {
      const curve = toSeries(chunks.rows.slice(first, end), run, query);
      series.push({ ...curve, x: shared(curve.x, axes) });
    }
    first = end;
  }
  return series;
}

const isOf = (row: Row, runId: string, key: string) => row.runId === runId && row.key === key;

/** The equal one of `axes`, or this one, which joins them: runs of one configuration log at the same steps. */
function shared(x: Float64Array, axes: Map<string, Float64Array>): Float64Array {
  const likeness = `${x.length} ${x[0]} ${x.at(-1)}`;
  const known = axes.get(likeness);
  if (known?.every((value, index) => value === x[index])) return known;
  axes.set(likeness, x);
  return x;
}

function toSeries(rows: readonly Row[], run: RunFacts, query: SeriesQuery): Series {
  const { points: limit = 1000, smoothing = 0, range } = query;
  const { x, y } = joinChunks(rows, run, query.x ?? "step");
  const smoothed = smoothing > 0 ? smoothSeries(y, smoothing) : undefined;
  const [start, end] = range ? indicesIn(x, range) : [0, x.length];
  const visible = y.subarray(start, end);
  const kept = reduceSeries(visible, limit);
  const take = (numbers: Float64Array) => Float64Array.from(kept, (index) => numbers[start + index]!);
  const { id: runId } = run;
  const { key } = rows[0]!;
  return {
    runId,
    key,
    count: visible.length,
    x: take(x),
    y: take(y),
    ...(smoothed && { smoothed: take(smoothed) }),
  };
}

/** Chunks come by attempt and step; an attempt's visible points end where a later attempt begins. */
function joinChunks(
  rows: readonly Row[],
  run: RunFacts,
  axis: SeriesAxis,
): { x: Float64Array; y: Float64Array } {
  const parts = rows.map(({ attempt, steps }) => ({ attempt, steps: readInt32Array(steps) }));
  const counts = countVisible(parts, run.attempts);
  const size = counts.reduce((sum, count) => sum + count, 0);
  const x = new Float64Array(size);
  const y = new Float64Array(size);
  let at = 0;
  for (const [part, row] of rows.entries()) {
    const count = counts[part]!;
    y.set(readFloat64Array(row.values).subarray(0, count), at);
    x.set(xOf(row, parts[part]!.steps, { run, axis }).subarray(0, count), at);
    at += count;
  }
  return { x, y };
}

function xOf(
  row: Row,
  steps: Int32Array,
  { run, axis }: { run: RunFacts; axis: SeriesAxis },
): Int32Array | Float64Array {
  switch (axis) {
    case "step":
      return steps;
    case "epoch":
      return Float64Array.from(steps, (step) => step / (run.stepsPerEpoch ?? 1));
    case "time":
      return readFloat64Array(row.times!).map((time) => (time - run.startedAt) / 1000);
    default:
      return axis satisfies never;
  }
}

/** From the first point within on to the last one: the clock of another machine may go back, x need not ascend. */
function indicesIn(
  x: Float64Array,
  { from, to }: { from: number; to: number },
): [start: number, end: number] {
  const start = x.findIndex((value) => value >= from);
  const end = x.findLastIndex((value) => value <= to) + 1;
  return start < 0 || end <= start ? [0, 0] : [start, end];
}

const READ_RUNS = `
  SELECT run.id, run.steps_per_epoch AS "stepsPerEpoch",
    extract(epoch FROM coalesce(run.started_at, run.created_at))::float8 * 1000 AS "startedAt",
    coalesce(
      (SELECT jsonb_agg(jsonb_build_object('attempt', attempt, 'fromStep', from_step))
       FROM run_attempt WHERE run_id = run.id), '[]') AS attempts
  FROM run WHERE run.id = ANY ($1)`;

const READ_CHUNKS = `
  SELECT run_id AS "runId", key, attempt, array_send(steps) AS steps, array_send("values") AS "values",
    CASE WHEN $3 THEN array_send(times) END AS times
  FROM metric_chunk WHERE run_id = ANY ($1) AND key = ANY ($2)
  ORDER BY run_id, key, attempt, first_step`;
