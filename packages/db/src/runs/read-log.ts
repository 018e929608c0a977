/** What happened in a run, in the order in which it arrived: starts, epochs, checkpoints, messages, its end. */
import { connectionsOf, type Database } from "../database.js";

export interface LogEntry {
  /** Rises with arrival; a page's cursor. */
  readonly id: number;
  readonly attempt: number;
  readonly sequence: number;
  /** A TrainEvent's. */
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** The event without its envelope; NaN and the infinities are spelled out. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ReadLogQuery {
  readonly runId: string;
  /** Only entries that arrived after this one. Default 0: all. */
  readonly after?: number | undefined;
  /** Default 1,000. */
  readonly limit?: number | undefined;
}

export async function readLog(
  database: Database,
  { runId, after = 0, limit = 1000 }: ReadLogQuery,
): Promise<LogEntry[]> {
  const { rows } = await connectionsOf(database).pool.query<LogEntry>(
    `SELECT id::float8 AS id, attempt, sequence, type, extract(epoch FROM timestamp)::float8 * 1000 AS timestamp, body
     FROM run_event WHERE run_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
    [runId, after, limit],
  );
  return rows;
}
