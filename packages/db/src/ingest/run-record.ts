/** What events say about a run beside its curves: how it began, stands and ended, its log and its files. */
import { stringifyWithSpelledNumbers, type RunConfig, type TrainEvent } from "@convkit/schema";
import type { PoolClient } from "pg";
import { holdBlobs } from "../locks.js";
import { paramsOfConfig } from "../params-of-config.js";

/** They are not only kept but read: settle-artifacts.ts gives them their bytes, also if those are in the store. */
export const FILES_OF_THE_RECORD = ["predictions.bin", "report.json"];

/** Why a run of this machine is lost whose lock nobody holds any more. */
export const GONE_WITHOUT_A_WORD =
  "The process that worked on it is gone without a last word: it was killed, or its machine went down.";

type EventOf<T extends TrainEvent["type"]> = Extract<TrainEvent, { type: T }>;

/** Points of curves alone; everything else is an entry of the log. */
const NOT_LOGGED = new Set<TrainEvent["type"]>(["step", "system"]);
const STATUS_TYPES = new Set<TrainEvent["type"]>(["runStarted", "resumed", "runEnded"]);

/** Makes the run's row if it has none; of several starts the newest says what the run is, the oldest when it began. */
export async function addStartedRun(
  client: PoolClient,
  event: EventOf<"runStarted">,
  { createdAtMs, folder }: { createdAtMs: number; folder: string | undefined },
): Promise<void> {
  const { config, dataset, engine, model } = event;
  await client.query(
    `INSERT INTO dataset (content_hash, name, source, card) VALUES ($1, $2, $3, $4)
     ON CONFLICT (content_hash) DO UPDATE SET card = excluded.card, source = excluded.source`,
    [dataset.contentHash, dataset.name, dataset.source, stringifyWithSpelledNumbers(dataset)],
  );
  const experimentId = await ensureExperiment(client, config.experiment);
  const { rowCount: isNew } = await client.query(
    `INSERT INTO run (id, experiment_id, name, status, config, model_name, dataset_name, epochs, created_at)
     VALUES ($1, $2, $3, 'running', $4, '', '', 0, to_timestamp($5::float8 / 1000)) ON CONFLICT (id) DO NOTHING`,
    [event.runId, experimentId, config.name ?? event.runId, stringifyWithSpelledNumbers(config), createdAtMs],
  );
  if (isNew) await addTags(client, event.runId, config.tags);
  else await client.query(EARLIER_START, [event.runId, createdAtMs]);
  const { rowCount: isNewest } = await client.query(
    `UPDATE run SET config = $3, model_name = $4, dataset_name = $5, dataset_hash = $6, engine = $7, device = $8,
       parameters = $9, flops = $10, epochs = $11, steps_per_epoch = $12, folder = coalesce($13, folder)
     WHERE id = $1 AND NOT EXISTS (
       SELECT FROM run_event WHERE run_id = $1 AND type = 'runStarted' AND attempt > $2)`,
    [
      event.runId,
      event.attempt,
      stringifyWithSpelledNumbers(config),
      model.name,
      dataset.name,
      dataset.contentHash,
      engine.name,
      engine.device,
      model.parameters,
      model.flops,
      config.epochs,
      event.stepsPerEpoch,
      folder ?? null,
    ],
  );
  if (isNewest) await writeParams(client, event.runId, config);
}

export async function ensureExperiment(client: PoolClient, name: string): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `WITH made AS (INSERT INTO experiment (name) VALUES ($1) ON CONFLICT (name) DO NOTHING RETURNING id)
     SELECT id FROM made UNION ALL SELECT id FROM experiment WHERE name = $1 LIMIT 1`,
    [name],
  );
  // Another transaction made it after this statement's snapshot was taken.
  return rows[0]?.id ?? ensureExperiment(client, name);
}

export async function writeParams(client: PoolClient, runId: string, config: RunConfig): Promise<void> {
  const params = paramsOfConfig(config);
  await client.query("DELETE FROM param WHERE run_id = $1", [runId]);
  await client.query(
    "INSERT INTO param (run_id, key, value, number) SELECT $1, * FROM unnest($2::text[], $3::text[], $4::float8[])",
    [
      runId,
      params.map(({ key }) => key),
      params.map(({ value }) => value),
      params.map(({ number }) => number),
    ],
  );
}

export async function addTags(client: PoolClient, runId: string, names: readonly string[]): Promise<void> {
  await client.query("INSERT INTO tag (run_id, name) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING", [
    runId,
    names,
  ]);
}

/** @param fresh events of a run that has its row, in the order of attempt and sequence. */
export async function recordEvents(
  client: PoolClient,
  fresh: readonly TrainEvent[],
  folder: string | undefined,
): Promise<void> {
  await addToLog(
    client,
    fresh.filter(({ type }) => !NOT_LOGGED.has(type)),
  );
  await addArtifacts(
    client,
    fresh.filter((event) => event.type === "artifactSaved"),
  );
  const { runId, attempt } = fresh.at(-1)!;
  let lastTime = -Infinity;
  for (const { timestamp } of fresh) lastTime = Math.max(lastTime, timestamp);
  await client.query(WRITE_STANDING, [
    runId,
    attempt,
    largest(fresh, attempt, "step"),
    largest(fresh, attempt, "epoch"),
    lastRate(fresh, attempt),
    lastTime,
    folder ?? null,
  ]);
  if (fresh.some(({ type }) => STATUS_TYPES.has(type))) await client.query(WRITE_STATUS, [runId]);
  else if (folder !== undefined) await client.query(FOUND_AGAIN, [runId, attempt, GONE_WITHOUT_A_WORD]);
}

function lastRate(events: readonly TrainEvent[], attempt: number): number | null {
  const steps = events.filter((event) => event.type === "step" && event.attempt === attempt);
  const rate = (steps.at(-1) as EventOf<"step"> | undefined)?.imagesPerSecond;
  return rate !== undefined && Number.isFinite(rate) ? rate : null;
}

function largest(events: readonly TrainEvent[], attempt: number, field: "step" | "epoch"): number | null {
  let found: number | null = null;
  for (const event of events) {
    if (event.attempt !== attempt) continue;
    const value =
      event.type === "resumed" ? event[field === "step" ? "fromStep" : "fromEpoch"] : read(event, field);
    if (value !== undefined && (found === null || value > found)) found = value;
  }
  return found;
}

function read(event: TrainEvent, field: "step" | "epoch"): number | undefined {
  return field in event ? (event as unknown as Record<string, number>)[field] : undefined;
}

async function addToLog(client: PoolClient, events: readonly TrainEvent[]): Promise<void> {
  if (events.length === 0) return;
  await client.query(
    `INSERT INTO run_event (run_id, attempt, sequence, type, timestamp, body)
     SELECT $1, attempt, sequence, type, to_timestamp(timestamp / 1000), body
     FROM unnest($2::int[], $3::int[], $4::text[], $5::float8[], $6::jsonb[])
       AS event (attempt, sequence, type, timestamp, body)`,
    [
      events[0]!.runId,
      events.map(({ attempt }) => attempt),
      events.map(({ sequence }) => sequence),
      events.map(({ type }) => type),
      events.map(({ timestamp }) => timestamp),
      events.map(withoutEnvelope),
    ],
  );
}

/** What columns say, of the event or of its run, is not said twice. */
const IN_COLUMNS = new Set(["runId", "attempt", "sequence", "timestamp", "type", "config", "dataset"]);

function withoutEnvelope(event: TrainEvent): string {
  const body = Object.entries(event).filter(([name]) => !IN_COLUMNS.has(name));
  return stringifyWithSpelledNumbers(Object.fromEntries(body));
}

/** Of a file that was saved again, the newest version counts. */
async function addArtifacts(client: PoolClient, events: readonly EventOf<"artifactSaved">[]): Promise<void> {
  if (events.length > 0) await holdBlobs(client);
  for (const { runId, attempt, sequence, timestamp, path, sha256, sizeBytes, mediaType } of events) {
    await client.query(
      `INSERT INTO artifact (run_id, path, sha256, size_bytes, media_type, attempt, sequence, saved_at, blob_sha256)
       VALUES ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8::float8 / 1000),
         (SELECT sha256 FROM blob WHERE sha256 = $3 AND $2 <> ALL ($9)))
       ON CONFLICT (run_id, path) DO UPDATE SET sha256 = excluded.sha256, size_bytes = excluded.size_bytes,
         media_type = excluded.media_type, attempt = excluded.attempt, sequence = excluded.sequence,
         saved_at = excluded.saved_at, blob_sha256 = excluded.blob_sha256
       WHERE (artifact.attempt, artifact.sequence) < (excluded.attempt, excluded.sequence)`,
      [runId, path, sha256, sizeBytes, mediaType, attempt, sequence, timestamp, FILES_OF_THE_RECORD],
    );
  }
}

/** The first start may come last; a run that was created in a queue was so before. */
const EARLIER_START = `
  UPDATE run SET created_at = to_timestamp($2::float8 / 1000)
  WHERE id = $1 AND created_at > to_timestamp($2::float8 / 1000)`;

/** A newer attempt begins where it begins, an older one that comes late changes nothing. */
const WRITE_STANDING = `
  UPDATE run SET
    step = CASE WHEN $2 > attempt THEN coalesce($3, 0) WHEN $2 = attempt THEN greatest(step, $3) ELSE step END,
    epoch = CASE WHEN $2 > attempt THEN coalesce($4, 0) WHEN $2 = attempt THEN greatest(epoch, $4) ELSE epoch END,
    images_per_second = CASE WHEN $2 > attempt OR ($2 = attempt AND $3 >= step) THEN coalesce($5, images_per_second)
      ELSE images_per_second END,
    last_event_at = greatest(last_event_at, to_timestamp($6::float8 / 1000)),
    folder = coalesce($7, folder),
    attempt = greatest(attempt, $2)
  WHERE id = $1`;

/** The newest attempt's last word; interrupted while its job waits for another worker, it is queued. */
const WRITE_STATUS = `
  UPDATE run SET
    status = CASE
      WHEN last.type <> 'runEnded' THEN 'running'
      WHEN last.waits THEN 'queued'
      ELSE (last.body ->> 'status')::run_status END,
    reason = CASE WHEN last.type = 'runEnded' AND NOT last.waits THEN coalesce(last.body ->> 'reason', '') ELSE '' END,
    ended_at = CASE WHEN last.type = 'runEnded' AND NOT last.waits THEN last.timestamp END,
    started_at = (SELECT min(timestamp) FROM run_event WHERE run_id = $1 AND type IN ('runStarted', 'resumed'))
  FROM (
    SELECT type, body, timestamp, coalesce(body ->> 'status', '') = 'interrupted' AND EXISTS (
      SELECT FROM job WHERE run_id = $1 AND kind = 'train' AND state = 'waiting') AS waits
    FROM run_event
    WHERE run_id = $1 AND type IN ('runStarted', 'resumed', 'runEnded')
    ORDER BY attempt DESC, sequence DESC LIMIT 1
  ) AS last
  WHERE id = $1`;

/** Whoever was believed gone has said more into its journal on this machine. */
const FOUND_AGAIN = `
  UPDATE run SET status = 'running', reason = '', ended_at = NULL
  WHERE id = $1 AND attempt = $2 AND status = 'lost' AND reason = $3`;
