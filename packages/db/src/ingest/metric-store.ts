/** Points of curves in the database: chunks of at most a thousand, and a summary of each curve. */
import type { PoolClient } from "pg";
import { lastStepOf, type Attempt } from "./attempts.js";
import { summarizeCurve, type Curve, type MetricSummary } from "./metric-summary.js";
import type { Point } from "./points-of-event.js";

const CHUNK_SIZE = 1000;

/** Points of one curve and attempt, ascending in steps. */
interface AttemptCurve extends Curve {
  readonly key: string;
  readonly attempt: number;
}

interface LastChunk {
  readonly firstStep: number;
  readonly lastStep: number;
  readonly size: number;
}

/**
 * Adds points of one attempt. A second point of a curve at a step replaces the first.
 * @returns the curves whose points went to their ends, and those that had to be sorted.
 */
export async function addPoints(
  client: PoolClient,
  { runId, attempt }: { runId: string; attempt: number },
  points: readonly Point[],
): Promise<{ appended: AttemptCurve[]; sortedKeys: string[] }> {
  const curves = toCurves(points, attempt);
  const lastChunks = await readLastChunks(client, runId, attempt, [...curves.keys()]);
  const appended: AttemptCurve[] = [];
  const sortedKeys: string[] = [];
  for (const [key, curve] of curves) {
    const last = lastChunks.get(key);
    if (last && last.lastStep >= curve.steps[0]!) {
      await mergeCurve(client, runId, curve);
      sortedKeys.push(key);
      continue;
    }
    await appendCurve(client, runId, curve, last);
    appended.push(curve);
  }
  return { appended, sortedKeys };
}

/** Brings the summaries of curves that only grew at their visible end up to date. */
export async function extendSummaries(
  client: PoolClient,
  runId: string,
  curves: readonly AttemptCurve[],
): Promise<void> {
  const keys = curves.map(({ key }) => key);
  const { rows } = await client.query<MetricSummary & { key: string }>(READ_SUMMARIES, [runId, keys]);
  const before = new Map(rows.map((row) => [row.key, row]));
  await writeSummaries(
    client,
    runId,
    curves.map((curve) => [curve.key, summarizeCurve(curve, before.get(curve.key) ?? null)] as const),
  );
}

/** Reads whole curves again: their points came out of order, or an attempt superseded some. */
export async function rebuildSummaries(
  client: PoolClient,
  { runId, attempts }: { runId: string; attempts: readonly Attempt[] },
  keys: readonly string[] | "all",
): Promise<void> {
  const { rows } = await client.query<AttemptCurve>(READ_CURVES, [runId, keys === "all" ? null : keys]);
  const visible = new Map<string, { step: number; time: number; value: number }[]>();
  for (const { key, attempt, steps, times, values } of rows) {
    const points = visible.get(key) ?? [];
    visible.set(key, points);
    const lastStep = lastStepOf(attempt, attempts);
    for (let index = 0; index < steps.length && steps[index]! <= lastStep; index += 1) {
      points.push({ step: steps[index]!, time: times[index]!, value: values[index]! });
    }
  }
  await writeSummaries(
    client,
    runId,
    [...visible].map(([key, points]) => {
      points.sort((a, b) => a.step - b.step);
      return [
        key,
        summarizeCurve({
          steps: points.map(({ step }) => step),
          times: points.map(({ time }) => time),
          values: points.map(({ value }) => value),
        }),
      ] as const;
    }),
  );
}

function toCurves(points: readonly Point[], attempt: number): Map<string, AttemptCurve> {
  const byKey = new Map<string, Map<number, Point>>();
  for (const point of points) {
    const bySteps = byKey.get(point.key) ?? new Map<number, Point>();
    bySteps.set(point.step, point);
    byKey.set(point.key, bySteps);
  }
  return new Map([...byKey].map(([key, bySteps]) => [key, toCurve(key, attempt, [...bySteps.values()])]));
}

function toCurve(key: string, attempt: number, points: Point[]): AttemptCurve {
  points.sort((a, b) => a.step - b.step);
  return {
    key,
    attempt,
    steps: points.map(({ step }) => step),
    times: points.map(({ time }) => time),
    values: points.map(({ value }) => value),
  };
}

async function readLastChunks(
  client: PoolClient,
  runId: string,
  attempt: number,
  keys: readonly string[],
): Promise<Map<string, LastChunk>> {
  const { rows } = await client.query<LastChunk & { key: string }>(
    `SELECT DISTINCT ON (key) key, first_step AS "firstStep", cardinality(steps) AS size,
       steps[cardinality(steps)] AS "lastStep"
     FROM metric_chunk WHERE run_id = $1 AND attempt = $2 AND key = ANY ($3) ORDER BY key, first_step DESC`,
    [runId, attempt, keys],
  );
  return new Map(rows.map((row) => [row.key, row]));
}

async function appendCurve(
  client: PoolClient,
  runId: string,
  curve: AttemptCurve,
  last: LastChunk | undefined,
): Promise<void> {
  const room = last ? Math.min(CHUNK_SIZE - last.size, curve.steps.length) : 0;
  if (last && room > 0) {
    const { steps, times, values } = slice(curve, 0, room);
    await client.query(
      `UPDATE metric_chunk SET steps = steps || $5::int[], times = times || $6::float8[], "values" = "values" || $7::float8[]
       WHERE run_id = $1 AND key = $2 AND attempt = $3 AND first_step = $4`,
      [runId, curve.key, curve.attempt, last.firstStep, steps, times, values],
    );
  }
  await insertChunks(client, runId, slice(curve, Math.max(0, room)));
}

/** Rare: events that overtook each other on their way. */
async function mergeCurve(client: PoolClient, runId: string, curve: AttemptCurve): Promise<void> {
  const { key, attempt } = curve;
  const { rows } = await client.query<Curve>(
    `DELETE FROM metric_chunk WHERE run_id = $1 AND key = $2 AND attempt = $3 RETURNING steps, times, "values"`,
    [runId, key, attempt],
  );
  const merged = new Map<number, Point>();
  for (const { steps, times, values } of [...rows, curve]) {
    for (let index = 0; index < steps.length; index += 1) {
      const step = steps[index]!;
      merged.set(step, { key, step, time: times[index]!, value: values[index]! });
    }
  }
  await insertChunks(client, runId, toCurve(key, attempt, [...merged.values()]));
}

async function insertChunks(client: PoolClient, runId: string, curve: AttemptCurve): Promise<void> {
  for (let start = 0; start < curve.steps.length; start += CHUNK_SIZE) {
    const { key, attempt, steps, times, values } = slice(curve, start, start + CHUNK_SIZE);
    await client.query(
      `INSERT INTO metric_chunk (run_id, key, attempt, first_step, steps, times, "values")
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [runId, key, attempt, steps[0], steps, times, values],
    );
  }
}

function slice(
  curve: AttemptCurve,
  start: number,
  end?: number,
): AttemptCurve & { steps: number[]; times: number[]; values: number[] } {
  const cut = (numbers: ArrayLike<number>) => Array.from(numbers).slice(start, end);
  return { ...curve, steps: cut(curve.steps), times: cut(curve.times), values: cut(curve.values) };
}

async function writeSummaries(
  client: PoolClient,
  runId: string,
  summaries: readonly (readonly [key: string, summary: MetricSummary | null])[],
): Promise<void> {
  const rows = summaries.flatMap(([key, summary]) => (summary ? [{ key, ...summary }] : []));
  const gone = summaries.flatMap(([key, summary]) => (summary ? [] : [key]));
  if (gone.length > 0) {
    await client.query("DELETE FROM metric WHERE run_id = $1 AND key = ANY ($2)", [runId, gone]);
  }
  if (rows.length === 0) return;
  const column = <K extends keyof (typeof rows)[number]>(name: K) => rows.map((row) => row[name]);
  await client.query(WRITE_SUMMARIES, [
    runId,
    column("key"),
    column("count"),
    column("nanCount"),
    column("min"),
    column("minStep"),
    column("max"),
    column("maxStep"),
    column("last"),
    column("lastStep"),
    column("lastTime"),
  ]);
}

const READ_CURVES = `
  SELECT key, attempt, steps, times, "values" FROM metric_chunk
  WHERE run_id = $1 AND ($2::text[] IS NULL OR key = ANY ($2)) ORDER BY key, attempt, first_step`;

const READ_SUMMARIES = `
  SELECT key, count, nan_count AS "nanCount", min, min_step AS "minStep", max, max_step AS "maxStep", last,
    last_step AS "lastStep", extract(epoch FROM last_time)::float8 * 1000 AS "lastTime"
  FROM metric WHERE run_id = $1 AND key = ANY ($2)`;

const WRITE_SUMMARIES = `
  INSERT INTO metric (run_id, key, count, nan_count, min, min_step, max, max_step, last, last_step, last_time)
  SELECT $1, key, count, nan_count, min, min_step, max, max_step, last, last_step, to_timestamp(last_time / 1000)
  FROM unnest($2::text[], $3::int[], $4::int[], $5::float8[], $6::int[], $7::float8[], $8::int[], $9::float8[],
    $10::int[], $11::float8[]) AS summary
    (key, count, nan_count, min, min_step, max, max_step, last, last_step, last_time)
  ON CONFLICT (run_id, key) DO UPDATE SET count = excluded.count, nan_count = excluded.nan_count,
    min = excluded.min, min_step = excluded.min_step, max = excluded.max, max_step = excluded.max_step,
    last = excluded.last, last_step = excluded.last_step, last_time = excluded.last_time`;
