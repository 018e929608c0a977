/**
 * Runs of this machine that the record takes for running while nobody works on them: their process was killed, or the
 * machine went down, and the journal will not say so. A run of the queue is the queue's to judge.
 *
 * What is read before the lock is looked at may be older than it: an attempt's last events, its `runEnded` among them,
 * are written before the lock is given back. So whoever is missed at a first look is judged only when the journal has
 * been ingested to its end after that, and is still missed then. An attempt that begins right now, after all, says so
 * with its first event.
 */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { connectionsOf, type Database } from "../database.js";
import { tellOfRuns } from "../ingest/run-channel.js";
import { GONE_WITHOUT_A_WORD } from "../ingest/run-record.js";
import { readAttendance } from "./run-attendance.js";

export interface UnattendedRun {
  readonly runId: string;
  readonly folder: string;
  /** The newest one that the record knew of at the first look. */
  readonly attempt: number;
}

/**
 * A trainer says something every few seconds. A journal without any lock that grows may be a copy that is being made:
 * so long it has to be still.
 */
const STILL_MS = 15_000;

const IS_OF_THE_QUEUE = `EXISTS (
  SELECT FROM job WHERE job.run_id = run.id AND job.kind = 'train' AND job.state IN ('waiting', 'active'))`;

/** The first look, at the runs whose folders lie in `runs`. */
export async function findUnattendedRuns(database: Database, runs: string): Promise<UnattendedRun[]> {
  const { rows } = await connectionsOf(database).pool.query<UnattendedRun>(
    `SELECT id AS "runId", folder, attempt FROM run
     WHERE status = 'running' AND folder IS NOT NULL AND NOT ${IS_OF_THE_QUEUE}`,
  );
  const here = rows.filter(({ runId, folder }) => folder === join(runs, runId));
  const unattended = await Promise.all(here.map(({ folder }) => isUnattended(folder)));
  return here.filter((_, index) => unattended[index]);
}

/** The second look, after the journal was ingested to its end: who is missed still is recorded as lost. */
export async function settleUnattendedRun(
  database: Database,
  { runId, folder, attempt }: UnattendedRun,
): Promise<void> {
  if (!(await isUnattended(folder))) return;
  const { rowCount } = await connectionsOf(database).pool.query(
    `UPDATE run SET status = 'lost', reason = $3, ended_at = coalesce(last_event_at, now())
     WHERE id = $1 AND status = 'running' AND attempt = $2 AND NOT ${IS_OF_THE_QUEUE}`,
    [runId, attempt, GONE_WITHOUT_A_WORD],
  );
  if (rowCount) await tellOfRuns(connectionsOf(database).pool, [runId]);
}

async function isUnattended(folder: string): Promise<boolean> {
  const attendance = await readAttendance(folder);
  if (attendance !== "free") return attendance === "dead";
  const journal = await stat(join(folder, "events.jsonl")).catch(() => null);
  return journal !== null && Date.now() - journal.mtimeMs >= STILL_MS;
}
