import { createHash, randomBytes } from "node:crypto";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  encodePredictions,
  stringifyWithSpelledNumbers,
  type EvaluationReport,
  type Predictions,
} from "@convkit/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeHome, type MadeHome } from "../../test/made-home.js";
import { ended, eventsOf, saved, started } from "../../test/made-run.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { connectionsOf } from "../database.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { getReport, listPictures } from "../predictions/read-predictions.js";
import { findArtifact } from "../runs/find-artifact.js";
import { getRun } from "../runs/get-run.js";
import { listArtifacts } from "../runs/list-artifacts.js";
import { BlobNotFoundError } from "./blob-store.js";
import { settleBlob, takeLocalArtifacts } from "./settle-artifacts.js";

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

async function upload(bytes: Buffer): Promise<void> {
  const sha256 = hashOf(bytes);
  await made.blobs.receive(sha256, Readable.from([bytes]), { offset: 0, totalBytes: bytes.length });
  await settleBlob(test.database, made.blobs, { sha256, sizeBytes: bytes.length });
}

function predictionsFile(change: Partial<Predictions> = {}): Buffer {
  return Buffer.from(
    encodePredictions({
      split: "test",
      classNames: ["circle", "square"],
      ids: ["p1", "p2"],
      labels: Int32Array.of(0, 1),
      probabilities: Float32Array.of(0.75, 0.25, 0.5, 0.5),
      ...change,
    }),
  );
}

function reportFile(change: Partial<EvaluationReport> = {}): Buffer {
  const average = { precision: 1, recall: 1, f1: 1 };
  const report: EvaluationReport = {
    formatVersion: 1,
    split: "test",
    testCount: 2,
    accuracy: 0.5,
    topK: { "1": 0.5 },
    loss: 0.4,
    classNames: ["circle", "square"],
    perClass: [],
    macroAverage: average,
    weightedAverage: average,
    confusionMatrix: [
      [1, 0],
      [1, 0],
    ],
    worstMistakes: [],
    ...change,
  };
  return Buffer.from(stringifyWithSpelledNumbers(report));
}

const artifactsOf = async (runId: string) =>
  (await listArtifacts(test.database, { runId })).artifacts.map(({ path, stored }) => [path, stored]);

describe("takeLocalArtifacts", () => {
  it("takes in what the record names and the folder holds", async () => {
    const runId = "local";
    const weights = randomBytes(1000);
    const folder = await made.write(runId, "model/weights.bin", weights);
    await made.write(runId, "predictions.bin", predictionsFile());
    await made.write(runId, "report.json", reportFile());
    await made.write(runId, "checkpoints/last/model.json", "{}");
    await made.write(runId, "changed.txt", "now it says something else");
    const bodies = [
      started(),
      saved("model/weights.bin", weights),
      saved("predictions.bin", predictionsFile()),
      saved("report.json", reportFile()),
      saved("checkpoints/last/model.json", Buffer.from("{}")),
      saved("changed.txt", Buffer.from("what it said")),
      saved("gone.txt", Buffer.from("gone")),
    ];
    await ingestEvents(test.database, eventsOf({ runId }, bodies), { folder });
    await takeLocalArtifacts(test.database, made.blobs, { runId, folder });
    expect(await artifactsOf(runId)).toEqual([
      ["changed.txt", false],
      ["checkpoints/last/model.json", false],
      ["gone.txt", false],
      ["model/weights.bin", true],
      ["predictions.bin", true],
      ["report.json", true],
    ]);
    expect(await findArtifact(test.database, runId, "model/weights.bin")).toEqual({
      sha256: hashOf(weights),
      sizeBytes: 1000,
      mediaType: "application/octet-stream",
    });
    expect(await findArtifact(test.database, runId, "gone.txt")).toBeNull();
    expect((await listPictures(test.database, { runId, split: "test" })).total).toBe(2);
    expect(await getReport(test.database, runId, "test")).toMatchObject({ accuracy: 0.5 });
  });

  it("takes nothing that lies outside of the folder", async () => {
    const runId = "outside";
    const secret = Buffer.from("secret");
    await made.write("other", "secret.txt", secret);
    const folder = await made.write(runId, "config.json", "{}");
    await ingestEvents(test.database, eventsOf({ runId }, [started()]), { folder });
    // No event says so: ArtifactPath refuses it. Whoever got it into the record gets no further.
    await connectionsOf(test.database).pool.query(
      `INSERT INTO artifact (run_id, path, sha256, size_bytes, media_type, attempt, sequence, saved_at)
       VALUES ($1, '../other/secret.txt', $2, 6, 'text/plain', 1, 9, now())`,
      [runId, hashOf(secret)],
    );
    await takeLocalArtifacts(test.database, made.blobs, { runId, folder });
    expect(await artifactsOf(runId)).toEqual([["../other/secret.txt", false]]);
  });

  it("takes the file that a link names only if it is the file of the event", async () => {
    const runId = "link";
    const folder = await made.write(runId, "config.json", "{}");
    await symlink("/etc/passwd", join(folder, "notes.txt"));
    await ingestEvents(
      test.database,
      eventsOf({ runId }, [started(), saved("notes.txt", Buffer.from("x"))]),
      { folder },
    );
    await takeLocalArtifacts(test.database, made.blobs, { runId, folder });
    expect(await artifactsOf(runId)).toEqual([["notes.txt", false]]);
  });
});

describe("settleBlob", () => {
  it("gives a blob to the runs that wait for it, in whichever order event and bytes come", async () => {
    const bytes = predictionsFile();
    const report = reportFile();
    const events = (runId: string) =>
      eventsOf({ runId }, [
        started(),
        saved("predictions.bin", bytes),
        saved("report.json", report),
        ended(),
      ]);
    await ingestEvents(test.database, events("event first"), { blobs: made.blobs });
    await upload(bytes);
    await upload(report);
    await ingestEvents(test.database, events("bytes first"), { blobs: made.blobs });
    for (const runId of ["event first", "bytes first"]) {
      expect(await artifactsOf(runId)).toEqual([
        ["predictions.bin", true],
        ["report.json", true],
      ]);
      expect((await listPictures(test.database, { runId, split: "test" })).total).toBe(2);
      expect(await getReport(test.database, runId, "test")).not.toBeNull();
    }
  });

  it("replaces the predictions of a run that was judged again, and keeps those of another split", async () => {
    const runId = "again";
    const first = predictionsFile();
    const second = predictionsFile({
      ids: ["p1"],
      labels: Int32Array.of(1),
      probabilities: Float32Array.of(0, 1),
    });
    const events = eventsOf({ runId }, [
      started(),
      saved("predictions.bin", first),
      saved("predictions.bin", second),
    ]);
    await ingestEvents(test.database, events.slice(0, 2));
    await upload(first);
    await ingestEvents(test.database, events.slice(2), { blobs: made.blobs });
    expect(await artifactsOf(runId)).toEqual([["predictions.bin", false]]);
    await upload(second);
    expect((await listPictures(test.database, { runId, split: "test" })).pictures).toMatchObject([
      { id: "p1", probability: 1 },
    ]);
    // The older version comes late.
    await ingestEvents(test.database, eventsOf({ runId: "late" }, [started()]));
    const late = events.map((event) => ({ ...event, runId: "late" }));
    await ingestEvents(test.database, late.slice(2), { blobs: made.blobs });
    await ingestEvents(test.database, late.slice(1, 2), { blobs: made.blobs });
    expect((await listPictures(test.database, { runId: "late", split: "test" })).total).toBe(1);
  });

  it("keeps a file that it cannot read as a file", async () => {
    const runId = "unreadable";
    const broken = Buffer.from("no predictions");
    const alien = Buffer.from('{"formatVersion":99}');
    const tooLarge = predictionsFile({ labels: Int32Array.of(0, 1), split: "x".repeat(4000) });
    for (const [path, bytes] of [
      ["predictions.bin", broken],
      ["report.json", alien],
    ] as const) {
      await ingestEvents(test.database, eventsOf({ runId }, [started()]));
      const [, event] = eventsOf({ runId: `${runId} ${path}` }, [started(), saved(path, bytes)]);
      await ingestEvents(test.database, eventsOf({ runId: event!.runId }, [started()]));
      await ingestEvents(test.database, [event!]);
      await upload(bytes);
      expect(await artifactsOf(event!.runId)).toEqual([[path, true]]);
      expect((await getRun(test.database, event!.runId)).judgedSplits).toEqual([]);
    }
    await ingestEvents(
      test.database,
      eventsOf({ runId: "too large" }, [started(), saved("predictions.bin", tooLarge)]),
    );
    await upload(tooLarge);
    expect(await artifactsOf("too large")).toEqual([["predictions.bin", true]]);
  });

  it("stores names that PostgreSQL cannot as the replacement character", async () => {
    const runId = "names";
    const classNames = ["a\0b", "half \ud83d"];
    const predictions = predictionsFile({ classNames, ids: ["\0", "ok"] });
    const report = reportFile({
      classNames,
      worstMistakes: [{ id: "\0", label: 0, prediction: 1, probability: NaN, labelProbability: 0 }],
    });
    await ingestEvents(
      test.database,
      eventsOf({ runId }, [started(), saved("predictions.bin", predictions), saved("report.json", report)]),
    );
    await upload(predictions);
    await upload(report);
    expect((await listPictures(test.database, { runId, split: "test" })).classNames).toEqual([
      "a\uFFFDb",
      "half \uFFFD",
    ]);
    expect((await getReport(test.database, runId, "test"))?.worstMistakes).toMatchObject([
      { id: "\uFFFD", probability: NaN },
    ]);
  });

  it("lets an artifact wait whose blob somebody took away", async () => {
    const bytes = randomBytes(100);
    await upload(bytes);
    await made.blobs.delete(hashOf(bytes));
    const runId = "taken away";
    const events = eventsOf({ runId }, [started(), saved("report.json", bytes)]);
    await ingestEvents(test.database, events, { blobs: made.blobs });
    expect(await artifactsOf(runId)).toEqual([["report.json", false]]);
    await upload(bytes);
    expect(await artifactsOf(runId)).toEqual([["report.json", true]]);
  });

  it("refuses a blob that is not in the store", async () => {
    const blob = { sha256: "0".repeat(64), sizeBytes: 1 };
    await expect(settleBlob(test.database, made.blobs, blob)).rejects.toBeInstanceOf(BlobNotFoundError);
  });
});
