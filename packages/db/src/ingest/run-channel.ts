/** How a change of a run is told to whoever follows runs, in whatever process: PostgreSQL's NOTIFY, heard on commit. */
import type { Pool, PoolClient } from "pg";

/** Its messages are ids of runs. */
export const RUN_CHANNEL = "convkit_run";

export async function tellOfRuns(client: Pool | PoolClient, ids: readonly string[]): Promise<void> {
  await client.query("SELECT pg_notify($1, id) FROM unnest($2::text[]) AS id", [RUN_CHANNEL, ids]);
}
