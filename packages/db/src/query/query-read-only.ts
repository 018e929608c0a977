/**
 * SQL by hand, for scripts: one statement that reads. The transaction is read-only, and where the connection is
 * PostgreSQL's superuser, as in the embedded database, it first becomes one that may read tables and nothing else.
 * Of its rows no more are read than were asked for: `SELECT * FROM point` has millions.
 */
import type { PoolClient, QueryArrayResult } from "pg";
import Cursor from "pg-cursor";
import { connectionsOf, type Database } from "../database.js";

export interface QueryResult {
  readonly columns: readonly string[];
  /** Values as PostgreSQL's client gives them; a JSON column is an object, a bigint a text. */
  readonly rows: readonly (readonly unknown[])[];
  /** There are more rows. */
  readonly isCut: boolean;
}

export interface QueryOptions {
  /** Of rows. Default 1,000. */
  readonly limit?: number | undefined;
}

/** PostgreSQL does not take the statement, or it answers with no rows. */
export class QueryError extends Error {
  override readonly name = "QueryError";
}

const TIMEOUT_MS = 60_000;

/** @throws {QueryError} */
export async function queryReadOnly(
  database: Database,
  sql: string,
  { limit = 1000 }: QueryOptions = {},
): Promise<QueryResult> {
  const client = await connectionsOf(database).pool.connect();
  try {
    await client.query("BEGIN READ ONLY");
    await client.query(`SET LOCAL statement_timeout = ${TIMEOUT_MS}`);
    const { rows: roles } = await client.query<{ super: boolean }>(
      "SELECT rolsuper AS super FROM pg_roles WHERE rolname = current_user",
    );
    if (roles[0]?.super) await client.query("SET LOCAL ROLE pg_read_all_data");
    const { fields, rows, command } = await readRows(client, sql, limit + 1);
    if (command === "COPY")
      throw new QueryError("Expected a statement that answers with rows. Received: COPY.");
    const columns = fields.map(({ name }) => name);
    return { columns, rows: rows.slice(0, limit), isCut: rows.length > limit };
  } catch (cause) {
    if (cause instanceof QueryError) throw cause;
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

/** A cursor of PostgreSQL's extended protocol, which takes a single statement and hands out its rows as they are asked for. */
class RowCursor extends Cursor<unknown[]> {
  /** What COPY sends is no row; without this, the client would end the process. */
  handleCopyData(): void {}
}

function readRows(client: PoolClient, sql: string, count: number): Promise<QueryArrayResult> {
  const cursor = client.query(new RowCursor(sql, [], { rowMode: "array" }));
  return new Promise((resolve, reject) => {
    cursor.read(count, (error: Error | undefined | null, _, result) =>
      error ? reject(error) : resolve(result),
    );
  });
}
