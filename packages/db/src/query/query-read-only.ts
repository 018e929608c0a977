/**
 * SQL by hand, for scripts: one statement that reads. The transaction is read-only, and where the connection is
 * PostgreSQL's superuser, as in the embedded database, it first becomes one that may read tables and nothing else.
 */
import { connectionsOf, type Database } from "../database.js";

export interface QueryResult {
  readonly columns: readonly string[];
  /** Values as PostgreSQL's client gives them; a JSON column is an object, a bigint a text. */
  readonly rows: readonly (readonly unknown[])[];
}

/** PostgreSQL does not take the statement; the message is its own. */
export class QueryError extends Error {
  override readonly name = "QueryError";
}

const TIMEOUT_MS = 60_000;

/** @throws {QueryError} */
export async function queryReadOnly(database: Database, sql: string): Promise<QueryResult> {
  const client = await connectionsOf(database).pool.connect();
  try {
    await client.query("BEGIN READ ONLY");
    await client.query(`SET LOCAL statement_timeout = ${TIMEOUT_MS}`);
    const { rows } = await client.query<{ super: boolean }>(
      "SELECT rolsuper AS super FROM pg_roles WHERE rolname = current_user",
    );
    if (rows[0]?.super) await client.query("SET LOCAL ROLE pg_read_all_data");
    // PostgreSQL's extended protocol takes a single statement; pg's types do not know the option.
    const statement = { text: sql, rowMode: "array" as const, queryMode: "extended" };
    const result = await client.query<unknown[]>(statement);
    return { columns: result.fields.map(({ name }) => name), rows: result.rows };
  } catch (cause) {
    const { message, position } = cause as Error & { position?: string };
    const place = position === undefined ? "" : ` at character ${position}`;
    throw new QueryError(`Expected one SQL statement that reads. PostgreSQL says${place}: ${message}.`, {
      cause,
    });
  } finally {
    // Whatever the statement did to the connection goes with it.
    client.release(true);
  }
}
