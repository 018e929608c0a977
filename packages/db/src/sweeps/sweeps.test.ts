import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { ended, epochEnded, eventsOf, started } from "../../test/made-run.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { archiveRuns } from "../runs/edit-runs.js";
import { readParallelRuns } from "../runs/parallel-coordinates.js";
import { getSweep, listSweeps, SweepNotFoundError } from "./sweeps.js";

let test: TestDatabase;

interface Trial {
  readonly trial: number;
  readonly rate: number;
  /** val_loss of each epoch. */
  readonly losses: readonly number[];
  readonly rung?: number;
  /** Of each epoch, where the kept weights are chosen by it. */
  readonly accuracies?: readonly number[];
  /** The same of label sets, by this metric's name. */
  readonly scores?: { readonly name: string; readonly values: readonly number[] };
  readonly status?: "completed" | "interrupted" | "failed";
  /** How often it was tried before, an hour ago each time. */
  readonly retry?: number;
}

const RUNGS = [
  { trials: 4, epochs: 1 },
  { trials: 2, epochs: 2 },
  { trials: 1, epochs: 4 },
];

function add(
  name: string,
  { trial, rate, losses, accuracies, scores, rung, retry = 0, status = "completed" }: Trial,
  id?: string,
): Promise<unknown> {
  const watched = accuracies ? { name: "val_accuracy", values: accuracies } : scores;
  const sweep = {
    ...(id !== undefined && { id }),
    name,
    trial,
    ...(rung !== undefined && { rung, rungs: RUNGS }),
    metric: "val_loss",
    mode: "min" as const,
    parameters: ["learningRate", "optimizer.name"],
  };
  const run = {
    runId: `${id ?? name}-${trial}-${rung ?? ""}${retry === 0 ? "" : `again-${retry}`}`,
    startedAt: Date.UTC(2026, 10, 26, name === "halving" ? 14 : 12 + retry),
    config: {
      name: `${name}-${trial}`,
      learningRate: rate,
      epochs: rung === undefined ? 3 : 4,
      checkpoint: { monitor: watched?.name ?? "val_loss" },
      sweep,
    },
  };
  const epochs = losses.map((loss, index) =>
    epochEnded(index + 1, { val_loss: loss, ...(watched && { [watched.name]: watched.values[index]! }) }),
  );
  return ingestEvents(test.database, eventsOf(run, [started(run), ...epochs, ended(status)]));
}

beforeAll(async () => {
  test = await createTestDatabase();
  for (const trial of [
    { trial: 1, rate: 0.1, losses: [3, 2] },
    { trial: 2, rate: 0.2, losses: [2, 1, 1.5] },
    { trial: 3, rate: 0.4, losses: [NaN], status: "failed" as const },
    { trial: 4, rate: 0.8, losses: [4, 4.5] },
    { trial: 5, rate: 0.9, losses: [6] },
  ])
    await add("rates", trial);
  // The first two went on: with one epoch the order was 0.4, 0.3, 0.2, 0.1.
  for (const trial of [
    { trial: 1, rate: 0.1, losses: [4], status: "interrupted" as const },
    { trial: 2, rate: 0.2, losses: [3], status: "interrupted" as const },
    { trial: 3, rate: 0.3, losses: [2, 1.9], status: "interrupted" as const },
    { trial: 4, rate: 0.4, losses: [1, 1.8, 1.7, 1.6] },
  ])
    await add("halving", { ...trial, rung: 0 });
  await ingestEvents(test.database, eventsOf({ runId: "alone" }, [started(), ended()]));
});
afterAll(() => test.database.close());

describe("listSweeps", () => {
  it("tells of each sweep what it aims at and how far it is, the newest first", async () => {
    const { sweeps, total } = await listSweeps(test.database);
    expect(total).toBe(2);
    expect(sweeps.map(({ name }) => name)).toEqual(["halving", "rates"]);
    expect(sweeps[1]).toMatchObject({
      metric: "val_loss",
      mode: "min",
      parameters: ["learningRate", "optimizer.name"],
      runs: 5,
      trials: 5,
      running: 0,
      failed: 1,
      best: { runId: "rates-2-", value: 1 },
    });
  });

  it("goes on from a page's cursor", async () => {
    const first = await listSweeps(test.database, { limit: 1 });
    expect(first.sweeps.map(({ name }) => name)).toEqual(["halving"]);
    const second = await listSweeps(test.database, { limit: 1, cursor: first.nextCursor });
    expect(second.sweeps.map(({ name }) => name)).toEqual(["rates"]);
    expect(second.nextCursor).toBeUndefined();
  });
});

describe("getSweep", () => {
  it("has every trial with its values and the best of its curve", async () => {
    const sweep = await getSweep(test.database, "rates");
    expect(sweep).toMatchObject({ total: 5, bestRunId: "rates-2-", comparedEpochs: null });
    expect(sweep.runs.map(({ trial, values, value, status }) => [trial, ...values, value, status])).toEqual([
      [1, 0.1, "sgd", 2, "completed"],
      [2, 0.2, "sgd", 1, "completed"],
      [3, 0.4, "sgd", null, "failed"],
      [4, 0.8, "sgd", 4, "completed"],
      [5, 0.9, "sgd", 6, "completed"],
    ]);
    // Ranks of the rates 1, 2, 3, 4 against those of the losses 2, 1, 3, 4: ρ = 1 − 6·2/(4·15) = 0.8. All have one optimizer.
    expect(sweep.importance).toMatchObject([{ key: "learningRate", count: 4 }]);
    expect(sweep.importance[0]!.correlation).toBeCloseTo(0.8, 10);
  });

  it("compares successive halving where all trials had as many epochs, and its best at the end", async () => {
    const sweep = await getSweep(test.database, "halving");
    // Trial 4 has a better first epoch, and is the only one with four.
    expect(sweep).toMatchObject({ bestRunId: "halving-4-0", comparedEpochs: 1 });
    expect(sweep.importance[0]).toMatchObject({ key: "learningRate", count: 4 });
    expect(sweep.importance[0]!.correlation).toBeCloseTo(-1, 10);
  });

  it("counts of each run the epoch whose weights it keeps, and only runs that came to their end", async () => {
    for (const trial of [
      { trial: 1, rate: 0.1, losses: [3, 1, 2], accuracies: [0.5, 0.6, 0.7] },
      { trial: 2, rate: 0.2, losses: [2, 1.5, 3], accuracies: [0.5, 0.9, 0.8] },
      { trial: 3, rate: 0.3, losses: [2.5, 1.6, 1.7], accuracies: [0.5, 0.9, 0.9] },
      { trial: 4, rate: 0.4, losses: [2.4], accuracies: [0.9] },
      // Both would be the best, and neither has the others' epochs.
      { trial: 5, rate: 0.5, losses: [0.1], accuracies: [0.9], status: "interrupted" as const },
      { trial: 6, rate: 0.6, losses: [0.2], accuracies: [0.9], status: "failed" as const },
    ])
      await add("kept", trial);
    const sweep = await getSweep(test.database, "kept");
    expect(sweep.runs.map(({ value }) => value)).toEqual([2, 1.5, 1.6, 2.4, 0.1, 0.2]);
    expect(sweep).toMatchObject({ bestRunId: "kept-2-", bestValue: 1.5 });
    // Ranks of 2, 1.5, 1.6 and 2.4 are 3, 1, 2 and 4: ρ = 1 − 6·6/(4·15) = 0.4.
    expect(sweep.importance).toMatchObject([{ key: "learningRate", count: 4 }]);
    expect(sweep.importance[0]!.correlation).toBeCloseTo(0.4, 10);
    const { sweeps } = await listSweeps(test.database);
    expect(sweeps.find(({ id }) => id === "kept")!.best).toMatchObject({ runId: "kept-2-", value: 1.5 });
  });

  it("knows of every metric whether a run kept its highest or its lowest, where the config leaves that open", async () => {
    const losses = [3, 1, 2];
    const values = [0.2, 0.5, 0.4];
    for (const [index, name] of ["val_mean_average_precision", "val_macro_f1", "val_entropy"].entries())
      await add("scored", { trial: index + 1, rate: 0.1, losses, scores: { name, values } });
    const sweep = await getSweep(test.database, "scored");
    // The loss of the second epoch, which has the highest score, and of the first, which has the lowest.
    expect(sweep.runs.map(({ value }) => value)).toEqual([1, 1, 3]);
  });

  it("knows the same of runs that were paused after a rung", async () => {
    const scores = { name: "val_macro_f1", values: [0.2, 0.5] };
    for (const trial of [
      { trial: 1, rate: 0.1, losses: [4] },
      { trial: 2, rate: 0.2, losses: [4.5] },
      { trial: 3, rate: 0.3, losses: [3, 2] },
      { trial: 4, rate: 0.4, losses: [2, 2.5] },
    ])
      await add("paused", { ...trial, scores, rung: 0, status: "interrupted" });
    // Both kept their second epoch; in their first the other was the better one.
    expect(await getSweep(test.database, "paused")).toMatchObject({ bestRunId: "paused-3-0", bestValue: 2 });
  });

  it("tells sweeps of one name apart by their ids", async () => {
    const trial = { rate: 0.1, losses: [3, 2, 1] };
    await add("twice", { ...trial, trial: 1 }, "one-id");
    await add("twice", { ...trial, trial: 2 }, "one-id");
    await add("twice", { ...trial, trial: 1 }, "another");
    // Of old, without an id.
    await add("twice", { ...trial, trial: 3 });
    expect(await getSweep(test.database, "one-id")).toMatchObject({ id: "one-id", name: "twice", total: 2 });
    expect(await getSweep(test.database, "another")).toMatchObject({ name: "twice", total: 1 });
    expect(await getSweep(test.database, "twice")).toMatchObject({ id: "twice", name: "twice", total: 1 });
    const { sweeps, total } = await listSweeps(test.database);
    const found = sweeps.filter(({ name }) => name === "twice").map(({ id, trials }) => [id, trials]);
    expect(found.sort()).toEqual([
      ["another", 1],
      ["one-id", 2],
      ["twice", 1],
    ]);
    expect(total).toBe(sweeps.length);
  });

  it("has no run that was archived, and ends with the last", async () => {
    await archiveRuns(test.database, ["halving-4-0"], true);
    expect(await getSweep(test.database, "halving")).toMatchObject({ total: 3, bestRunId: "halving-3-0" });
    await archiveRuns(test.database, ["halving-4-0"], false);
    await expect(getSweep(test.database, "nothing")).rejects.toThrow(SweepNotFoundError);
  });
});

it("counts as failed the trials whose last run has failed, and none that went well when it was tried again", async () => {
  const trial = { rate: 0.1, losses: [1] };
  const counted = async () => (await listSweeps(test.database)).sweeps.find(({ id }) => id === "retried");
  // The later run is told of before the earlier.
  await add("retried", { ...trial, trial: 1, status: "failed", retry: 1 });
  await add("retried", { ...trial, trial: 1, status: "failed" });
  await add("retried", { ...trial, trial: 2, status: "failed" });
  expect(await counted()).toMatchObject({ runs: 3, trials: 2, failed: 2 });
  await add("retried", { ...trial, trial: 1, retry: 3 });
  await add("retried", { ...trial, trial: 1, status: "failed", retry: 2 });
  expect(await counted()).toMatchObject({ runs: 5, trials: 2, failed: 1 });
});

it("counts the number of a trial among no run's choices", async () => {
  const { params } = await readParallelRuns(test.database, { metric: "val_loss" });
  expect(params.map(({ key }) => key).filter((key) => key.startsWith("sweep"))).toEqual([]);
});
