/** Several statements, of which all count or none does. */
import type { PoolClient } from "pg";
import { connectionsOf, type Database } from "./database.js";

/** `work` must not wait for another connection: those who have one would wait for each other. */
export async function inTransaction<T>(
  database: Database,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await connectionsOf(database).pool.connect();
  let isUsable = false;
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    isUsable = true;
    return result;
  } catch (error) {
    // A broken connection has rolled back by itself, and is not given out again.
    isUsable = await client.query("ROLLBACK").then(
      () => true,
      () => false,
    );
    throw error;
  } finally {
    client.release(!isUsable);
  }
}
