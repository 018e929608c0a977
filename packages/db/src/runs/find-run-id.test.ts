import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wholeRun } from "../../test/made-run.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { renameRun } from "./edit-runs.js";
import { findRunId } from "./find-run-id.js";

/** By their ids, the oldest first. */
const NAMES = {
  "20251231-000000-ffffff": "20251231",
  "20260101-000000-aaaaaa": "base",
  "20260101-000000-bbbbbb": "base",
  "20260202-000000-cccccc": "wide",
  // Called as another begins.
  "20260303-000000-dddddd": "20260202",
};

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
  for (const [index, [runId, name]] of Object.entries(NAMES).entries()) {
    await ingestEvents(test.database, wholeRun({ runId, config: { name }, startedAt: 1000 * index }));
  }
});
afterAll(() => test.database.close());

describe("a run of the record", () => {
  it.each([
    ["20260101-000000-bbbbbb", "20260101-000000-bbbbbb"],
    ["20260101-000000-b", "20260101-000000-bbbbbb"],
    ["wide", "20260202-000000-cccccc"],
    ["latest", "20260303-000000-dddddd"],
    ["20260202-", "20260202-000000-cccccc"],
    ["20251231", "20251231-000000-ffffff"],
  ])("is found by %s", async (text, id) => {
    expect(await findRunId(test.database, text)).toBe(id);
  });

  it.each([
    [
      "base",
      "Received: base, which 20260101-000000-aaaaaa, 20260101-000000-bbbbbb share. Name one by its id.",
    ],
    ["20260101", "Received: 20260101, which 20260101-000000-aaaaaa, 20260101-000000-bbbbbb share."],
    ["20260202", "Received: 20260202, which 20260202-000000-cccccc, 20260303-000000-dddddd share."],
    ["wid", "Received: wid, which is none."],
    ["20260101%bbbbbb", "which is none."],
  ])("is not found by %s", async (text, message) => {
    await expect(findRunId(test.database, text)).rejects.toThrow(message);
  });

  it("is found by the name that it was given in the dashboard, and no longer by the other", async () => {
    await renameRun(test.database, "20260202-000000-cccccc", "the wide one");
    expect(await findRunId(test.database, "the wide one")).toBe("20260202-000000-cccccc");
    await expect(findRunId(test.database, "wide")).rejects.toThrow("Received: wide, which is none.");
  });
});
