import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeHome, type MadeHome } from "../../test/made-home.js";
import { ended, eventsOf, saved, started, step, wholeRun } from "../../test/made-run.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import type { BlobStore } from "../blobs/blob-store.js";
import { settleBlob, takeLocalArtifacts } from "../blobs/settle-artifacts.js";
import { connectionsOf } from "../database.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { deleteModelVersion, registerModelVersion } from "../models/models.js";
import { deleteRuns, finishDeletions, RunInUseError } from "./delete-runs.js";
import { addNote, tagRuns } from "./edit-runs.js";
import { getRun, RunNotFoundError } from "./get-run.js";

let test: TestDatabase;
let made: MadeHome;
beforeAll(async () => {
  test = await createTestDatabase();
  made = await makeHome();
});
afterAll(async () => {
  await test.database.close();
  await made.remove();
});

const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const folderOf = (runId: string) => join(made.home, "runs", runId);
const remove = (...ids: string[]) => deleteRuns(test.database, ids, made);
const query = async (sql: string, ...values: unknown[]) =>
  (await connectionsOf(test.database).pool.query<Record<string, unknown>>(sql, values)).rows;

/** A run whose folder holds these files, all of them in the store. */
async function addLocal(runId: string, files: Record<string, Uint8Array>): Promise<void> {
  const events = eventsOf({ runId }, [
    started(),
    ...Object.entries(files).map(([path, bytes]) => saved(path, bytes)),
    ended(),
  ]);
  for (const [path, bytes] of Object.entries(files)) await made.write(runId, path, bytes);
  const journal = await made.append(runId, events);
  const { size } = await stat(journal);
  await ingestEvents(test.database, events, {
    folder: folderOf(runId),
    cursor: { path: journal, sizeBytes: size },
  });
  await takeLocalArtifacts(test.database, made.blobs, { runId, folder: folderOf(runId) });
}

describe("deleteRuns", () => {
  it("gives back what only they used, counted by hand", async () => {
    const [own, shared] = [randomBytes(1000), randomBytes(300)];
    await addLocal("one", { "model/model.json": own, "report.html": shared });
    await addLocal("two", { "report.html": shared });
    await made.write("one", "artifacts/more/log.txt", Buffer.alloc(50));
    await tagRuns(test.database, { ids: ["one"], add: ["x"], remove: [] });
    await addNote(test.database, "one", "a note");
    const journal = (await stat(join(folderOf("one"), "events.jsonl"))).size;
    // The folder: 1000 + 300 + 50 and the journal. The store: 1000; the other 300 are another run's too.
    expect(await remove("one")).toEqual({ runs: 1, freedBytes: 1350 + journal + 1000 });
    expect(existsSync(folderOf("one"))).toBe(false);
    expect(await made.blobs.sizeOf(hashOf(own))).toBeNull();
    expect(await made.blobs.sizeOf(hashOf(shared))).toBe(300);
    await expect(getRun(test.database, "one")).rejects.toThrow("Received: one, which was deleted.");
    for (const table of [
      "run_event",
      "metric_chunk",
      "metric",
      "param",
      "tag",
      "note",
      "artifact",
      "run_attempt",
    ]) {
      expect(await query(`SELECT count(*)::int AS n FROM ${table} WHERE run_id = 'one'`)).toEqual([{ n: 0 }]);
    }
    const second = (await stat(join(folderOf("two"), "events.jsonl"))).size;
    expect(await remove("two")).toEqual({ runs: 1, freedBytes: 300 + second + 300 });
    expect(await made.blobs.sweep()).toEqual([]);
  });

  it("takes a run named twice once", async () => {
    await addLocal("twice", { a: Buffer.from("aa") });
    expect(await remove("twice", "twice")).toMatchObject({ runs: 1 });
  });

  it("leaves blobs that are nobody's, and young, out of its account", async () => {
    const waiting = randomBytes(77);
    const blob = { sha256: hashOf(waiting), sizeBytes: 77 };
    await made.blobs.receive(blob.sha256, Readable.from([waiting]), { offset: 0, totalBytes: 77 });
    await settleBlob(test.database, made.blobs, blob);
    await addLocal("beside", {});
    await query("UPDATE blob SET created_at = now() - interval '2 hours'");
    const journal = (await stat(join(folderOf("beside"), "events.jsonl"))).size;
    expect(await remove("beside")).toEqual({ runs: 1, freedBytes: journal });
    expect(await made.blobs.sizeOf(blob.sha256)).toBe(77);
    await finishDeletions(test.database, { ...made, stored: await made.blobs.sweep() });
    expect(await made.blobs.sizeOf(blob.sha256)).toBeNull();
    expect(await query("SELECT FROM blob")).toEqual([]);
  });

  it("does not take in again what a trainer goes on writing", async () => {
    const events = wholeRun({ runId: "late" });
    await ingestEvents(test.database, events.slice(0, 5));
    await remove("late");
    expect(await ingestEvents(test.database, events)).toEqual({ fresh: 0, deleted: true });
    await expect(getRun(test.database, "late")).rejects.toBeInstanceOf(RunNotFoundError);
    expect(await query("SELECT FROM parked_event")).toEqual([]);
  });

  it("is whole or not at all beside whoever ingests the same run", async () => {
    for (let round = 0; round < 10; round += 1) {
      const runId = `raced-${round}`;
      const events = wholeRun({ runId });
      await ingestEvents(test.database, events.slice(0, 2));
      const ingests = events.slice(2).map((event) => ingestEvents(test.database, [events[0]!, event]));
      await Promise.all([...ingests.slice(0, 6), remove(runId), ...ingests.slice(6)]);
      expect(await query("SELECT FROM run WHERE id = $1", runId)).toEqual([]);
      expect(await query("SELECT FROM metric_chunk WHERE run_id = $1", runId)).toEqual([]);
    }
  });

  it("refuses a run at work, and a registered one", async () => {
    const startedAt = Date.now() - 10_000;
    await ingestEvents(test.database, eventsOf({ runId: "at work", startedAt }, [started(), step(1, 1)]));
    const atWork = await remove("at work").catch((caught: unknown) => caught);
    expect(atWork).toBeInstanceOf(RunInUseError);
    expect((atWork as Error).message).toBe(
      "Expected runs that nothing needs. Received: at work, which is running: stop it first.",
    );
    await addLocal("registered", { "model/model.json": Buffer.from("{}") });
    await registerModelVersion(test.database, { model: "shapes", runId: "registered" });
    await addLocal("beside it", {});
    await expect(remove("beside it", "registered")).rejects.toThrow(
      "Received: registered, which is version 1 of the model shapes: delete that version first.",
    );
    // None of them was deleted.
    expect(await getRun(test.database, "beside it")).toMatchObject({ status: "completed" });
    expect(existsSync(folderOf("beside it"))).toBe(true);
    await deleteModelVersion(test.database, { model: "shapes", version: 1 });
    expect(await remove("beside it", "registered")).toMatchObject({ runs: 2 });
    await expect(remove("nothing")).rejects.toBeInstanceOf(RunNotFoundError);
  });

  it("deletes a run that says it is running and has been silent for long", async () => {
    const startedAt = Date.now() - 3_600_000;
    await ingestEvents(test.database, eventsOf({ runId: "silent", startedAt }, [started(), step(1, 1)]));
    expect(await remove("silent")).toMatchObject({ runs: 1 });
  });

  it("either deletes or registers a run when both are asked for at once", async () => {
    for (let round = 0; round < 10; round += 1) {
      const runId = `contested-${round}`;
      await addLocal(runId, { "model/model.json": Buffer.from("{}") });
      const [deleted, registered] = await Promise.allSettled([
        remove(runId),
        registerModelVersion(test.database, { model: `m${round}`, runId }),
      ]);
      expect([deleted, registered].filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      if (deleted.status === "rejected") expect(deleted.reason).toBeInstanceOf(RunInUseError);
      expect(await query("SELECT FROM model WHERE name = $1", `m${round}`)).toHaveLength(
        deleted.status === "fulfilled" ? 0 : 1,
      );
    }
  });

  it("deletes no folder that is not a run's of this home", async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), "convkit-elsewhere-"));
    await writeFile(join(elsewhere, "kept.txt"), "kept");
    await mkdir(join(made.home, "runs", "nested", "deep"), { recursive: true });
    for (const [index, folder] of [
      elsewhere,
      made.home,
      join(made.home, "runs"),
      join(made.home, "runs", "nested", "deep"),
    ].entries()) {
      const runId = `elsewhere-${index}`;
      await ingestEvents(test.database, eventsOf({ runId }, [started(), ended()]), { folder });
      expect(await remove(runId)).toEqual({ runs: 1, freedBytes: 0 });
      expect(existsSync(folder)).toBe(true);
    }
    await rm(elsewhere, { recursive: true });
  });

  it("is finished by the next process if it was killed when the rows were gone and the files not", async () => {
    const bytes = randomBytes(500);
    await addLocal("killed", { "model/weights.bin": bytes });
    const killed: BlobStore = {
      ...made.blobs,
      delete: () => Promise.reject(new Error("killed")),
    };
    await expect(deleteRuns(test.database, ["killed"], { ...made, blobs: killed })).rejects.toThrow("killed");
    expect(existsSync(folderOf("killed"))).toBe(true);
    expect(await made.blobs.sizeOf(hashOf(bytes))).toBe(500);
    await expect(getRun(test.database, "killed")).rejects.toBeInstanceOf(RunNotFoundError);
    const living = randomBytes(20);
    await addLocal("alive", { "model/weights.bin": living });
    await finishDeletions(test.database, { ...made, stored: await made.blobs.sweep() });
    expect(existsSync(folderOf("killed"))).toBe(false);
    expect(await made.blobs.sizeOf(hashOf(bytes))).toBeNull();
    // Nothing of the living is touched.
    expect(existsSync(folderOf("alive"))).toBe(true);
    await finishDeletions(test.database, { ...made, stored: await made.blobs.sweep() });
    expect(await made.blobs.sizeOf(hashOf(living))).toBe(20);
  });

  it("touches nothing that came after it was listed what is there: an upload is in the store before its row is", async () => {
    const [before, after] = [randomBytes(30), randomBytes(31)];
    const put = (bytes: Buffer) =>
      made.blobs.receive(hashOf(bytes), Readable.from([bytes]), { offset: 0, totalBytes: bytes.length });
    await put(before);
    const stored = await made.blobs.sweep();
    await put(after);
    await finishDeletions(test.database, { ...made, stored });
    expect(await made.blobs.sizeOf(hashOf(before))).toBeNull();
    expect(await made.blobs.sizeOf(hashOf(after))).toBe(31);
  });

  it("gives a file to the artifact that waits for it, if a process died between the two", async () => {
    const bytes = randomBytes(64);
    const sha256 = hashOf(bytes);
    await ingestEvents(
      test.database,
      eventsOf({ runId: "waits" }, [started(), saved("model/weights.bin", bytes)]),
    );
    await made.blobs.receive(sha256, Readable.from([bytes]), { offset: 0, totalBytes: 64 });
    await finishDeletions(test.database, { ...made, stored: await made.blobs.sweep() });
    expect(await query("SELECT blob_sha256 FROM artifact WHERE run_id = 'waits'")).toEqual([
      { blob_sha256: sha256 },
    ]);
    expect(await made.blobs.sizeOf(sha256)).toBe(64);
    await remove("waits");
  });

  it("never leaves an artifact without its bytes, while runs with equal files come and go", async () => {
    const bytes = randomBytes(4000);
    const path = "model/weights.bin";
    const cycle = async (name: string) => {
      for (let round = 0; round < 8; round += 1) {
        const runId = `${name}-${round}`;
        await addLocal(runId, { [path]: bytes });
        const rows = await query("SELECT blob_sha256 FROM artifact WHERE run_id = $1", runId);
        expect(rows).toEqual([{ blob_sha256: hashOf(bytes) }]);
        expect(await made.blobs.sizeOf(hashOf(bytes))).toBe(4000);
        await remove(runId);
      }
    };
    await Promise.all([cycle("left"), cycle("right"), cycle("middle")]);
    await finishDeletions(test.database, { ...made, stored: await made.blobs.sweep() });
    expect(await made.blobs.sizeOf(hashOf(bytes))).toBeNull();
  });
});
