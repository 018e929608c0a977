import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { connectionsOf } from "../database.js";
import { CursorError } from "../page-cursor.js";
import { listJobs, type JobRow, type ListJobsQuery } from "./jobs.js";

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.database.close());
beforeEach(() => connectionsOf(test.database).pool.query("DELETE FROM job"));

interface MadeJob {
  readonly state: JobRow["state"];
  readonly priority?: number;
  /** Of the creation, and of the end of one that has ended; in milliseconds. */
  readonly at?: number;
  readonly runId?: string;
}

async function add({ state, priority = 0, at = 0, runId = "r" }: MadeJob): Promise<string> {
  const id = randomUUID();
  await connectionsOf(test.database).pool.query(
    `INSERT INTO job (id, kind, job, run_id, priority, state, created_at, ended_at)
     VALUES ($1, 'evaluate', '{}', $2, $3, $4::job_state, $5::timestamptz,
       CASE WHEN $4 IN ('done', 'failed', 'cancelled') THEN $5::timestamptz END)`,
    [id, runId, priority, state, new Date(Date.UTC(2026, 10, 26, 12) + at)],
  );
  return id;
}

const ids = (jobs: readonly JobRow[]) => jobs.map(({ id }) => id);

/** @param between is done after each page but the last. */
async function everyPage(query: ListJobsQuery, between?: () => Promise<unknown>): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | undefined; ;) {
    const { jobs, nextCursor } = await listJobs(test.database, { ...query, cursor });
    found.push(...ids(jobs));
    if (nextCursor === undefined) return found;
    expect(jobs).toHaveLength(query.limit!);
    cursor = nextCursor;
    await between?.();
  }
}

describe("listJobs", () => {
  const job = fc.record({
    state: fc.constantFrom<JobRow["state"]>("waiting", "active", "done", "failed", "cancelled"),
    priority: fc.integer({ min: -1, max: 1 }),
    // Down to the millisecond that the record keeps, and often the same one.
    at: fc.integer({ min: 0, max: 3 }),
  });

  it("visits every job once, page by page, and counts them all on each", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(job, { maxLength: 12 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 13 }),
        async (made, ended, limit) => {
          await connectionsOf(test.database).pool.query("DELETE FROM job");
          for (const each of made) await add(each);
          const whole = await listJobs(test.database, { ended, limit: 1000 });
          const isEnded = ({ state }: MadeJob) => state !== "waiting" && state !== "active";
          expect(whole.total).toBe(made.filter((each) => isEnded(each) === ended).length);
          expect(whole.jobs).toHaveLength(whole.total);
          expect(await everyPage({ ended, limit })).toEqual(ids(whole.jobs));
        },
      ),
      { numRuns: 30 },
    );
  });

  it("shows those at work first, then by priority, then the oldest", async () => {
    const late = await add({ state: "waiting", at: 2 });
    const early = await add({ state: "waiting", at: 1 });
    const urgent = await add({ state: "waiting", priority: 1, at: 3 });
    const active = await add({ state: "active", priority: -5, at: 4 });
    expect(await everyPage({ limit: 1 })).toEqual([active, urgent, early, late]);
  });

  it("goes on behind jobs that come while one reads", async () => {
    const old = [await add({ state: "done", at: 1 }), await add({ state: "failed", at: 2 })].toReversed();
    let at = 10;
    expect(await everyPage({ ended: true, limit: 1 }, () => add({ state: "done", at: (at += 1) }))).toEqual(
      old,
    );
    const waiting = [await add({ state: "waiting", at: 1 }), await add({ state: "waiting", at: 2 })];
    const urgent = () => add({ state: "waiting", priority: 9 });
    expect(await everyPage({ limit: 1 }, urgent)).toEqual(waiting);
  });

  it("finds those of one run", async () => {
    const own = await add({ state: "waiting", runId: "mine" });
    await add({ state: "waiting" });
    const { jobs, total } = await listJobs(test.database, { runId: "mine" });
    expect([ids(jobs), total]).toEqual([[own], 1]);
  });

  it("refuses a cursor that no page gave, and one of the other list", async () => {
    const spell = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const ended = spell([0, randomUUID()]);
    const open = spell([0, 0, 0, randomUUID()]);
    for (const cursor of ["", "x", spell([0, "no uuid"]), spell(["0", randomUUID()]), spell(null)]) {
      await expect(listJobs(test.database, { cursor })).rejects.toBeInstanceOf(CursorError);
      await expect(listJobs(test.database, { cursor, ended: true })).rejects.toBeInstanceOf(CursorError);
    }
    await expect(listJobs(test.database, { cursor: ended })).rejects.toThrow(
      "Expected the cursor of a page of jobs that wait or are at work.",
    );
    await expect(listJobs(test.database, { cursor: open, ended: true })).rejects.toBeInstanceOf(CursorError);
    expect(await listJobs(test.database, { cursor: open })).toEqual({ jobs: [], total: 0 });
  });
});
