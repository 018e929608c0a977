import { afterAll, beforeAll, expect, it } from "vitest";
import { eventsOf, started } from "../../test/made-run.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { inTransaction } from "../in-transaction.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { renameRun } from "../runs/edit-runs.js";
import { readJudgements } from "./read-judgements.js";
import { PredictionsNotFoundError } from "./read-predictions.js";
import { storePredictions } from "./store-predictions.js";

let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
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
afterAll(() => test.database.close());

it("reads of each run, in the order asked for, what it said of the pictures, and how it was trained", async () => {
  await renameRun(test.database, "b", "the wide one");
  const [b, a] = await readJudgements(test.database, { runIds: ["b", "a"], split: "test" });
  expect(a).toMatchObject({ id: "a", config: { learningRate: 0.1 } });
  expect(a!.config.name).toBeUndefined();
  expect(b).toMatchObject({ id: "b", config: { learningRate: 0.2, name: "the wide one" } });
  expect(b!.judgements).toEqual({
    split: "test",
    classNames: ["cat", "dog"],
    ids: ["p", "q"],
    labels: [1, -1],
    predictions: [1, 1],
    labelProbabilities: [0.75, null],
  });
});

it("names the run that was not judged on that split", async () => {
  await expect(readJudgements(test.database, { runIds: ["a", "gone"], split: "test" })).rejects.toThrow(
    "Expected a run that was judged on test. Received: gone,",
  );
  await expect(readJudgements(test.database, { runIds: ["a"], split: "validation" })).rejects.toBeInstanceOf(
    PredictionsNotFoundError,
  );
});
