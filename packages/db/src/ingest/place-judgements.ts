/**
 * The points of `evaluated` events, which have no step of their own: they stand at the last step that the log of their
 * attempt tells of before them. An event of the log that comes late moves them.
 */
import type { TrainEvent } from "@convkit/schema";
import type { PoolClient } from "pg";
import { addPoints, removePoints } from "./metric-store.js";
import { listOf, type PointLists } from "./points-of-event.js";

interface Judgement {
  readonly split: string;
  /** NaN and the infinities are spelled out. */
  readonly logs: Readonly<Record<string, number | string>>;
  readonly step: number;
  readonly time: number;
}

/**
 * @param events fresh ones, in the log already.
 * @param isLate whether they were overtaken by others.
 * @returns keys of the curves that changed.
 */
export async function placeJudgements(
  client: PoolClient,
  run: { runId: string; attempt: number },
  { events, isLate }: { events: readonly TrainEvent[]; isLate: boolean },
): Promise<string[]> {
  if (!isLate && !events.some(({ type }) => type === "evaluated")) return [];
  const { rows } = await client.query<Judgement>(READ_JUDGEMENTS, [run.runId, run.attempt]);
  if (rows.length === 0) return [];
  const points: PointLists = new Map();
  for (const { split, logs, step, time } of rows) {
    for (const [name, value] of Object.entries(logs)) {
      listOf(points, `${split}_${name}`).add(step, time, Number(value));
    }
  }
  const keys = [...points.keys()];
  await removePoints(client, run, keys);
  await addPoints(client, run, points);
  return keys;
}

const READ_JUDGEMENTS = `
  SELECT body ->> 'split' AS split, body -> 'logs' AS logs, extract(epoch FROM timestamp)::float8 * 1000 AS time,
    coalesce((
      SELECT max(coalesce(before.body ->> 'step', before.body ->> 'fromStep')::int) FROM run_event AS before
      WHERE before.run_id = $1 AND before.attempt = $2 AND before.sequence < judged.sequence
        AND before.type IN ('resumed', 'epochEnded', 'checkpointSaved')), 0) AS step
  FROM run_event AS judged WHERE run_id = $1 AND attempt = $2 AND type = 'evaluated' ORDER BY sequence`;
