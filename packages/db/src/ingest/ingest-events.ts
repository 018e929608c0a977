/**
 * The one door through which training reaches the record: journals read from disk and events sent by other machines
 * alike. Idempotent by (run, attempt, sequence) and proof against any order of arrival; one transaction a run, so that
 * whoever is killed meanwhile has ingested the events or has not.
 */
import { encodeTrainEvent, TrainEvent } from "@convkit/schema";
import type { PoolClient } from "pg";
import type { BlobStore } from "../blobs/blob-store.js";
import { settleArtifacts } from "../blobs/settle-artifacts.js";
import type { Database } from "../database.js";
import { inTransaction } from "../in-transaction.js";
import { lockRuns } from "../locks.js";
import type { Attempt } from "./attempts.js";
import { addPoints, extendSummaries, rebuildSummaries } from "./metric-store.js";
import { placeJudgements } from "./place-judgements.js";
import { pointsOfEvents } from "./points-of-event.js";
import { tellOfRuns } from "./run-channel.js";
import { addStartedRun, recordEvents } from "./run-record.js";
import { checkStorable, storableEvent } from "./storable-event.js";
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
  /** Where files of the events may lie already: predictions and reports among them are read into the record. */
  readonly blobs?: BlobStore;
}

export interface IngestResult {
  /** Events that were new. */
  readonly fresh: number;
  /** The run was deleted: nothing of it is kept any more. */
  readonly deleted: boolean;
}

interface AttemptState extends Attempt {
  readonly received: SequenceSet;
}

/**
 * @param events of one run, valid by their schema.
 * @throws {RangeError} if they are of several runs.
 * @throws {UnstorableEventError}
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
  checkStorable(events);
  const batch = { runId, events: events.map(storableEvent), options };
  const result = await inTransaction(database, (client) => ingestInto(client, batch));
  if (options.blobs && result.fresh > 0 && events.some(({ type }) => type === "artifactSaved")) {
    await settleArtifacts(database, options.blobs, runId);
  }
  return result;
}

interface Batch {
  readonly runId: string;
  readonly events: readonly TrainEvent[];
  readonly options: IngestOptions;
}

async function ingestInto(client: PoolClient, { runId, events, options }: Batch): Promise<IngestResult> {
  const { cursor, folder } = options;
  // Two that ingest one run take turns, also while the run has no row yet; and whoever deletes it.
  await lockRuns(client, [runId]);
  const { rowCount: deleted } = await client.query("SELECT FROM deleted_run WHERE run_id = $1", [runId]);
  if (deleted) return { fresh: 0, deleted: true };
  if (cursor) await writeCursor(client, cursor);

  const starts = events.filter((event) => event.type === "runStarted");
  const started = newest(starts);
  if (started) {
    const createdAtMs = Math.min(...starts.map(({ timestamp }) => timestamp));
    await addStartedRun(client, started, { createdAtMs, folder });
  }
  const { rowCount: isKnown } = await client.query("SELECT FROM run WHERE id = $1", [runId]);
  if (!isKnown) return { fresh: await park(client, events), deleted: false };
  const parked = started ? await unpark(client, runId) : [];
  const all = [...events, ...parked];

  const before = await readAttempts(client, runId, [...new Set(all.map(({ attempt }) => attempt))]);
  const fresh = freshEvents(all, before);
  if (fresh.length === 0) return { fresh: 0, deleted: false };
  const states = await writeAttempts(client, runId, fresh, before);
  await recordEvents(client, fresh, folder);
  await addMetrics(client, { runId, fresh, before, states });
  await tellOfRuns(client, [runId]);
  // Those that waited were new when they came.
  return { fresh: fresh.length - parked.length, deleted: false };
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
  before: ReadonlyMap<number, AttemptState>,
): Promise<Map<number, AttemptState>> {
  const states = new Map(before);
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
  return states;
}

interface FreshEvents {
  readonly runId: string;
  readonly fresh: readonly TrainEvent[];
  /** Without the fresh events. */
  readonly before: ReadonlyMap<number, AttemptState>;
  /** With them. */
  readonly states: ReadonlyMap<number, AttemptState>;
}

async function addMetrics(client: PoolClient, { runId, fresh, before, states }: FreshEvents): Promise<void> {
  const attempts = [...states.values()];
  const unsummarized = new Set<string>();
  const supersedes = fresh.some(
    ({ type, attempt }) =>
      (type === "resumed" || type === "runStarted") && attempts.some((other) => other.attempt < attempt),
  );
  for (const [attempt, events] of groupByAttempt(fresh)) {
    const isNewest = !attempts.some((other) => other.attempt > attempt);
    const { appended, sortedKeys } = await addPoints(client, { runId, attempt }, pointsOfEvents(events));
    const rest =
      isNewest && !supersedes
        ? await extendSummaries(client, runId, appended)
        : appended.map(({ key }) => key);
    const isLate = hasOvertaken(before.get(attempt)?.received ?? [], events);
    const judged = await placeJudgements(client, { runId, attempt }, { events, isLate });
    for (const key of [...rest, ...sortedKeys, ...judged]) unsummarized.add(key);
  }
  if (supersedes) await rebuildSummaries(client, { runId, attempts }, "all");
  else if (unsummarized.size > 0) await rebuildSummaries(client, { runId, attempts }, [...unsummarized]);
}

/** Whether later events of the attempt came before these. */
function hasOvertaken(received: SequenceSet, [first]: readonly TrainEvent[]): boolean {
  return (received.at(-1)?.[1] ?? 0) > (first?.sequence ?? 0);
}

function groupByAttempt(events: readonly TrainEvent[]): Map<number, TrainEvent[]> {
  const groups = new Map<number, TrainEvent[]>();
  for (const event of events) {
    const group = groups.get(event.attempt);
    if (group) group.push(event);
    else groups.set(event.attempt, [event]);
  }
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
