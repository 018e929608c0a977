/** Tells of runs as they change, in whatever process they are changed: PostgreSQL's NOTIFY. */
import { setTimeout as sleep } from "node:timers/promises";
import type { PoolClient } from "pg";
import { connectionsOf, type Database } from "../database.js";
import { RUN_CHANNEL } from "./run-channel.js";

const RETRY_MS = 1000;

/**
 * Calls back with a run's id after each change. Whenever it begins to hear, at first and when a broken connection was
 * made anew, it tells what it missed until then as one change of unknown runs, `null`.
 */
export async function followRuns(
  database: Database,
  onChange: (runId: string | null) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const client = await connectionsOf(database).pool.connect();
      await listen(client, onChange, signal);
    } catch {
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function listen(
  client: PoolClient,
  onChange: (runId: string | null) => void,
  signal: AbortSignal,
): Promise<void> {
  const broken = new Promise<void>((_, reject) => {
    client.once("error", reject);
    client.once("end", () => reject(new Error("The connection ended.")));
  });
  const stopped = new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
  client.on("notification", ({ payload }) => onChange(payload ?? null));
  try {
    await client.query(`LISTEN ${RUN_CHANNEL}`);
    onChange(null);
    await Promise.race([broken, stopped]);
  } finally {
    client.release(true);
  }
}
