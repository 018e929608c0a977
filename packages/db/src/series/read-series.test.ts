import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TrainEventBody } from "@convkit/schema";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { epochEnded, eventsOf, started, step } from "../../test/made-run.js";
import { connectionsOf } from "../database.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { getRun } from "../runs/get-run.js";
import { readSeries, type Series, type SeriesQuery } from "./read-series.js";
import { smoothSeries } from "./smooth-series.js";

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.database.close());

async function only(query: SeriesQuery): Promise<Series> {
  const series = await readSeries(test.database, query);
  expect(series).toHaveLength(1);
  return series[0]!;
}

const system = (at: number, percent: number): TrainEventBody => ({
  type: "system",
  step: at,
  logs: { cpu_percent: percent },
});
const resumed = (fromStep: number): TrainEventBody => ({ type: "resumed", fromStep, fromEpoch: 1 });

describe("readSeries", () => {
  it("draws over steps, epochs and the seconds since the run began", async () => {
    // Five steps an epoch, a second between two events; the first event is the start.
    const bodies = [started(), ...[1, 2, 3, 4, 5, 6].map((at) => step(at, at * 10))];
    await ingestEvents(test.database, eventsOf({ runId: "axes" }, bodies));
    const query = { runIds: ["axes"], keys: ["batch_loss"] };
    const y = [10, 20, 30, 40, 50, 60];
    expect(await only(query)).toEqual({
      runId: "axes",
      key: "batch_loss",
      count: 6,
      x: Float64Array.of(1, 2, 3, 4, 5, 6),
      y: Float64Array.from(y),
    });
    const epochs = await only({ ...query, x: "epoch" });
    expect([...epochs.x]).toEqual([0.2, 0.4, 0.6, 0.8, 1, 1.2]);
    const times = await only({ ...query, x: "time" });
    expect([...times.x]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...times.y]).toEqual(y);
  });

  it("gives curves of the same steps one x axis, and others their own", async () => {
    // As many points, the same first and last step; the third took another on its way.
    for (const [runId, steps] of Object.entries({
      "same-1": [1, 2, 4],
      "same-2": [1, 2, 4],
      same_3: [1, 3, 4],
    })) {
      await ingestEvents(test.database, eventsOf({ runId }, [started(), ...steps.map((at) => step(at, at))]));
    }
    const query = { runIds: ["same-1", "same-2", "same_3"], keys: ["batch_loss"] };
    const [first, second, third] = await readSeries(test.database, query);
    expect(second!.x).toBe(first!.x);
    expect([...first!.x]).toEqual([1, 2, 4]);
    expect([...third!.x]).toEqual([1, 3, 4]);
  });

  it("leaves out curves that a run does not have, and orders the others", async () => {
    await ingestEvents(
      test.database,
      eventsOf({ runId: "other" }, [started(), step(1, 1), epochEnded(1, { val_loss: 2 })]),
    );
    const found = await readSeries(test.database, {
      runIds: ["other", "axes", "none"],
      keys: ["val_loss", "batch_loss", "nothing"],
    });
    expect(found.map(({ runId, key }) => [runId, key])).toEqual([
      ["axes", "batch_loss"],
      ["other", "batch_loss"],
      ["other", "val_loss"],
    ]);
    expect(await readSeries(test.database, { runIds: [], keys: [] })).toEqual([]);
  });

  it("cuts a range out, ends included, and smooths over the points before it", async () => {
    const values = Array.from({ length: 50 }, (_, index) => Math.sin(index));
    const bodies = [started(), ...values.map((value, index) => step(index + 1, value))];
    await ingestEvents(test.database, eventsOf({ runId: "range" }, bodies));
    const query = { runIds: ["range"], keys: ["batch_loss"], smoothing: 0.9 };
    const cut = await only({ ...query, range: { from: 10, to: 12.5 } });
    expect([...cut.x]).toEqual([10, 11, 12]);
    expect(cut.count).toBe(3);
    expect([...cut.smoothed!]).toEqual([...smoothSeries(values, 0.9)].slice(9, 12));
    for (const range of [
      { from: 51, to: 60 },
      { from: -5, to: 0 },
      { from: 12, to: 10 },
      { from: 10.2, to: 10.8 },
    ]) {
      expect(await only({ ...query, range })).toMatchObject({ count: 0, x: new Float64Array() });
    }
    expect((await only({ ...query, range: { from: -Infinity, to: Infinity } })).count).toBe(50);
  });

  it("smooths all points and reduces afterwards, so that a spike stays and the mean is the same", async () => {
    const values = Array.from({ length: 5000 }, (_, index) => (index === 3333 ? 99 : index % 7));
    const bodies = [started(), ...values.map((value, index) => step(index + 1, value))];
    await ingestEvents(test.database, eventsOf({ runId: "spike" }, bodies));
    const query = { runIds: ["spike"], keys: ["batch_loss"], points: 100, smoothing: 0.6 };
    const { x, y, smoothed, count } = await only(query);
    expect(count).toBe(5000);
    expect(x.length).toBeLessThanOrEqual(100);
    expect(y[x.indexOf(3334)]).toBe(99);
    const all = smoothSeries(values, 0.6);
    expect([...smoothed!]).toEqual(Array.from(x, (at) => all[at - 1]!));
  });

  it("draws no point twice where an attempt ends and the next one begins", async () => {
    const runId = "boundary";
    const first = [
      started(),
      step(4, 14),
      step(5, 15),
      system(5, 50),
      epochEnded(1, { val_loss: 1 }),
      step(6, 16),
    ];
    // Before its first step the resumed attempt says how the machine is, at the step of its checkpoint.
    const second = [resumed(5), system(5, 77), step(6, 26), system(6, 78)];
    await ingestEvents(test.database, eventsOf({ runId }, first));
    await ingestEvents(test.database, eventsOf({ runId, attempt: 2 }, second));
    const keys = ["system/cpu_percent", "batch_loss", "val_loss"];
    const drawn = await readSeries(test.database, { runIds: [runId], keys });
    expect(Object.fromEntries(drawn.map(({ key, x, y }) => [key, [[...x], [...y]]]))).toEqual({
      "system/cpu_percent": [
        [5, 6],
        [77, 78],
      ],
      batch_loss: [
        [4, 5, 6],
        [14, 15, 26],
      ],
      val_loss: [[5], [1]],
    });
    const { metrics } = await getRun(test.database, runId);
    expect(metrics["system/cpu_percent"]).toMatchObject({ count: 2, best: 77, last: 78 });
    const { rows } = await connectionsOf(test.database).pool.query(
      `SELECT key, array_agg(step ORDER BY step) AS steps, array_agg(value ORDER BY step) AS "values" FROM point
       WHERE run_id = $1 AND key = ANY ($2) GROUP BY key ORDER BY key`,
      [runId, keys],
    );
    expect(rows).toEqual([
      { key: "batch_loss", steps: [4, 5, 6], values: [14, 15, 26] },
      { key: "system/cpu_percent", steps: [5, 6], values: [77, 78] },
      { key: "val_loss", steps: [5], values: [1] },
    ]);
  });

  it("draws nothing of an attempt that was begun anew, not even what it said before its first step", async () => {
    const runId = "anew";
    await ingestEvents(test.database, eventsOf({ runId }, [started(), system(0, 1), step(1, 1)]));
    await ingestEvents(test.database, eventsOf({ runId, attempt: 2 }, [started(), step(1, 2)]));
    expect(await readSeries(test.database, { runIds: [runId], keys: ["system/cpu_percent"] })).toMatchObject([
      { count: 0, x: new Float64Array() },
    ]);
    expect((await getRun(test.database, runId)).metricKeys).not.toContain("system/cpu_percent");
    expect([...(await only({ runIds: [runId], keys: ["batch_loss"] })).y]).toEqual([2]);
  });

  it("lets the clock go back where a run went on on another machine", async () => {
    const runId = "clocks";
    await ingestEvents(test.database, eventsOf({ runId }, [started(), step(1, 1), step(2, 2)]));
    const second = eventsOf({ runId, attempt: 2, startedAt: Date.UTC(2026, 10, 26, 11, 59) }, [
      resumed(2),
      step(3, 3),
    ]);
    await ingestEvents(test.database, second);
    const all = { runIds: [runId], keys: ["batch_loss"], x: "time" as const };
    const { x, y } = await only(all);
    expect([...y]).toEqual([1, 2, 3]);
    // The earlier start is the run's: 11:59:00.
    expect([...x]).toEqual([61, 62, 1]);
    // From the first point within on to the last one, with what lies between.
    expect([...(await only({ ...all, range: { from: 62, to: 100 } })).y]).toEqual([2, 3]);
  });
});
