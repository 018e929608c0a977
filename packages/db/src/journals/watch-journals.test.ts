import { randomUUID } from "node:crypto";
import { appendFile, cp, open, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeTrainEvent } from "@convkit/schema";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeHome, type MadeHome } from "../../test/made-home.js";
import { ended, eventsOf, saved, started, step, wholeRun } from "../../test/made-run.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { connectionsOf } from "../database.js";
import { deleteRuns } from "../runs/delete-runs.js";
import { getRun } from "../runs/get-run.js";
import { listArtifacts } from "../runs/list-artifacts.js";
import { listRuns } from "../runs/list-runs.js";
import { readSeries } from "../series/read-series.js";
import { readJournals, watchJournals, type JournalProblem } from "./watch-journals.js";

const WITHIN = { timeout: 60_000, interval: 20 };
let test: TestDatabase;
let made: MadeHome;
let problems: JournalProblem[];
let stops: (() => Promise<void>)[];

beforeEach(async () => {
  test = await createTestDatabase();
  made = await makeHome();
  problems = [];
  stops = [];
});
afterEach(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await test.database.close();
  await made.remove();
});

function watch(): () => Promise<void> {
  const controller = new AbortController();
  const watching = watchJournals(test.database, {
    ...made,
    signal: controller.signal,
    intervalMs: 10,
    onProblem: (problem) => problems.push(problem),
  });
  const stop = () => {
    controller.abort();
    return watching;
  };
  stops.push(stop);
  return stop;
}

const read = () => readJournals(test.database, { ...made, onProblem: (problem) => problems.push(problem) });

/** Journals that were there before have been looked at, too. */
async function aLook(): Promise<void> {
  const runId = `look-${randomUUID()}`;
  await made.append(runId, eventsOf({ runId }, [started()]));
  await vi.waitFor(() => getRun(test.database, runId), WITHIN);
}

async function losses(runId: string): Promise<number[]> {
  const [series] = await readSeries(test.database, { runIds: [runId], keys: ["batch_loss"] });
  return series ? [...series.y] : [];
}

const steps = (runId: string, count: number) =>
  eventsOf({ runId }, [
    started(),
    ...Array.from({ length: count }, (_, index) => step(index + 1, index + 1)),
  ]);

describe("watchJournals", () => {
  it("ingests journals as they grow, line by line", async () => {
    watch();
    const events = wholeRun({ runId: "growing" });
    for (const event of events.slice(0, 4)) await made.append("growing", [event]);
    await vi.waitFor(async () => expect(await losses("growing")).toHaveLength(3), WITHIN);
    await made.append("growing", events.slice(4));
    await vi.waitFor(async () => {
      expect(await getRun(test.database, "growing")).toMatchObject({
        status: "completed",
        folder: join(made.home, "runs", "growing"),
      });
    }, WITHIN);
    expect(problems).toEqual([]);
  });

  it("waits for the rest of a torn last line, and for the one that takes its place", async () => {
    const [begin, first, second, third] = steps("torn", 3);
    const path = await made.append("torn", [begin!]);
    watch();
    const line = encodeTrainEvent(first!);
    for (const at of [1, 40, line.length - 1]) {
      const file = await open(path, "a");
      await file.write(line.slice(at === 1 ? 0 : at === 40 ? 1 : 40, at));
      await file.close();
      await aLook();
      expect(await losses("torn")).toEqual([]);
    }
    await appendFile(path, "\n");
    await vi.waitFor(async () => expect(await losses("torn")).toEqual([1]), WITHIN);
    // A writer that died: the next one cuts the torn line off, and writes one of the very same length.
    const size = Buffer.byteLength(encodeTrainEvent(begin!) + line);
    const other = encodeTrainEvent({ ...second!, timestamp: second!.timestamp + 1 });
    await appendFile(path, `${other.slice(0, -2)}#`);
    await aLook();
    await truncate(path, size);
    await appendFile(path, encodeTrainEvent(second!) + encodeTrainEvent(third!));
    await vi.waitFor(async () => expect(await losses("torn")).toEqual([1, 2, 3]), WITHIN);
    expect(problems).toEqual([]);
  });

  it("passes over a line that is no event, and says so once and where", async () => {
    const events = steps("corrupt", 4);
    const path = await made.append("corrupt", events.slice(0, 3));
    const at = Buffer.byteLength(events.slice(0, 3).map(encodeTrainEvent).join(""));
    await appendFile(path, '{"type":"lunch"}\n\n');
    await made.append("corrupt", events.slice(3));
    const stop = watch();
    await vi.waitFor(async () => expect(await losses("corrupt")).toEqual([1, 2, 3, 4]), WITHIN);
    await made.append("corrupt", [
      { ...step(5, 5), runId: "corrupt", attempt: 1, sequence: 5, timestamp: 5 },
    ]);
    await vi.waitFor(async () => expect(await losses("corrupt")).toHaveLength(5), WITHIN);
    await stop();
    watch();
    await made.append("corrupt", [
      { ...step(6, 6), runId: "corrupt", attempt: 1, sequence: 6, timestamp: 6 },
    ]);
    await vi.waitFor(async () => expect(await losses("corrupt")).toHaveLength(6), WITHIN);
    const message = `Expected a train event at byte ${at} of the journal. Received: {"type":"lunch"}`;
    expect(problems).toEqual([{ path, message }]);
  });

  it("passes over an event that no column holds", async () => {
    const [begin, first, second] = steps("large", 2);
    await made.append("large", [begin!, { ...first!, step: 2 ** 40 } as typeof first & object, second!]);
    await read();
    expect(await losses("large")).toEqual([2]);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.message).toContain("Expected counts of at most 2147483646 at byte");
  });

  it("ingests nothing of a folder that was copied under another name, and says so", async () => {
    await made.append("original", wholeRun({ runId: "original" }));
    await cp(join(made.home, "runs", "original"), join(made.home, "runs", "copy"), { recursive: true });
    await read();
    expect((await listRuns(test.database)).runs.map(({ id }) => id)).toEqual(["original"]);
    expect(problems).toMatchObject([{ path: join(made.home, "runs", "copy", "events.jsonl") }]);
    expect(problems[0]!.message).toContain("Expected an event of the run copy, as the folder is called,");
  });

  it("begins at the front of a journal that was replaced by a shorter one", async () => {
    const path = await made.append("replaced", steps("replaced", 100));
    watch();
    await vi.waitFor(async () => expect(await losses("replaced")).toHaveLength(100), WITHIN);
    const second = eventsOf({ runId: "replaced", attempt: 2 }, [started(), step(1, -1), step(2, -2)]);
    await writeFile(path, second.map(encodeTrainEvent).join(""));
    await vi.waitFor(async () => expect(await losses("replaced")).toEqual([-1, -2]), WITHIN);
  });

  it("goes on where an earlier process stopped, without reading again", async () => {
    const path = await made.append("again", steps("again", 10));
    await read();
    const { pool } = connectionsOf(test.database);
    const { rows } = await pool.query("SELECT path, size_bytes::int AS size FROM journal_cursor");
    const size = Buffer.byteLength(steps("again", 10).map(encodeTrainEvent).join(""));
    expect(rows).toEqual([{ path, size }]);
    // What was read is not looked at any more: that it is broken now tells.
    const file = await open(path, "r+");
    await file.write("#".repeat(50), 0);
    await file.close();
    await made.append("again", steps("again", 12).slice(11));
    await read();
    expect(await losses("again")).toHaveLength(12);
    expect(problems).toEqual([]);
  });

  it("ingests every event once when two watch the same home", async () => {
    watch();
    watch();
    const events = steps("both", 300);
    for (let start = 0; start < events.length; start += 7) {
      await made.append("both", events.slice(start, start + 7));
    }
    await vi.waitFor(async () => expect(await losses("both")).toHaveLength(300), WITHIN);
    expect(await losses("both")).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    expect((await getRun(test.database, "both")).attempts).toEqual([
      { attempt: 1, fromStep: 0, events: 301 },
    ]);
    expect(problems).toEqual([]);
  });

  it("keeps up with three hundred journals", async () => {
    const names = Array.from({ length: 300 }, (_, index) => `run-${index}`);
    for (const runId of names) await made.append(runId, wholeRun({ runId }));
    watch();
    await vi.waitFor(async () => expect((await listRuns(test.database)).total).toBe(300), WITHIN);
    const late = [{ ...step(11, 1), runId: "run-123", attempt: 1, sequence: 15, timestamp: 1 }];
    await made.append("run-123", late);
    await vi.waitFor(async () => expect(await losses("run-123")).toHaveLength(11), { timeout: 5000 });
    expect(problems).toEqual([]);
  });

  it("takes the files that the journal names, also when it was told of them before it was killed", async () => {
    const runId = "files";
    const bytes = Buffer.from("weights");
    await made.append(runId, eventsOf({ runId }, [started(), saved("model/weights.bin", bytes), ended()]));
    await read();
    const areStored = async () =>
      (await listArtifacts(test.database, { runId })).artifacts.map(({ stored }) => stored);
    expect(await areStored()).toEqual([false]);
    await made.write(runId, "model/weights.bin", bytes);
    watch();
    await vi.waitFor(async () => expect(await areStored()).toEqual([true]), WITHIN);
  });

  it("does not bring a deleted run back while its folder is still there", async () => {
    const events = wholeRun({ runId: "deleted" });
    await made.append("deleted", events);
    await read();
    await deleteRuns(test.database, ["deleted"], made);
    await made.append("deleted", events);
    watch();
    await made.append("beside", wholeRun({ runId: "beside" }));
    await vi.waitFor(async () => expect((await listRuns(test.database)).total).toBe(1), WITHIN);
    await made.append("deleted", [
      { ...step(11, 1), runId: "deleted", attempt: 1, sequence: 15, timestamp: 1 },
    ]);
    await made.append("beside", [
      { ...step(11, 1), runId: "beside", attempt: 1, sequence: 15, timestamp: 1 },
    ]);
    await vi.waitFor(async () => expect(await losses("beside")).toHaveLength(11), WITHIN);
    expect((await listRuns(test.database)).total).toBe(1);
    expect(problems).toEqual([]);
  });

  it("waits for a home that is not there yet, and lets other files lie", async () => {
    await rm(made.home, { recursive: true });
    watch();
    await made.append("first", wholeRun({ runId: "first" }));
    await writeFile(join(made.home, "runs", ".DS_Store"), "x");
    await vi.waitFor(async () => expect((await listRuns(test.database)).total).toBe(1), WITHIN);
    expect(problems).toEqual([]);
  });

  it("goes on when the database had to be left for a while", async () => {
    watch();
    const events = steps("outage", 50);
    await made.append("outage", events.slice(0, 10));
    await vi.waitFor(async () => expect(await losses("outage")).toHaveLength(9), WITHIN);
    // Of its own: the others in the pool are those that it ends.
    const killer = await connectionsOf(test.database).pool.connect();
    for (let start = 10; start < events.length; start += 5) {
      await made.append("outage", events.slice(start, start + 5));
      await killer.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      );
    }
    killer.release();
    await vi.waitFor(async () => expect(await losses("outage")).toHaveLength(50), WITHIN);
  });
});
