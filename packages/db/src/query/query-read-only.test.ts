import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wholeRun } from "../../test/made-run.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { getRun } from "../runs/get-run.js";
import { queryReadOnly, QueryError } from "./query-read-only.js";

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
  await ingestEvents(test.database, wholeRun({ runId: "kept" }));
});
afterAll(() => test.database.close());

const query = (sql: string, limit?: number) => queryReadOnly(test.database, sql, { limit });

describe("queryReadOnly", () => {
  it("reads tables and points, under the names of the columns", async () => {
    expect(await query("SELECT id, status FROM run")).toEqual({
      columns: ["id", "status"],
      rows: [["kept", "completed"]],
      isCut: false,
    });
    const { rows } = await query(
      "SELECT count(*)::int FROM point WHERE run_id = 'kept' AND key = 'batch_loss'",
    );
    expect(rows).toEqual([[10]]);
  });

  it("reads no more rows than were asked for, and says whether there are more", async () => {
    const numbers = "SELECT n FROM generate_series(1, 5) AS n";
    expect(await query(numbers, 4)).toEqual({ columns: ["n"], rows: [[1], [2], [3], [4]], isCut: true });
    expect(await query(numbers, 5)).toMatchObject({ rows: [[1], [2], [3], [4], [5]], isCut: false });
    expect(await query(`${numbers} WHERE n > 5`, 1)).toEqual({ columns: ["n"], rows: [], isCut: false });
    const endless = await query(
      "WITH RECURSIVE counted (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM counted) SELECT n FROM counted",
    );
    expect(endless.rows).toHaveLength(1000);
    expect(endless.isCut).toBe(true);
  });

  it.each(["EXPLAIN SELECT 1", "SHOW server_version", "TABLE run", "VALUES (1)"])("takes %s", async (sql) => {
    expect((await query(sql)).rows.length).toBeGreaterThan(0);
  });

  it.each([
    ["changes a row", "UPDATE run SET name = 'other'"],
    ["deletes", "DELETE FROM run"],
    ["makes a table", "CREATE TABLE made AS SELECT 1"],
    ["changes within a reading one", "WITH gone AS (DELETE FROM run RETURNING id) SELECT * FROM gone"],
    ["is two", "SELECT 1; DELETE FROM run"],
    ["ends the transaction first", "COMMIT; DELETE FROM run"],
    ["runs a program", "COPY run TO PROGRAM 'cat'"],
    ["reads a file of the server's", "SELECT pg_read_file('/etc/passwd')"],
    ["answers with no rows", "COPY run TO STDOUT"],
    ["wants to be sent some", "COPY run FROM STDIN"],
    ["is none", "SELEC 1"],
  ])("refuses a statement that %s", async (_, sql) => {
    await expect(query(sql)).rejects.toBeInstanceOf(QueryError);
    expect(await getRun(test.database, "kept")).toMatchObject({ name: "kept" });
  });

  it("says what was wrong, and where", async () => {
    await expect(query("SELECT nothing FROM run")).rejects.toThrow(
      /at character 8: column "nothing" does not exist/,
    );
  });

  it("leaves nothing of a statement to the next one", async () => {
    await query("SELECT set_config('search_path', 'pg_catalog', false)");
    expect((await query("SELECT id FROM run")).rows).toEqual([["kept"]]);
  });
});
