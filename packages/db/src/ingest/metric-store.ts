/** Points of curves in the database: chunks of at most a thousand, and a summary of each curve. */
import type { PoolClient } from "pg";
import { readFloat64Array, readInt32Array } from "../series/array-send.js";
import { countVisible, type Attempt } from "./attempts.js";
import { summarizeCurve, type Curve, type MetricSummary } from "./metric-summary.js";
import type { Point } from "./points-of-event.js";

const CHUNK_SIZE = 1000;

/** Points of one curve and attempt, ascending in steps. */
interface AttemptCurve extends Curve {
  readonly key: string;
  readonly attempt: number;
  readonly steps: readonly number[];
  readonly times: readonly number[];
  readonly values: readonly number[];
}

interface LastChunk {
  readonly firstStep: number;
  readonly lastStep: number;
  readonly size: number;
}

/**
 * Adds points of one attempt. Of several points of a curve at one step the latest counts.
 * @returns the curves whose points went to their ends, and the keys of those that had to be sorted.
 */
export async function addPoints(
  client: PoolClient,
  { runId, attempt }: { runId: string; attempt: number },
  points: readonly Point[],
): Promise<{ appended: AttemptCurve[]; sortedKeys: string[] }> {
  const curves = toCurves(points, attempt);
  const lastChunks = await readLastChunks(client, runId, attempt, [...curves.keys()]);
  const appended: AttemptCurve[] = [];
  const sorted: AttemptCurve[] = [];
  for (const [key, curve] of curves) {
    const last = lastChunks.get(key);
    if (last && last.lastStep >= curve.steps[0]!) sorted.push(await mergeCurve(client, runId, curve));
    else appended.push(curve);
  }
  await extendChunks(client, runId, appended, lastChunks);
  await insertChunks(client, runId, [
    ...appended.map((curve) => slice(curve, roomOf(lastChunks.get(curve.key), curve))),
    ...sorted,
  ]);
  return { appended, sortedKeys: sorted.map(({ key }) => key) };
}

/** Takes curves of one attempt out. */
export async function removePoints(
  client: PoolClient,
  { runId, attempt }: { runId: string; attempt: number },
  keys: readonly string[],
): Promise<void> {
  await client.query("DELETE FROM metric_chunk WHERE run_id = $1 AND attempt = $2 AND key = ANY ($3)", [
    runId,
    attempt,
    keys,
  ]);
}

/**
 * Brings the summaries of curves that only grew at their visible end up to date.
 * @returns keys of curves that began where an earlier attempt ended: theirs are to be rebuilt.
 */
export async function extendSummaries(
  client: PoolClient,
  runId: string,
  curves: readonly AttemptCurve[],
): Promise<string[]> {
  const keys = curves.map(({ key }) => key);
  const { rows } = await client.query<MetricSummary & { key: string }>(READ_SUMMARIES, [runId, keys]);
  const before = new Map(rows.map((row) => [row.key, row]));
  const grows = ({ key, steps }: AttemptCurve) => (before.get(key)?.lastStep ?? -Infinity) < steps[0]!;
  await writeSummaries(
    client,
    runId,
    curves
      .filter(grows)
      .map((curve) => [curve.key, summarizeCurve(curve, before.get(curve.key) ?? null)] as const),
  );
  return curves.filter((curve) => !grows(curve)).map(({ key }) => key);
}

/** Reads whole curves again: their points came out of order, or an attempt superseded some. */
export async function rebuildSummaries(
  client: PoolClient,
  { runId, attempts }: { runId: string; attempts: readonly Attempt[] },
  keys: readonly string[] | "all",
): Promise<void> {
  const { rows } = await client.query<ChunkRow>(READ_CURVES, [runId, keys === "all" ? null : keys]);
  const parts = new Map<string, (Curve & { attempt: number })[]>();
  for (const { key, attempt, steps, times, values } of rows) {
    const curve = parts.get(key) ?? [];
    if (curve.length === 0) parts.set(key, curve);
    curve.push({
      attempt,
      steps: readInt32Array(steps),
      times: readFloat64Array(times),
      values: readFloat64Array(values),
    });
  }
  const known = keys === "all" ? [...parts.keys()] : keys;
  await writeSummaries(
    client,
    runId,
    known.map((key) => [key, summarizeParts(parts.get(key) ?? [], attempts)] as const),
  );
}

function summarizeParts(
  parts: readonly (Curve & { attempt: number })[],
  attempts: readonly Attempt[],
): MetricSummary | null {
  const counts = countVisible(parts, attempts);
  return parts.reduce<MetricSummary | null>(
    (summary, part, index) => summarizeCurve(part, summary, counts[index]),
    null,
  );
}

function toCurves(points: readonly Point[], attempt: number): Map<string, AttemptCurve> {
  const byKey = new Map<string, Point[]>();
  for (const point of points) {
    const curve = byKey.get(point.key);
    if (curve) curve.push(point);
    else byKey.set(point.key, [point]);
  }
  return new Map([...byKey].map(([key, curve]) => [key, toCurve(key, attempt, curve)]));
}

/** Sorted, and each step once: the point with the latest time, or of equal times the last one. */
function toCurve(key: string, attempt: number, points: Point[]): AttemptCurve {
  const isAscending = points.every(({ step }, index) => index === 0 || step > points[index - 1]!.step);
  if (!isAscending) points.sort((a, b) => a.step - b.step || a.time - b.time);
  const kept = isAscending ? points : points.filter(({ step }, index) => step !== points[index + 1]?.step);
  return {
    key,
    attempt,
    steps: kept.map(({ step }) => step),
    times: kept.map(({ time }) => time),
    values: kept.map(({ value }) => value),
  };
}

async function readLastChunks(
  client: PoolClient,
  runId: string,
  attempt: number,
  keys: readonly string[],
): Promise<Map<string, LastChunk>> {
  const { rows } = await client.query<LastChunk & { key: string }>(
    `SELECT key, last.* FROM unnest($3::text[]) AS key CROSS JOIN LATERAL (
       SELECT first_step AS "firstStep", cardinality(steps) AS size, steps[cardinality(steps)] AS "lastStep"
       FROM metric_chunk WHERE run_id = $1 AND attempt = $2 AND metric_chunk.key = key.key
       ORDER BY first_step DESC LIMIT 1) AS last`,
    [runId, attempt, keys],
  );
  return new Map(rows.map((row) => [row.key, row]));
}

/** Points that still fit into the chunk. */
function roomOf(last: LastChunk | undefined, curve: AttemptCurve): number {
  return last ? Math.max(0, Math.min(CHUNK_SIZE - last.size, curve.steps.length)) : 0;
}

async function extendChunks(
  client: PoolClient,
  runId: string,
  curves: readonly AttemptCurve[],
  lastChunks: ReadonlyMap<string, LastChunk>,
): Promise<void> {
  const more = curves.flatMap((curve) => {
    const last = lastChunks.get(curve.key);
    const room = roomOf(last, curve);
    return last && room > 0 ? [{ ...slice(curve, 0, room), firstStep: last.firstStep }] : [];
  });
  if (more.length === 0) return;
  await client.query(
    `UPDATE metric_chunk AS chunk SET steps = chunk.steps || more.steps::int[],
       times = chunk.times || more.times::float8[], "values" = chunk."values" || more."values"::float8[]
     FROM unnest($2::text[], $3::int[], $4::int[], $5::text[], $6::text[], $7::text[])
       AS more (key, attempt, first_step, steps, times, "values")
     WHERE chunk.run_id = $1 AND chunk.key = more.key AND chunk.attempt = more.attempt
       AND chunk.first_step = more.first_step`,
    [
      runId,
      more.map(({ key }) => key),
      more.map(({ attempt }) => attempt),
      more.map(({ firstStep }) => firstStep),
      ...literalsOf(more),
    ],
  );
}

/** Rare: events that overtook each other on their way. The curve is taken out, to be inserted whole. */
async function mergeCurve(client: PoolClient, runId: string, curve: AttemptCurve): Promise<AttemptCurve> {
  const { key, attempt } = curve;
  const { rows } = await client.query<ChunkRow>(
    `DELETE FROM metric_chunk WHERE run_id = $1 AND key = $2 AND attempt = $3
     RETURNING array_send(steps) AS steps, array_send(times) AS times, array_send("values") AS "values"`,
    [runId, key, attempt],
  );
  const stored = rows.map(({ steps, times, values }) => ({
    steps: readInt32Array(steps),
    times: readFloat64Array(times),
    values: readFloat64Array(values),
  }));
  const points: Point[] = [];
  for (const { steps, times, values } of [...stored, curve]) {
    for (let index = 0; index < steps.length; index += 1) {
      points.push({ key, step: steps[index]!, time: times[index]!, value: values[index]! });
    }
  }
  return toCurve(key, attempt, points);
}

async function insertChunks(
  client: PoolClient,
  runId: string,
  curves: readonly AttemptCurve[],
): Promise<void> {
  const chunks = curves.flatMap((curve) =>
    Array.from({ length: Math.ceil(curve.steps.length / CHUNK_SIZE) }, (_, index) =>
      slice(curve, index * CHUNK_SIZE, (index + 1) * CHUNK_SIZE),
    ),
  );
  if (chunks.length === 0) return;
  await client.query(
    `INSERT INTO metric_chunk (run_id, key, attempt, first_step, steps, times, "values")
     SELECT $1, key, attempt, first_step, steps::int[], times::float8[], "values"::float8[]
     FROM unnest($2::text[], $3::int[], $4::int[], $5::text[], $6::text[], $7::text[])
       AS chunk (key, attempt, first_step, steps, times, "values")`,
    [
      runId,
      chunks.map(({ key }) => key),
      chunks.map(({ attempt }) => attempt),
      chunks.map(({ steps }) => steps[0]),
      ...literalsOf(chunks),
    ],
  );
}

/** Arrays as PostgreSQL reads them: pg would quote every number. Curves of the same events share steps and times. */
function literalsOf(curves: readonly AttemptCurve[]): [steps: string[], times: string[], values: string[]] {
  const literals: [string[], string[], string[]] = [[], [], []];
  for (const [index, { steps, times, values }] of curves.entries()) {
    const before = curves[index - 1];
    const isSame = before !== undefined && equal(before.steps, steps) && equal(before.times, times);
    literals[0].push(isSame ? literals[0].at(-1)! : `{${steps.join(",")}}`);
    literals[1].push(isSame ? literals[1].at(-1)! : `{${times.join(",")}}`);
    literals[2].push(`{${values.join(",")}}`);
  }
  return literals;
}

const equal = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((value, index) => value === b[index]);

function slice(curve: AttemptCurve, start: number, end?: number): AttemptCurve {
  const { steps, times, values } = curve;
  return {
    ...curve,
    steps: steps.slice(start, end),
    times: times.slice(start, end),
    values: values.slice(start, end),
  };
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

interface ChunkRow {
  readonly key: string;
  readonly attempt: number;
  readonly steps: Buffer;
  readonly times: Buffer;
  readonly values: Buffer;
}

const READ_CURVES = `
  SELECT key, attempt, array_send(steps) AS steps, array_send(times) AS times, array_send("values") AS "values"
  FROM metric_chunk WHERE run_id = $1 AND ($2::text[] IS NULL OR key = ANY ($2)) ORDER BY key, attempt, first_step`;

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
