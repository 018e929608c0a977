import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { encodePredictions } from "@convkit/schema";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeHome, type MadeHome } from "../../test/made-home.js";
import { eventsOf, saved, started } from "../../test/made-run.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { settleBlob } from "../blobs/settle-artifacts.js";
import { connectionsOf } from "../database.js";
import { inTransaction } from "../in-transaction.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { renameRun } from "../runs/edit-runs.js";
import { readJudgements } from "./read-judgements.js";
import { PredictionsNotFoundError } from "./read-predictions.js";
import { storePredictions } from "./store-predictions.js";

let test: TestDatabase;
let made: MadeHome;

beforeAll(async () => {
  test = await createTestDatabase();
  made = await makeHome();
  for (const [runId, rate] of [
    ["a", 0.1],
    ["b", 0.2],
  ] as const) {
    const run = { runId, config: { learningRate: rate } };
    await ingestEvents(test.database, eventsOf(run, [started(run)]));
    await inTransaction(test.database, (client) =>
      storePredictions(client, runId, {
        split: "test",
        classNames: ["cat", "dog"],
        ids: ["p", "q"],
        labels: Int32Array.of(1, -1),
        probabilities: Float32Array.of(0.25, 0.75, rate, 1 - rate),
      }),
    );
  }
});
afterAll(async () => {
  await test.database.close();
  await made.remove();
});

const read = (runIds: readonly string[], split = "test") =>
  readJudgements(test.database, { runIds, split, blobs: made.blobs });

it("reads of each run, in the order asked for, what it said of the pictures, and how it was trained", async () => {
  await renameRun(test.database, "b", "the wide one");
  const [b, a] = await read(["b", "a"]);
  expect(a).toMatchObject({ id: "a", config: { learningRate: 0.1 } });
  expect(a!.config.name).toBeUndefined();
  expect(b).toMatchObject({ id: "b", config: { learningRate: 0.2, name: "the wide one" } });
  expect(b).toHaveProperty("judgements", {
    split: "test",
    classNames: ["cat", "dog"],
    ids: ["p", "q"],
    labels: [1, -1],
    predictions: [1, 1],
    labelProbabilities: [0.75, null],
  });
});

it("names the run that was not judged on that split", async () => {
  await expect(read(["a", "gone"])).rejects.toThrow(
    "Expected a run that was judged on test. Received: gone,",
  );
  await expect(read(["a"], "validation")).rejects.toBeInstanceOf(PredictionsNotFoundError);
});

it("reads of label sets the file that the run kept", async () => {
  const predictions = {
    split: "test",
    classNames: ["sun", "sea"],
    ids: ["p", "q"],
    labels: Int32Array.of(-1, -1),
    labelSets: Uint8Array.of(1, 1, 0, 0),
    probabilities: Float32Array.of(0.75, 0.5, 0.25, 0),
  };
  const keep = async (runId: string, bytes: Buffer) => {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    await ingestEvents(test.database, eventsOf({ runId }, [started(), saved("predictions.bin", bytes)]));
    await made.blobs.receive(sha256, Readable.from([bytes]), { offset: 0, totalBytes: bytes.length });
    await settleBlob(test.database, made.blobs, { sha256, sizeBytes: bytes.length });
  };
  await keep("sets", Buffer.from(encodePredictions(predictions)));
  await keep("broken", Buffer.from("no predictions"));
  expect(await read(["sets", "a"])).toMatchObject([{ id: "sets", predictions }, { id: "a" }]);
  await expect(read(["sets"], "validation")).rejects.toThrow("a run that was judged on validation");
  await expect(read(["sets", "broken"])).rejects.toThrow("Received: broken, of which there are no such");
  // Known from the record, before a byte of them is read.
  await connectionsOf(test.database).pool.query(
    "UPDATE artifact SET size_bytes = CASE run_id WHEN 'sets' THEN 30000000 ELSE 40000000 END WHERE path = 'predictions.bin'",
  );
  await expect(read(["sets", "broken"])).rejects.toThrow(
    "Expected at most 64 MB in predictions.bin of label sets, of all runs together. Received: 70.0 MB, of ",
  );
  expect(await read(["sets", "a"])).toHaveLength(2);
});
