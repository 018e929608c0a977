import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { ended, epochEnded, eventsOf, started, type MadeRun } from "../../test/made-run.js";
import { connectionsOf } from "../database.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { archiveRuns, renameRun, tagRuns } from "./edit-runs.js";
import { CursorError } from "../page-cursor.js";
import { listRuns, type ListRunsQuery, type RunRow } from "./list-runs.js";
import { UnknownFieldError } from "./run-fields.js";

const DAY = 24 * 60 * 60 * 1000;
let test: TestDatabase;

const add = async (run: MadeRun, epochs: readonly Record<string, number>[] = []) =>
  ingestEvents(
    test.database,
    eventsOf(run, [started(run), ...epochs.map((logs, index) => epochEnded(index + 1, logs)), ended()]),
  );

async function everyPage(query: ListRunsQuery): Promise<RunRow[]> {
  const found: RunRow[] = [];
  for (let cursor: string | undefined; ;) {
    const { runs, nextCursor, total } = await listRuns(test.database, { ...query, cursor });
    found.push(...runs);
    if (nextCursor === undefined) {
      expect(found).toHaveLength(total);
      return found;
    }
    expect(runs).toHaveLength(query.limit!);
    cursor = nextCursor;
  }
}

const ids = (runs: readonly RunRow[]) => runs.map(({ id }) => id);

beforeAll(async () => {
  test = await createTestDatabase();
  // Ties, gaps, NaN and infinities: 40 runs over 4 days with 5 accuracies.
  const accuracies = [0.5, 0.5, 0.9, NaN, Infinity, -Infinity, undefined, 0.9];
  for (let index = 0; index < 40; index += 1) {
    const accuracy = accuracies[index % accuracies.length];
    const id = `run-${String(index).padStart(2, "0")}`;
    await add(
      {
        runId: id,
        startedAt: Date.UTC(2026, 10, 20) + (index % 4) * DAY,
        config: {
          name: ["alpha", "Beta", "beta", "ωmega", ""][index % 5]!,
          epochs: 1 + (index % 3),
          ...(index % 2 && { optimizer: "adamw" }),
          experiment: index % 10 === 0 ? "tens" : "others",
        },
      },
      accuracy === undefined ? [] : [{ val_accuracy: accuracy, loss: index % 7 }],
    );
  }
});
afterAll(() => test.database.close());

describe("listRuns", () => {
  it("says of each run what its columns show", async () => {
    await add({ runId: "shown", config: { name: "Shown", tags: ["b", "a"], epochs: 3 } }, [
      { val_accuracy: 0.7, val_loss: 0.4 },
      { val_accuracy: 0.8, val_loss: NaN },
      { val_accuracy: 0.6, val_loss: 0.5 },
    ]);
    const { runs } = await listRuns(test.database, {
      filter: "id = shown",
      metrics: ["val_accuracy", "val_loss", "nothing"],
      params: ["epochs", "optimizer.name", "nothing"],
    });
    expect(runs).toEqual([
      {
        id: "shown",
        name: "Shown",
        experiment: "default",
        status: "completed",
        reason: "it completed",
        model: "simple-cnn",
        dataset: "shapes",
        datasetHash: "c0ffee",
        engine: "native",
        device: "a CPU",
        createdAt: Date.UTC(2026, 10, 26, 12),
        startedAt: Date.UTC(2026, 10, 26, 12),
        endedAt: Date.UTC(2026, 10, 26, 12, 0, 4),
        lastEventAt: Date.UTC(2026, 10, 26, 12, 0, 4),
        archived: false,
        attempt: 1,
        step: 15,
        totalSteps: 15,
        epoch: 3,
        epochs: 3,
        tags: ["a", "b"],
        metrics: {
          val_accuracy: { best: 0.8, bestStep: 10, last: 0.6, lastStep: 15, count: 3 },
          val_loss: { best: 0.4, bestStep: 5, last: 0.5, lastStep: 15, count: 3 },
        },
        params: { epochs: "3", "optimizer.name": '"sgd"' },
      },
    ]);
    await archiveRuns(test.database, ["shown"], true);
  });

  it("visits every run once, under any order, page by page", async () => {
    const field = fc.constantFrom(
      "created",
      "started",
      "name",
      "status",
      "experiment",
      "val_accuracy",
      "last.val_accuracy",
      "min.loss",
      "epochs",
      "param.epochs",
      "optimizer.name",
      "optimizer.beta1",
      "tag",
      "device",
      "duration",
      "id",
    );
    const everyone = ids((await listRuns(test.database, { limit: 1000 })).runs).sort();
    expect(everyone).toHaveLength(40);
    await fc.assert(
      fc.asyncProperty(
        field,
        fc.boolean(),
        fc.integer({ min: 1, max: 41 }),
        async (name, descending, limit) => {
          const sort = { field: name, descending };
          const paged = ids(await everyPage({ sort, limit }));
          expect([...paged].sort()).toEqual(everyone);
          expect(paged).toEqual(ids((await listRuns(test.database, { sort, limit: 1000 })).runs));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("shows runs without a value last, whichever way it sorts", async () => {
    for (const descending of [true, false]) {
      const { runs } = await listRuns(test.database, {
        sort: { field: "optimizer.beta1", descending },
        params: ["optimizer.beta1"],
      });
      const has = runs.map(({ params }) => "optimizer.beta1" in params);
      expect(has.indexOf(false)).toBe(20);
      expect(has.lastIndexOf(true)).toBe(19);
    }
  });

  it("sorts numbers as numbers and texts whatever their case", async () => {
    const { runs } = await listRuns(test.database, {
      sort: { field: "last.loss", descending: true },
      metrics: ["loss"],
      limit: 1000,
    });
    const losses = runs.flatMap(({ metrics }) => metrics["loss"]?.last ?? []);
    expect(losses).toEqual(losses.toSorted((a, b) => b - a));
    const named = await listRuns(test.database, { sort: { field: "name", descending: false }, limit: 1000 });
    const names = [...new Set(named.runs.map(({ name }) => name.toLowerCase()))];
    expect(names).toEqual(["", "alpha", "beta", "ωmega"]);
  });

  it("goes on behind a run that was deleted or came meanwhile", async () => {
    const sort = { field: "id", descending: false };
    const first = await listRuns(test.database, { sort, limit: 10 });
    await add({ runId: "run-05b" });
    await add({ runId: "run-10b" });
    const second = await listRuns(test.database, { sort, limit: 10, cursor: first.nextCursor });
    expect(ids(second.runs).slice(0, 2)).toEqual(["run-10", "run-10b"]);
    const { pool } = connectionsOf(test.database);
    await pool.query("DELETE FROM run WHERE id IN ('run-05b', 'run-10b')");
  });

  it("finds the words of a search anywhere, and counts what matches on all pages", async () => {
    await tagRuns(test.database, { ids: ["run-03"], add: ["Weekend run"], remove: [] });
    const search = async (text: string) => {
      const { runs, total } = await listRuns(test.database, { search: text, limit: 5 });
      return { total, first: runs[0]?.id };
    };
    expect(await search("weekend")).toEqual({ total: 1, first: "run-03" });
    expect((await search("TENS simple")).total).toBe(4);
    expect((await search("tens -cnn completed")).total).toBe(4);
    expect((await search("ωMEGA")).total).toBe(8);
    expect((await search("%")).total).toBe(0);
    expect((await search("  ")).total).toBe(40);
    expect((await search("\0")).total).toBe(0);
    await renameRun(test.database, "run-03", "100% sure_");
    expect((await search("100%")).total).toBe(1);
    expect((await search("sure_")).total).toBe(1);
  });

  it("keeps archived runs apart", async () => {
    await archiveRuns(test.database, ["run-01", "run-02"], true);
    expect((await listRuns(test.database)).total).toBe(38);
    const archived = await listRuns(test.database, { archived: true });
    expect(ids(archived.runs).sort()).toEqual(["run-01", "run-02", "shown"]);
    expect(archived.runs.every((run) => run.archived)).toBe(true);
    await archiveRuns(test.database, ["run-01", "run-02"], false);
    expect((await listRuns(test.database)).total).toBe(40);
  });

  it("refuses a field that there is not, and a cursor that no page gave", async () => {
    const sort = { field: "nonsense", descending: true };
    await expect(listRuns(test.database, { sort })).rejects.toBeInstanceOf(UnknownFieldError);
    const spell = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    for (const cursor of ["", "x", spell(null), spell([1]), spell([{}, "a"]), spell([1, 2])]) {
      await expect(listRuns(test.database, { cursor })).rejects.toBeInstanceOf(CursorError);
    }
    // One of another order: the value is of another kind.
    await expect(listRuns(test.database, { cursor: spell(["a text", "b"]) })).rejects.toBeInstanceOf(
      CursorError,
    );
    const byName = { field: "name", descending: false };
    await expect(listRuns(test.database, { sort: byName, cursor: spell([5, "b"]) })).rejects.toBeInstanceOf(
      CursorError,
    );
  });

  it("holds a run whose steps are beyond what an int4 counts", async () => {
    const run = { runId: "endless", config: { epochs: 2_000_000_000 } };
    await add(run);
    const { runs } = await listRuns(test.database, { filter: "id = endless" });
    expect(runs[0]?.totalSteps).toBe(10_000_000_000);
  });
});
