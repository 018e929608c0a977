/**
 * `<run>` as people type it: an id, a beginning of one that only one run has, the name that only one has in the record, or `latest`.
 * What begins one run's id and names another is neither's, as at the command line of the trainer.
 */
import { connectionsOf, type Database } from "../database.js";
import { patternOf } from "./run-filter.js";
import { RunNotFoundError } from "./get-run.js";

/** @throws {RunNotFoundError} if there is none, or several. */
export async function findRunId(database: Database, text: string): Promise<string> {
  const { pool } = connectionsOf(database);
  const { rows } =
    text === "latest"
      ? await pool.query<{ id: string }>("SELECT id FROM run ORDER BY created_at DESC, id DESC LIMIT 1")
      : await pool.query<{ id: string }>(
          `SELECT id FROM run WHERE id = $1 OR name = $1 OR id ILIKE $2 ORDER BY id = $1 DESC, id LIMIT 10`,
          [text, patternOf(text).slice(1)],
        );
  const ids = rows.map(({ id }) => id);
  if (ids.length === 1 || ids[0] === text) return ids[0]!;
  const received = ids.length === 0 ? `${text}, which is none` : `${text}, which ${ids.join(", ")} share`;
  throw new RunNotFoundError(
    `Expected a run: its id or the beginning of it, its name, or \`latest\`. Received: ${received}.` +
      (ids.length === 0 ? "" : " Name one by its id."),
  );
}
