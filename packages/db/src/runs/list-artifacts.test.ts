import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ended, eventsOf, saved, started } from "../../test/made-run.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { CursorError } from "../page-cursor.js";
import { getRun } from "./get-run.js";
import { listArtifacts, type ListArtifactsQuery } from "./list-artifacts.js";

const PATHS = [
  "report.json",
  "model/model.json",
  "model/weights.bin",
  "models.txt",
  "artifacts/é.png",
  "a b",
];

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
  const files = PATHS.map((path) => saved(path, Buffer.from(path)));
  await ingestEvents(test.database, eventsOf({ runId: "saved" }, [started(), ...files, ended()]));
  await ingestEvents(test.database, eventsOf({ runId: "empty" }, [started()]));
});
afterAll(() => test.database.close());

const list = (query: Partial<ListArtifactsQuery> = {}) =>
  listArtifacts(test.database, { runId: "saved", ...query });

describe("listArtifacts", () => {
  it("says of each file what it is, and of all how large they are", async () => {
    const { artifacts, total, totalBytes } = await list();
    expect(artifacts.map(({ path }) => path).toSorted()).toEqual(PATHS.toSorted());
    expect(total).toBe(PATHS.length);
    expect(totalBytes).toBe(Buffer.byteLength(PATHS.join("")));
    const told = saved("a b", Buffer.from("a b"));
    const savedAt = Date.UTC(2026, 10, 26, 12, 0, 1 + PATHS.indexOf("a b"));
    expect({ type: "artifactSaved", ...artifacts[0] }).toEqual({ ...told, savedAt, stored: false });
    expect(await list({ runId: "empty" })).toEqual({ artifacts: [], total: 0, totalBytes: 0 });
  });

  it("visits every file once, page by page", async () => {
    const whole = (await list()).artifacts;
    for (let limit = 1; limit <= PATHS.length + 1; limit += 1) {
      const found: (typeof whole)[number][] = [];
      for (let cursor: string | undefined; ;) {
        const page = await list({ limit, cursor });
        found.push(...page.artifacts);
        if ((cursor = page.nextCursor) === undefined) break;
        expect(page.artifacts).toHaveLength(limit);
      }
      expect(found).toEqual(whole);
    }
  });

  it("finds what is in a folder, and whether a classifier is there", async () => {
    const { artifacts, total } = await list({ folder: "model" });
    expect(artifacts.map(({ path }) => path)).toEqual(["model/model.json", "model/weights.bin"]);
    expect(total).toBe(2);
    expect(await getRun(test.database, "saved")).toMatchObject({ hasModel: true, artifactCount: 6 });
    expect(await getRun(test.database, "empty")).toMatchObject({ hasModel: false, artifactCount: 0 });
  });

  it("refuses a cursor that no page gave", async () => {
    for (const cursor of ["", "a b", Buffer.from("[1]").toString("base64url")]) {
      await expect(list({ cursor })).rejects.toBeInstanceOf(CursorError);
    }
  });
});
