import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { StepProfile } from "@convkit/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeHome, type MadeHome } from "../../test/made-home.js";
import { ended, eventsOf, saved, started } from "../../test/made-run.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { settleBlob } from "../blobs/settle-artifacts.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { readRunDocument } from "./read-run-document.js";

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

const read = async (runId: string) =>
  (await readRunDocument(test.database, made.blobs, { runId, kind: "profile" })).document;

async function leave(
  runId: string,
  text: string,
  { stored = true, path = "profile.json" } = {},
): Promise<void> {
  const bytes = Buffer.from(text);
  await ingestEvents(test.database, eventsOf({ runId }, [started(), saved(path, bytes), ended()]));
  if (!stored) return;
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await made.blobs.receive(sha256, Readable.from([bytes]), { offset: 0, totalBytes: bytes.length });
  await settleBlob(test.database, made.blobs, { sha256, sizeBytes: bytes.length });
}

describe("readRunDocument", () => {
  it("reads what the run has measured", async () => {
    const profile: StepProfile = {
      formatVersion: 1,
      backend: "native",
      batches: 20,
      batchSize: 128,
      durationMs: 10,
      phases: { data: 1, forward: 3, backward: 5, update: 0.5, rest: 0.5 },
      kernels: [{ name: "Conv2D", shapes: "128×32×32×3, 3×3×3×64", calls: 1, durationMs: 2 }],
    };
    await leave("profiled", JSON.stringify(profile));
    expect(await read("profiled")).toEqual(profile);
  });

  it("finds none where the run left none, its bytes are not here, or they say something else", async () => {
    await ingestEvents(test.database, eventsOf({ runId: "plain" }, [started(), ended()]));
    await leave("elsewhere", "{} ", { stored: false });
    await leave("broken", "{");
    await leave("other", '{"formatVersion":1}');
    for (const runId of ["plain", "elsewhere", "broken", "other", "nobody"])
      expect(await read(runId), runId).toBeNull();
  });

  it("tells in words what is wrong with a document, and of one that is not there that nothing is", async () => {
    const robustness = (runId: string) =>
      readRunDocument(test.database, made.blobs, { runId, kind: "robustness" });
    const path = "artifacts/robustness.json";
    await leave("measured", '{"formatVersion":1,"split":"test","count":4,"seed":0,"accuracy":0.75}', {
      path,
    });
    await leave("of-tomorrow", '{"formatVersion":2}', { path });
    await leave("huge", " ".repeat(1_200_001), { path });
    expect(await robustness("measured")).toEqual({
      document: { formatVersion: 1, split: "test", count: 4, seed: 0, accuracy: 0.75 },
      problem: null,
    });
    expect(await robustness("nobody")).toEqual({ document: null, problem: null });
    expect(await robustness("of-tomorrow")).toEqual({
      document: null,
      problem:
        "Expected in artifacts/robustness.json what this version of convkit writes there. Received something else at formatVersion. The same command again writes it anew.",
    });
    expect(await robustness("huge")).toEqual({
      document: null,
      problem:
        "Expected at most 1.0 MB in artifacts/robustness.json. Received: 1.2 MB. Its whole is among the artifacts.",
    });
  });
});
