import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { ended, epochEnded, eventsOf, started, type MadeRun } from "../../test/made-run.js";
import { connectionsOf } from "../database.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { archiveRuns } from "./edit-runs.js";
import { groupRuns } from "./group-runs.js";
import { RunFilterError } from "./run-filter.js";
import { UnknownFieldError } from "./run-fields.js";

let test: TestDatabase;

const add = (run: MadeRun, logs?: Record<string, number>) =>
  ingestEvents(test.database, eventsOf(run, [started(run), ...(logs ? [epochEnded(1, logs)] : []), ended()]));

beforeAll(async () => {
  test = await createTestDatabase();
  for (const [seed, accuracy] of [0.8, 0.9, 1].entries()) {
    await add({ runId: `sgd-${seed}`, config: { seed } }, { val_accuracy: accuracy, val_loss: 1 - accuracy });
  }
  await add({ runId: "sgd-none", config: { seed: 4 } });
  await add(
    { runId: "adamw-0", config: { seed: 0, optimizer: "adamw" } },
    { val_accuracy: 0.5, val_loss: NaN },
  );
  await add({ runId: "adamw-1", config: { seed: 1, optimizer: "adamw", epochs: 9 } }, { val_loss: Infinity });
});
afterAll(() => test.database.close());

describe("groupRuns", () => {
  it("gives mean and sample deviation of the best values, by hand", async () => {
    const groups = await groupRuns(test.database, {
      by: ["optimizer.name"],
      metrics: ["val_accuracy", "val_loss"],
    });
    expect(groups).toMatchObject([
      { values: ["sgd"], count: 4, runIds: ["sgd-0", "sgd-1", "sgd-2", "sgd-none"] },
      { values: ["adamw"], count: 2, runIds: ["adamw-0", "adamw-1"] },
    ]);
    const { val_accuracy: accuracy, val_loss: loss } = groups[0]!.metrics;
    expect(accuracy).toMatchObject({ count: 3, min: 0.8, max: 1 });
    expect(accuracy!.mean).toBeCloseTo(0.9, 12);
    // √((0.01 + 0 + 0.01) / 2)
    expect(accuracy!.deviation).toBeCloseTo(0.1, 12);
    expect(loss!.min).toBeCloseTo(0, 12);
  });

  it("has no deviation of one run, and tells infinity as a number", async () => {
    const [, adamw] = await groupRuns(test.database, {
      by: ["optimizer.name"],
      metrics: ["val_accuracy", "val_loss", "nothing"],
    });
    expect(adamw!.metrics).toEqual({
      val_accuracy: { count: 1, mean: 0.5, deviation: null, min: 0.5, max: 0.5 },
      // The other run's best of nothing but NaN is none.
      val_loss: { count: 1, mean: Infinity, deviation: null, min: Infinity, max: Infinity },
    });
  });

  it("groups by several fields, and by what some runs lack", async () => {
    const groups = await groupRuns(test.database, { by: ["optimizer.beta1", "epochs"], metrics: [] });
    expect(groups.map(({ values, count }) => [values, count])).toEqual([
      [[null, 2], 4],
      [[0.9, 2], 1],
      [[0.9, 9], 1],
    ]);
  });

  it("keeps numbers and texts of one param apart", async () => {
    await connectionsOf(test.database).pool.query(
      `INSERT INTO param (run_id, key, value, number) VALUES ('sgd-0', 'size', '32', 32), ('sgd-1', 'size', '"32"', NULL),
         ('sgd-2', 'size', '"auto"', NULL), ('adamw-0', 'size', '32.0', 32)`,
    );
    const groups = await groupRuns(test.database, { by: ["size"], metrics: [], filter: "size != nothing" });
    expect(groups.map(({ values, count }) => [values[0], count])).toEqual(
      expect.arrayContaining([
        [32, 2],
        ["32", 1],
        ["auto", 1],
        [null, 2],
      ]),
    );
    expect(groups).toHaveLength(4);
  });

  it("groups the runs that a filter leaves", async () => {
    await archiveRuns(test.database, ["sgd-2"], true);
    const groups = await groupRuns(test.database, {
      by: ["optimizer.name"],
      metrics: ["val_accuracy"],
      filter: "optimizer.name = sgd and val_accuracy > 0",
    });
    expect(groups).toMatchObject([{ count: 2, metrics: { val_accuracy: { count: 2 } } }]);
    expect(groups[0]!.metrics["val_accuracy"]!.mean).toBeCloseTo(0.85, 12);
    await archiveRuns(test.database, ["sgd-2"], false);
  });

  it("refuses what listRuns refuses", async () => {
    await expect(groupRuns(test.database, { by: ["nonsense"], metrics: [] })).rejects.toBeInstanceOf(
      UnknownFieldError,
    );
    const bad = { by: ["status"], metrics: [], filter: "status =" };
    await expect(groupRuns(test.database, bad)).rejects.toBeInstanceOf(RunFilterError);
  });
});
