/** Points of curves in the database: chunks of at most a thousand, and a summary of each curve. */
import type { PoolClient } from "pg";
import { readFloat64Array, readInt32Array } from "../series/array-send.js";
import { countVisible, type Attempt } from "./attempts.js";
import { summarizeCurve, type Curve, type MetricSummary } from "./metric-summary.js";
import type { PointList, PointLists } from "./points-of-event.js";

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
  points: PointLists,
): Promise<{ appended: AttemptCurve[]; sortedKeys: string[] }> {
  if (points.size === 0) return { appended: [], sortedKeys: [] };
  const lastChunks = await readLastChunks(client, runId, attempt, [...points.keys()]);
  const appended: AttemptCurve[] = [];
  const sorted: AttemptCurve[] = [];
  for (const [key, list] of points) {
    const curve = toCurve(key, attempt, list);
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
  for (const row of rows) {
    const part = { attempt: row.attempt, ...readChunk(row) };
    const curve = parts.get(row.key);
    if (curve) curve.push(part);
    else parts.set(row.key, [part]);
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

/** Sorted, and each step once: the point with the latest time, or of equal times the last one. */
function toCurve(
  key: string,
  attempt: number,
  { steps, times, values }: Omit<PointList, "add">,
): AttemptCurve {
  if (steps.every((step, index) => index === 0 || step > steps[index - 1]!)) {
    return { key, attempt, steps, times, values };
  }
  const order = [...steps.keys()].sort((a, b) => steps[a]! - steps[b]! || times[a]! - times[b]!);
  const kept = order.filter((index, at) => steps[index] !== steps[order[at + 1] ?? -1]);
  return {
    key,
    attempt,
    steps: kept.map((index) => steps[index]!),
    times: kept.map((index) => times[index]!),
    values: kept.map((index) => values[index]!),
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
    `WITH ${SPANS} UPDATE metric_chunk AS chunk SET steps = chunk.steps || span.steps,
       times = chunk.times || span.times, "values" = chunk."values" || more."values"::float8[]
     FROM ${CHUNKS} AS more JOIN span USING (number)
     WHERE chunk.run_id = $1 AND chunk.key = more.key AND chunk.attempt = more.attempt
       AND chunk.first_step = more.first_step`,
    parametersOf(runId, more),
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
  const parts = [...rows.map(readChunk), curve];
  return toCurve(key, attempt, {
    steps: parts.flatMap(({ steps }) => Array.from(steps)),
    times: parts.flatMap(({ times }) => Array.from(times)),
    values: parts.flatMap(({ values }) => Array.from(values)),
  });
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
    `WITH ${SPANS} INSERT INTO metric_chunk (run_id, key, attempt, first_step, steps, times, "values")
     SELECT $1, key, attempt, first_step, span.steps, span.times, "values"::float8[]
     FROM ${CHUNKS} AS chunk JOIN span USING (number)`,
    parametersOf(
      runId,
      chunks.map((chunk) => ({ ...chunk, firstStep: chunk.steps[0]! })),
    ),
  );
}

/** Curves of the same events share their steps and times, which are sent and read once. */
const SPANS = `span AS MATERIALIZED (
  SELECT number, steps::int[], times::float8[]
  FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS span (steps, times, number))`;
const CHUNKS = `(
  SELECT * FROM unnest($4::text[], $5::int[], $6::int[], $7::bigint[], $8::text[])
    AS chunk (key, attempt, first_step, number, "values"))`;

/** Of SPANS and CHUNKS. Arrays are spelled as PostgreSQL reads them: pg would quote every number. */
function parametersOf(runId: string, chunks: readonly (AttemptCurve & { firstStep: number })[]): unknown[] {
  const spans: AttemptCurve[] = [];
  const numbers = chunks.map((chunk) => {
    const last = spans.at(-1);
    if (!last || !equal(last.steps, chunk.steps) || !equal(last.times, chunk.times)) spans.push(chunk);
    return spans.length;
  });
  const literal = (values: readonly number[]) => `{${values.join(",")}}`;
  return [
    runId,
    spans.map(({ steps }) => literal(steps)),
    spans.map(({ times }) => literal(times)),
    chunks.map(({ key }) => key),
    chunks.map(({ attempt }) => attempt),
    chunks.map(({ firstStep }) => firstStep),
    numbers,
    chunks.map(({ values }) => literal(values)),
  ];
}

const equal = (a: readonly number[], b: readonly number[]) =>
  a === b || (a.length === b.length && a.every((value, index) => value === b[index]));

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

const readChunk = ({ steps, times, values }: Pick<ChunkRow, "steps" | "times" | "values">): Curve => ({
  steps: readInt32Array(steps),
  times: readFloat64Array(times),
  values: readFloat64Array(values),
});

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
