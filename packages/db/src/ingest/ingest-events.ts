/**
 * The one door through which training reaches the record: journals read from disk and events sent by other machines
 * alike. Idempotent by (run, attempt, sequence) and proof against any order of arrival; one transaction a run, so that
 * whoever is killed meanwhile has ingested the events or has not.
 */
import { encodeTrainEvent, TrainEvent } from "@convkit/schema";
import type { PoolClient } from "pg";
import { connectionsOf, type Database } from "../database.js";
import { lastStepOf, type Attempt } from "./attempts.js";
import { addPoints, extendSummaries, rebuildSummaries } from "./metric-store.js";
import { pointsOfEvent } from "./points-of-event.js";
import { addStartedRun, recordEvents } from "./run-record.js";
import { storableEvent } from "./storable-event.js";
import {
  addSequences,
  formatSequenceSet,
  hasSequence,
  parseSequenceSet,
  type SequenceSet,
} from "./sequence-set.js";

export interface IngestOptions {
  /** Absolute path of the run's folder, where it lies on this machine. */
  readonly folder?: string;
  /** How far that folder's journal was read: written in the same transaction. */
  readonly cursor?: { readonly path: string; readonly sizeBytes: number };
}

export interface IngestResult {
  /** Events that were new. */
  readonly fresh: number;
  /** The run was deleted: nothing of it is kept any more. */
  readonly deleted: boolean;
}

/** Channel of NOTIFY on which a run's id is said when something of it has changed. */
export const RUN_CHANNEL = "convkit_run";

interface AttemptState extends Attempt {
  readonly received: SequenceSet;
}

/**
 * @param events of one run, valid by their schema.
 * @throws {RangeError} if they are of several runs.
 */
export async function ingestEvents(
  database: Database,
  events: readonly TrainEvent[],
  options: IngestOptions = {},
): Promise<IngestResult> {
  const runId = events[0]?.runId;
  if (runId === undefined) return { fresh: 0, deleted: false };
  const stranger = events.find((event) => event.runId !== runId);
  if (stranger) throw new RangeError(`Expected events of one run. Received: ${runId} and ${stranger.runId}.`);
  const client = await connectionsOf(database).pool.connect();
  try {
    await client.query("BEGIN");
    const result = await ingestInto(client, { runId, events: events.map(storableEvent), options });
    await client.query("COMMIT");
    client.release();
    return result;
  } catch (error) {
    // A broken connection has rolled back by itself, and is not given out again.
    await client.query("ROLLBACK").catch(() => undefined);
    client.release(true);
    throw error;
  }
}

interface Batch {
  readonly runId: string;
  readonly events: readonly TrainEvent[];
  readonly options: IngestOptions;
}

async function ingestInto(client: PoolClient, { runId, events, options }: Batch): Promise<IngestResult> {
  const { cursor, folder } = options;
  if (cursor) await writeCursor(client, cursor);
  const { rowCount: deleted } = await client.query("SELECT FROM deleted_run WHERE run_id = $1", [runId]);
  if (deleted) return { fresh: 0, deleted: true };
  // Two that ingest one run take turns, also while the run has no row yet.
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [runId]);

  const started = newest(events.filter((event) => event.type === "runStarted"));
  if (started) await addStartedRun(client, started, folder);
  const { rowCount: isKnown } = await client.query("SELECT FROM run WHERE id = $1", [runId]);
  if (!isKnown) return { fresh: await park(client, events), deleted: false };
  const all = started ? [...events, ...(await unpark(client, runId))] : events;

  const states = await readAttempts(client, runId, [...new Set(all.map(({ attempt }) => attempt))]);
  const fresh = freshEvents(all, states);
  if (fresh.length === 0) return { fresh: 0, deleted: false };
  await writeAttempts(client, runId, fresh, states);
  await recordEvents(client, fresh, folder);
  await addMetrics(client, { runId, fresh, states });
  await client.query("SELECT pg_notify($1, $2)", [RUN_CHANNEL, runId]);
  return { fresh: fresh.length, deleted: false };
}

/** In the order of attempt and sequence, each event once. */
function freshEvents(events: readonly TrainEvent[], states: ReadonlyMap<number, AttemptState>): TrainEvent[] {
  const fresh = new Map<string, TrainEvent>();
  for (const event of events) {
    const received = states.get(event.attempt)?.received ?? [];
    if (!hasSequence(received, event.sequence)) fresh.set(`${event.attempt}/${event.sequence}`, event);
  }
  return [...fresh.values()].sort((a, b) => a.attempt - b.attempt || a.sequence - b.sequence);
}

function newest<E extends TrainEvent>(events: readonly E[]): E | undefined {
  return events.reduce<E | undefined>(
    (best, event) => (best === undefined || event.attempt > best.attempt ? event : best),
    undefined,
  );
}

/** Every attempt of the run, and an empty one for each that is new. */
async function readAttempts(
  client: PoolClient,
  runId: string,
  attempts: readonly number[],
): Promise<Map<number, AttemptState>> {
  await client.query(
    "INSERT INTO run_attempt (run_id, attempt) SELECT $1, unnest($2::int[]) ON CONFLICT DO NOTHING",
    [runId, attempts],
  );
  const { rows } = await client.query<Attempt & { received: string }>(
    `SELECT attempt, from_step AS "fromStep", received::text FROM run_attempt WHERE run_id = $1`,
    [runId],
  );
  return new Map(rows.map((row) => [row.attempt, { ...row, received: parseSequenceSet(row.received) }]));
}

async function writeAttempts(
  client: PoolClient,
  runId: string,
  fresh: readonly TrainEvent[],
  states: Map<number, AttemptState>,
): Promise<void> {
  for (const [attempt, events] of groupByAttempt(fresh)) {
    const state = states.get(attempt)!;
    const received = addSequences(
      state.received,
      events.map(({ sequence }) => sequence),
    );
    const begin = events.find(({ type }) => type === "runStarted" || type === "resumed");
    const fromStep = begin?.type === "resumed" ? begin.fromStep : begin ? 0 : state.fromStep;
    states.set(attempt, { attempt, fromStep, received });
    await client.query(
      "UPDATE run_attempt SET from_step = $3, received = $4::int4multirange WHERE run_id = $1 AND attempt = $2",
      [runId, attempt, fromStep, formatSequenceSet(received)],
    );
  }
}

interface FreshEvents {
  readonly runId: string;
  readonly fresh: readonly TrainEvent[];
  readonly states: ReadonlyMap<number, AttemptState>;
}

async function addMetrics(client: PoolClient, { runId, fresh, states }: FreshEvents): Promise<void> {
  const attempts = [...states.values()];
  const sortedKeys = new Set<string>();
  const supersedes = fresh.some(
    ({ type, attempt }) =>
      (type === "resumed" || type === "runStarted") && attempts.some((other) => other.attempt < attempt),
  );
  for (const [attempt, events] of groupByAttempt(fresh)) {
    let step = await readStep(client, runId, attempt);
    const points = events.flatMap((event) => {
      if ("step" in event) step = event.step;
      return pointsOfEvent(event, step);
    });
    if (points.length === 0) continue;
    const added = await addPoints(client, { runId, attempt }, points);
    const isNewest = lastStepOf(attempt, attempts) === Infinity && !attempts.some((a) => a.attempt > attempt);
    if (isNewest && !supersedes) await extendSummaries(client, runId, added.appended);
    else for (const { key } of added.appended) sortedKeys.add(key);
    for (const key of added.sortedKeys) sortedKeys.add(key);
  }
  if (supersedes) await rebuildSummaries(client, { runId, attempts }, "all");
  else if (sortedKeys.size > 0) await rebuildSummaries(client, { runId, attempts }, [...sortedKeys]);
}

/** Where the attempt stood before these events. */
async function readStep(client: PoolClient, runId: string, attempt: number): Promise<number> {
  const { rows } = await client.query<{ step: number }>(
    `SELECT greatest(
       (SELECT max(steps[cardinality(steps)]) FROM metric_chunk WHERE run_id = $1 AND attempt = $2),
       (SELECT from_step FROM run_attempt WHERE run_id = $1 AND attempt = $2),
       0) AS step`,
    [runId, attempt],
  );
  return rows[0]?.step ?? 0;
}

function groupByAttempt(events: readonly TrainEvent[]): Map<number, TrainEvent[]> {
  const groups = new Map<number, TrainEvent[]>();
  for (const event of events) groups.set(event.attempt, [...(groups.get(event.attempt) ?? []), event]);
  return groups;
}

async function park(client: PoolClient, events: readonly TrainEvent[]): Promise<number> {
  const { rowCount } = await client.query(
    `INSERT INTO parked_event (run_id, attempt, sequence, event)
     SELECT $1, * FROM unnest($2::int[], $3::int[], $4::jsonb[]) ON CONFLICT DO NOTHING`,
    [
      events[0]!.runId,
      events.map(({ attempt }) => attempt),
      events.map(({ sequence }) => sequence),
      events.map(encodeTrainEvent),
    ],
  );
  return rowCount ?? 0;
}

async function unpark(client: PoolClient, runId: string): Promise<TrainEvent[]> {
  const { rows } = await client.query<{ event: unknown }>(
    "DELETE FROM parked_event WHERE run_id = $1 RETURNING event",
    [runId],
  );
  return rows.map(({ event }) => TrainEvent.parse(event));
}

async function writeCursor(
  client: PoolClient,
  { path, sizeBytes }: { path: string; sizeBytes: number },
): Promise<void> {
  await client.query(
    `INSERT INTO journal_cursor (path, size_bytes) VALUES ($1, $2)
     ON CONFLICT (path) DO UPDATE SET size_bytes = excluded.size_bytes`,
    [path, sizeBytes],
  );
}
