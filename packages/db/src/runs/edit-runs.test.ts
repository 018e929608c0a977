import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wholeRun } from "../../test/made-run.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { deleteView, listViews, saveView } from "../views/saved-views.js";
import {
  addNote,
  archiveRuns,
  deleteNote,
  editNote,
  NoteNotFoundError,
  renameRun,
  tagRuns,
} from "./edit-runs.js";
import { getRun, RunNotFoundError } from "./get-run.js";

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
  for (const runId of ["a", "b"]) await ingestEvents(test.database, wholeRun({ runId }));
});
afterAll(() => test.database.close());

const run = (id: string) => getRun(test.database, id);
const HOSTILE = "<script>alert(1)</script> '; DROP TABLE run; -- \0 \ud800";
const STORED = "<script>alert(1)</script> '; DROP TABLE run; -- \uFFFD \uFFFD";

describe("what reviewers change", () => {
  it("keeps a name that was given, also when the run's events come again", async () => {
    await renameRun(test.database, "a", HOSTILE);
    await ingestEvents(test.database, wholeRun({ runId: "a", config: { name: "another" } }));
    expect((await run("a")).name).toBe(STORED);
  });

  it("adds and removes tags of several runs, once each", async () => {
    await tagRuns(test.database, { ids: ["a", "b"], add: ["x", "y", HOSTILE], remove: [] });
    await tagRuns(test.database, { ids: ["a"], add: ["x", "z"], remove: ["y", "nothing"] });
    expect((await run("a")).tags).toEqual([STORED, "x", "z"]);
    expect((await run("b")).tags).toEqual([STORED, "x", "y"]);
    // What is both added and removed is there afterwards.
    await tagRuns(test.database, { ids: ["b"], add: ["y"], remove: ["y", HOSTILE] });
    expect((await run("b")).tags).toEqual(["x", "y"]);
    await Promise.all(
      Array.from({ length: 8 }, () =>
        tagRuns(test.database, { ids: ["a", "b"], add: ["raced"], remove: [] }),
      ),
    );
    expect((await run("a")).tags).toContain("raced");
  });

  it("writes, changes and deletes notes, in the order in which they were written", async () => {
    const first = await addNote(test.database, "a", HOSTILE);
    const second = await addNote(test.database, "a", "second");
    expect(first.body).toBe(STORED);
    expect((await run("a")).notes.map(({ body }) => body)).toEqual([STORED, "second"]);
    const edited = await editNote(test.database, first.id, "first");
    expect(edited).toMatchObject({ id: first.id, body: "first", createdAt: first.createdAt });
    expect(edited.updatedAt).toBeGreaterThanOrEqual(first.updatedAt);
    expect((await run("a")).notes).toEqual([edited, second]);
    await deleteNote(test.database, first.id);
    await deleteNote(test.database, first.id);
    expect((await run("a")).notes).toEqual([second]);
    await expect(editNote(test.database, first.id, "gone")).rejects.toBeInstanceOf(NoteNotFoundError);
    await expect(editNote(test.database, randomUUID(), "none")).rejects.toBeInstanceOf(NoteNotFoundError);
  });

  it("changes nothing of any run if one of them is none", async () => {
    const ids = ["b", "nothing"];
    const { tags } = await run("b");
    await expect(tagRuns(test.database, { ids, add: ["half"], remove: [] })).rejects.toBeInstanceOf(
      RunNotFoundError,
    );
    await expect(archiveRuns(test.database, ids, true)).rejects.toThrow("Received: nothing, which is none.");
    await expect(renameRun(test.database, "nothing", "x")).rejects.toBeInstanceOf(RunNotFoundError);
    await expect(addNote(test.database, "nothing", "x")).rejects.toBeInstanceOf(RunNotFoundError);
    expect(await run("b")).toMatchObject({ tags, archived: false });
  });
});

describe("saved views", () => {
  it("keeps one view of a name on each page", async () => {
    const save = (page: string, name: string, query: string) =>
      saveView(test.database, { page, name, query });
    const first = await save("runs", "best", "sort=val_accuracy");
    await save("compare", "best", "runs=a,b");
    await save("runs", "all", HOSTILE);
    const again = await save("runs", "best", "sort=val_loss");
    expect(again).toEqual({ ...first, query: "sort=val_loss" });
    const views = await listViews(test.database, "runs");
    expect(views.map(({ name, query }) => [name, query])).toEqual([
      ["all", STORED],
      ["best", "sort=val_loss"],
    ]);
    await deleteView(test.database, first.id);
    await deleteView(test.database, first.id);
    expect(await listViews(test.database, "runs")).toHaveLength(1);
    expect(await listViews(test.database, "compare")).toHaveLength(1);
  });

  it("takes several saves of one name at once", async () => {
    const saves = Array.from({ length: 10 }, (_, index) =>
      saveView(test.database, { page: "runs", name: "raced", query: String(index) }),
    );
    expect(new Set((await Promise.all(saves)).map(({ id }) => id)).size).toBe(1);
  });
});
