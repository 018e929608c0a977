/** Where a run comes from and what goes on from it: the checkpoints that it keeps, its forks, and the run it is a fork of. */
import { connectionsOf, type Database } from "../database.js";
import { checkRuns } from "./get-run.js";

export interface KeptCheckpoint {
  readonly kind: "last" | "best" | "step";
  readonly step: number;
  readonly epoch: number;
  readonly savedAt: number;
}

export interface RelatedRun {
  readonly id: string;
  /** null where the run is not in the record, or not any more. */
  readonly name: string | null;
  /** Of the checkpoint between the two; by name until the fork has begun. */
  readonly step: number | "last" | "best";
}

export interface Lineage {
  /** null for a run that began with its network's first weights. */
  readonly forkedFrom: RelatedRun | null;
  /** By what the run has said, the most steps first: on its machine some may have been removed or damaged since. */
  readonly checkpoints: readonly KeptCheckpoint[];
  /** The newest 1,000 first. */
  readonly forks: readonly RelatedRun[];
}

/** @throws {RunNotFoundError} */
export async function readLineage(database: Database, runId: string): Promise<Lineage> {
  await checkRuns(database, [runId]);
  const { pool } = connectionsOf(database);
  const [source, checkpoints, forks] = await Promise.all([
    pool.query<RelatedRun>(READ_SOURCE, [runId]),
    readCheckpoints(database, runId),
    pool.query<RelatedRun>(READ_FORKS, [JSON.stringify(runId)]),
  ]);
  return { forkedFrom: source.rows[0] ?? null, checkpoints, forks: forks.rows };
}

export async function readCheckpoints(database: Database, runId: string): Promise<readonly KeptCheckpoint[]> {
  const { rows } = await connectionsOf(database).pool.query<KeptCheckpoint>(READ_CHECKPOINTS, [runId]);
  return rows;
}

const READ_SOURCE = `
  SELECT fork.config -> 'forkedFrom' ->> 'runId' AS id, source.name, fork.config -> 'forkedFrom' -> 'step' AS step
  FROM run AS fork LEFT JOIN run AS source ON source.id = fork.config -> 'forkedFrom' ->> 'runId'
  WHERE fork.id = $1 AND fork.config -> 'forkedFrom' IS NOT NULL`;

const READ_FORKS = `
  SELECT fork.id, fork.name, fork.config -> 'forkedFrom' -> 'step' AS step
  FROM param JOIN run AS fork ON fork.id = param.run_id
  WHERE param.key = 'forkedFrom.runId' AND param.value = $1
  ORDER BY fork.created_at DESC, fork.id LIMIT 1000`;

/** Since the run last began anew; as many of every so many steps as are kept, by default the trainer's 3. */
const READ_CHECKPOINTS = `
  SELECT kind, step, epoch, "savedAt" FROM (
    SELECT *, row_number() OVER (
      PARTITION BY kind ORDER BY CASE WHEN kind = 'step' THEN step END DESC, attempt DESC, sequence DESC) AS place
    FROM (
      SELECT DISTINCT ON (kind, step) attempt, sequence, body ->> 'kind' AS kind, (body ->> 'step')::int AS step,
        (body ->> 'epoch')::int AS epoch, extract(epoch FROM timestamp)::float8 * 1000 AS "savedAt"
      FROM run_event
      WHERE run_id = $1 AND type = 'checkpointSaved' AND attempt >= coalesce(
        (SELECT max(attempt) FROM run_event WHERE run_id = $1 AND type = 'runStarted'), 0)
      ORDER BY kind, step, attempt DESC, sequence DESC
    ) AS saved
  ) AS ranked
  WHERE place <= CASE kind WHEN 'step' THEN
    coalesce((SELECT (config -> 'checkpoint' ->> 'keep')::int FROM run WHERE id = $1), 3) ELSE 1 END
  ORDER BY step DESC, kind`;
