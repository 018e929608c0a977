import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { ended, epochEnded, eventsOf, started, type MadeRun } from "../../test/made-run.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { compareRuns } from "./compare-runs.js";
import { tagRuns } from "./edit-runs.js";
import { RunNotFoundError } from "./get-run.js";
import { listFields } from "./list-fields.js";
import { readParallelRuns } from "./parallel-coordinates.js";

let test: TestDatabase;

const add = (run: MadeRun, epochs: readonly Record<string, number>[]) =>
  ingestEvents(
    test.database,
    eventsOf(run, [started(run), ...epochs.map((logs, index) => epochEnded(index + 1, logs)), ended()]),
  );

beforeAll(async () => {
  test = await createTestDatabase();
  await add({ runId: "a", config: { learningRate: 0.1, name: "first" } }, [
    { val_loss: 3 },
    { val_loss: 1 },
    { val_loss: 2 },
  ]);
  await add({ runId: "b", config: { learningRate: 0.2, optimizer: "adamw", experiment: "other" } }, [
    { val_loss: 5, val_f1: 0.5 },
  ]);
  await add({ runId: "c", config: { learningRate: 0.1 } }, []);
  await tagRuns(test.database, { ids: ["a", "b"], add: ["kept"], remove: [] });
});
afterAll(() => test.database.close());

describe("compareRuns", () => {
  it("tells params that differ from those that do not, and best and last of each curve", async () => {
    const { params, metrics } = await compareRuns(test.database, ["b", "a"]);
    const param = (key: string) => params.find((row) => row.key === key);
    expect(param("learningRate")).toEqual({ key: "learningRate", values: ["0.2", "0.1"], differs: true });
    expect(param("epochs")).toEqual({ key: "epochs", values: ["2", "2"], differs: false });
    // What one of them lacks differs.
    expect(param("optimizer.momentum")).toEqual({
      key: "optimizer.momentum",
      values: [null, "0.9"],
      differs: true,
    });
    expect(param("name")).toEqual({ key: "name", values: [null, '"first"'], differs: true });
    expect(metrics.map(({ key }) => key)).toEqual(["epoch_seconds", "val_f1", "val_loss"]);
    expect(metrics[2]!.cells).toEqual([
      { best: 5, bestStep: 5, last: 5, lastStep: 5, count: 1 },
      { best: 1, bestStep: 10, last: 2, lastStep: 15, count: 3 },
    ]);
    expect(metrics[1]!.cells[1]).toBeNull();
  });

  it("names a run that is none", async () => {
    await expect(compareRuns(test.database, ["a", "gone"])).rejects.toThrow("Received: gone, which is none.");
    await expect(compareRuns(test.database, ["gone"])).rejects.toBeInstanceOf(RunNotFoundError);
  });
});

describe("listFields", () => {
  it("counts runs of everything that there is to choose from", async () => {
    const { metrics, params, tags, experiments } = await listFields(test.database);
    expect(metrics).toEqual([
      { key: "epoch_seconds", runs: 2 },
      { key: "val_f1", runs: 1 },
      { key: "val_loss", runs: 2 },
    ]);
    const param = (key: string) => params.find((row) => row.key === key);
    expect(param("epochs")).toEqual({ key: "epochs", runs: 3, varies: false });
    expect(param("learningRate")).toEqual({ key: "learningRate", runs: 3, varies: true });
    expect(param("name")).toEqual({ key: "name", runs: 1, varies: true });
    expect(tags).toEqual([{ name: "kept", runs: 2 }]);
    expect(experiments).toEqual([
      { name: "default", runs: 2 },
      { name: "other", runs: 1 },
    ]);
  });
});

describe("readParallelRuns", () => {
  it("shows the params that vary even of few runs, with values in the order of the runs", async () => {
    const { runs, params } = await readParallelRuns(test.database, { metric: "val_loss" });
    expect(runs.map(({ id, value }) => [id, value])).toEqual([
      ["a", 1],
      ["b", 5],
      ["c", null],
    ]);
    const rate = params.find(({ key }) => key === "learningRate");
    expect(rate).toEqual({
      key: "learningRate",
      importance: 0,
      correlation: null,
      count: 0,
      values: [0.1, 0.2, 0.1],
    });
    const momentum = params.find(({ key }) => key === "optimizer.momentum");
    expect(momentum?.values).toEqual([0.9, null, 0.9]);
    const keys = params.map(({ key }) => key);
    expect(keys).not.toContain("epochs");
    // What differs in every run by itself is no choice.
    for (const key of ["name", "seed", "formatVersion"]) expect(keys).not.toContain(key);
  });

  it("ranks the params of enough runs", async () => {
    for (const [index, rate] of [0.1, 0.2, 0.4, 0.8].entries()) {
      // What a run is found by is no choice either.
      const found = { experiment: `sweep ${index}`, tags: [`lr ${rate}`] };
      const run = {
        runId: `lr-${index}`,
        config: { learningRate: rate, batchSize: index % 2 ? 32 : 64, ...found },
      };
      await add(run, [{ val_loss: 10 - rate }]);
    }
    const query = { metric: "val_loss", runIds: ["lr-0", "lr-1", "lr-2", "lr-3", "gone"] };
    const { runs, params } = await readParallelRuns(test.database, query);
    expect(runs).toHaveLength(4);
    expect(params[0]).toMatchObject({ key: "learningRate", correlation: -1, count: 4 });
    expect(params.map(({ key }) => key)).toEqual(["learningRate", "batchSize"]);
  });

  it("is empty where nothing matches", async () => {
    const none = await readParallelRuns(test.database, { metric: "val_loss", filter: "id = nothing" });
    expect(none).toEqual({ runs: [], params: [] });
    const unknown = await readParallelRuns(test.database, { metric: "nonsense", filter: "id = a" });
    expect(unknown.runs).toEqual([{ id: "a", name: "first", value: null }]);
  });
});
