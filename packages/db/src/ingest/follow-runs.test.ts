import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { wholeRun } from "../../test/made-run.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { settleBlob } from "../blobs/settle-artifacts.js";
import { connectionsOf } from "../database.js";
import { addThumbnails } from "../datasets/datasets.js";
import { openDatabase } from "../open-database.js";
import { deleteRuns } from "../runs/delete-runs.js";
import { addNote, archiveRuns, deleteNote, editNote, renameRun, tagRuns } from "../runs/edit-runs.js";
import { makeHome } from "../../test/made-home.js";
import { followRuns } from "./follow-runs.js";
import { ingestEvents } from "./ingest-events.js";

const WITHIN = { timeout: 30_000, interval: 10 };
let test: TestDatabase;
let controller: AbortController;
let following: Promise<void>;
let changes: (string | null)[];

beforeEach(async () => {
  test = await createTestDatabase();
  controller = new AbortController();
  changes = [];
  following = followRuns(test.database, (runId) => changes.push(runId), controller.signal);
  await vi.waitFor(() => expect(changes).toEqual([null]), WITHIN);
});
afterEach(async () => {
  controller.abort();
  await following;
  await test.database.close();
});

async function listeners(): Promise<number[]> {
  const { rows } = await connectionsOf(test.database).pool.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'",
  );
  return rows.map(({ pid }) => pid);
}

describe("followRuns", () => {
  it("tells of a run that another process changes, and when it is deleted", async () => {
    const other = await openDatabase({ home: "/nowhere", url: test.url });
    await ingestEvents(other, wholeRun({ runId: "followed" }));
    await vi.waitFor(() => expect(changes).toEqual([null, "followed"]), WITHIN);
    // Nothing new is no change.
    await ingestEvents(other, wholeRun({ runId: "followed" }));
    const made = await makeHome();
    await deleteRuns(other, ["followed"], made);
    await vi.waitFor(() => expect(changes).toEqual([null, "followed", "followed"]), WITHIN);
    await made.remove();
    await other.close();
  });

  it("tells of what reviewers change", async () => {
    const { database } = test;
    await ingestEvents(database, wholeRun({ runId: "reviewed" }));
    await renameRun(database, "reviewed", "other name");
    await tagRuns(database, { ids: ["reviewed"], add: ["seen"], remove: [] });
    await archiveRuns(database, ["reviewed"], true);
    const { id } = await addNote(database, "reviewed", "a note");
    await editNote(database, id, "another");
    await deleteNote(database, id);
    await vi.waitFor(() => expect(changes).toHaveLength(8), WITHIN);
    expect(new Set(changes.slice(1))).toEqual(new Set(["reviewed"]));
  });

  it("tells of the runs whose pictures have come, once", async () => {
    const { database } = test;
    for (const runId of ["first", "second"]) await ingestEvents(database, wholeRun({ runId }));
    await ingestEvents(database, wholeRun({ runId: "other", card: { contentHash: "0ther" } }));
    const made = await makeHome();
    const bytes = Buffer.from("small pictures");
    const blob = { sha256: createHash("sha256").update(bytes).digest("hex"), sizeBytes: bytes.length };
    await made.blobs.receive(blob.sha256, Readable.from([bytes]), { offset: 0, totalBytes: bytes.length });
    await settleBlob(database, made.blobs, blob);
    const add = (pictureId: string) =>
      addThumbnails(database, {
        datasetHash: "c0ffee",
        blobSha256: blob.sha256,
        pictures: [{ pictureId, split: "test", label: 0, offset: 0, sizeBytes: 5 }],
      });
    const before = [null, "first", "second", "other"];
    await vi.waitFor(() => expect(changes).toEqual(before), WITHIN);
    await add("a");
    await add("b");
    // What is told is heard in its order: this comes after whatever the second picture told.
    await renameRun(database, "other", "the last");
    await vi.waitFor(() => expect(changes.slice(before.length)).toContain("other"), WITHIN);
    const after = changes.slice(before.length);
    expect(after.slice(0, 2).toSorted()).toEqual(["first", "second"]);
    expect(after.slice(2)).toEqual(["other"]);
    await made.remove();
  });

  it("says that something may have changed when its connection broke, and goes on", async () => {
    for (let round = 1; round <= 3; round += 1) {
      const [pid] = await listeners();
      await connectionsOf(test.database).pool.query("SELECT pg_terminate_backend($1)", [pid]);
      await vi.waitFor(
        () => expect(changes.filter((runId) => runId === null)).toHaveLength(1 + round),
        WITHIN,
      );
      await vi.waitFor(async () => {
        const [fresh] = await listeners();
        expect(fresh).toBeDefined();
        expect(fresh).not.toBe(pid);
      }, WITHIN);
      await ingestEvents(test.database, wholeRun({ runId: `round-${round}` }));
      await vi.waitFor(() => expect(changes.at(-1)).toBe(`round-${round}`), WITHIN);
    }
  });

  it("ends, and gives its connection back, when it is aborted", async () => {
    controller.abort();
    await following;
    await vi.waitFor(async () => expect(await listeners()).toEqual([]), WITHIN);
  });
});
