import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TrainEvent } from "@convkit/schema";
import { connectionsOf } from "../database.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { ended, epochEnded, eventsOf, started, step, wholeRun } from "../../test/made-run.js";
import { getRun } from "../runs/get-run.js";
import { readLog } from "../runs/read-log.js";
import { readSeries } from "../series/read-series.js";
import { ingestEvents } from "./ingest-events.js";
import { UnstorableEventError } from "./storable-event.js";

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.database.close());

async function curve(runId: string, key: string): Promise<[x: number, y: number][]> {
  const [series] = await readSeries(test.database, { runIds: [runId], keys: [key] });
  return series ? Array.from(series.x, (x, index) => [x, series.y[index]!]) : [];
}

/** Everything that the record knows of a run, but for the order in which it came. */
async function everythingOf(runId: string): Promise<unknown> {
  const run = await getRun(test.database, runId);
  const log = await readLog(test.database, { runId });
  const series = await readSeries(test.database, { runIds: [runId], keys: run.metricKeys });
  const entries = log.map(({ attempt, sequence, type, timestamp, body }) => ({
    attempt,
    sequence,
    type,
    timestamp,
    body,
  }));
  entries.sort((a, b) => a.attempt - b.attempt || a.sequence - b.sequence);
  return {
    ...run,
    id: null,
    name: null,
    log: entries,
    series: series.map(({ key, count, x, y }) => ({ key, count, x, y })),
  };
}

describe("ingestEvents", () => {
  it("makes of a run's events its row, curves, summaries and log", async () => {
    const events = wholeRun({ runId: "whole" });
    expect(await ingestEvents(test.database, events)).toEqual({ fresh: events.length, deleted: false });
    const run = await getRun(test.database, "whole");
    expect(run).toMatchObject({
      status: "completed",
      reason: "it completed",
      experiment: "default",
      model: "simple-cnn",
      dataset: "shapes",
      engine: "native",
      attempt: 1,
      step: 10,
      totalSteps: 10,
      epoch: 2,
      startedAt: Date.UTC(2026, 10, 26, 12),
      endedAt: Date.UTC(2026, 10, 26, 12, 0, 14),
      parameters: 1234,
      imagesPerSecond: 100,
    });
    expect(run.metrics["val_accuracy"]).toEqual({
      best: 0.62,
      bestStep: 5,
      last: 0.58,
      lastStep: 10,
      count: 2,
    });
    expect(run.metrics["val_loss"]).toEqual({ best: 0.65, bestStep: 5, last: 0.8, lastStep: 10, count: 2 });
    expect(run.metrics["test_accuracy"]).toMatchObject({ last: 0.61, lastStep: 10, count: 1 });
    expect(run.params["optimizer.name"]).toBe('"sgd"');
    expect((await curve("whole", "batch_loss")).map(([x]) => x)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await curve("whole", "val_accuracy")).toEqual([
      [5, 0.62],
      [10, 0.58],
    ]);
    const log = await readLog(test.database, { runId: "whole" });
    expect(log.map(({ type }) => type)).toEqual([
      "runStarted",
      "epochEnded",
      "epochEnded",
      "evaluated",
      "runEnded",
    ]);
  });

  it("keeps NaN and the infinities apart from numbers", async () => {
    await ingestEvents(
      test.database,
      eventsOf({ runId: "nan" }, [
        started(),
        step(1, 2),
        step(2, NaN),
        step(3, Infinity),
        step(4, NaN),
        ended("failed"),
      ]),
    );
    expect(await curve("nan", "batch_loss")).toEqual([
      [1, 2],
      [2, NaN],
      [3, Infinity],
      [4, NaN],
    ]);
    const { metrics } = await getRun(test.database, "nan");
    expect(metrics["batch_loss"]).toEqual({ best: 2, bestStep: 1, last: NaN, lastStep: 4, count: 4 });
  });

  it("draws a resumed curve once, and keeps what was superseded", async () => {
    const first = eventsOf({ runId: "resumed" }, [
      started(),
      ...[1, 2, 3, 4, 5, 6, 7].map((at) => step(at, 10 + at)),
    ]);
    const second = eventsOf({ runId: "resumed", attempt: 2 }, [
      { type: "resumed", fromStep: 5, fromEpoch: 1 },
      ...[6, 7, 8].map((at) => step(at, 20 + at)),
      ended(),
    ]);
    await ingestEvents(test.database, first);
    await ingestEvents(test.database, second);
    expect(await curve("resumed", "batch_loss")).toEqual([
      [1, 11],
      [2, 12],
      [3, 13],
      [4, 14],
      [5, 15],
      [6, 26],
      [7, 27],
      [8, 28],
    ]);
    const { metrics, attempts, step: reached } = await getRun(test.database, "resumed");
    expect(metrics["batch_loss"]).toEqual({ best: 11, bestStep: 1, last: 28, lastStep: 8, count: 8 });
    expect(attempts).toEqual([
      { attempt: 1, fromStep: 0, events: 8 },
      { attempt: 2, fromStep: 5, events: 5 },
    ]);
    expect(reached).toBe(8);
    const { rows } = await connectionsOf(test.database).pool.query(
      "SELECT sum(cardinality(steps))::int AS kept FROM metric_chunk WHERE run_id = 'resumed' AND key = 'batch_loss'",
    );
    expect(rows).toEqual([{ kept: 10 }]);
  });

  it("keeps an attempt that was believed lost and comes back apart from the one that took over", async () => {
    const lost = eventsOf({ runId: "fenced" }, [
      started(),
      step(1, 11),
      step(2, 12),
      step(3, 13),
      ended("completed"),
    ]);
    const taken = eventsOf({ runId: "fenced", attempt: 2 }, [started(), step(1, 21), step(2, 22)]);
    await ingestEvents(test.database, lost.slice(0, 2));
    await ingestEvents(test.database, taken);
    await ingestEvents(test.database, lost.slice(2));
    expect(await curve("fenced", "batch_loss")).toEqual([
      [1, 21],
      [2, 22],
    ]);
    expect(await getRun(test.database, "fenced")).toMatchObject({
      status: "running",
      attempt: 2,
      step: 2,
      metrics: { batch_loss: { count: 2, last: 22 } },
    });
  });

  it("waits with events that come before their run has begun", async () => {
    const events = wholeRun({ runId: "parked" });
    expect(await ingestEvents(test.database, events.slice(3, 5))).toEqual({ fresh: 2, deleted: false });
    expect(await ingestEvents(test.database, events.slice(3, 5))).toEqual({ fresh: 0, deleted: false });
    await expect(getRun(test.database, "parked")).rejects.toThrow("which is none");
    await ingestEvents(test.database, events.slice(0, 1));
    expect(await curve("parked", "batch_loss")).toHaveLength(2);
  });

  it("stores what PostgreSQL cannot as the replacement character", async () => {
    const text = "a name with \0 and half a pair \ud83d";
    await ingestEvents(
      test.database,
      eventsOf({ runId: "hostile" }, [
        started({ config: { name: text } }),
        { type: "message", level: "info", text },
      ]),
    );
    const expected = "a name with \uFFFD and half a pair \uFFFD";
    expect((await getRun(test.database, "hostile")).name).toBe(expected);
    expect((await readLog(test.database, { runId: "hostile" }))[1]?.body).toMatchObject({ text: expected });
  });

  it("keeps a hundred thousand points of one run in chunks, and reads them whole", async () => {
    const bodies = [
      started(),
      ...Array.from({ length: 100_000 }, (_, index) => step(index + 1, Math.sin(index))),
    ];
    const events = eventsOf({ runId: "long" }, bodies);
    for (let start = 0; start < events.length; start += 7001) {
      await ingestEvents(test.database, events.slice(start, start + 7001));
    }
    const [series] = await readSeries(test.database, {
      runIds: ["long"],
      keys: ["batch_loss"],
      points: 100_000,
    });
    expect(series!.count).toBe(100_000);
    expect(series!.y.every((y, index) => y === Math.sin(index))).toBe(true);
    const { rows } = await connectionsOf(test.database).pool.query(
      "SELECT count(*)::int AS chunks FROM metric_chunk WHERE run_id = 'long' AND key = 'batch_loss'",
    );
    expect(rows).toEqual([{ chunks: 100 }]);
  });

  it("refuses events of several runs at once", async () => {
    const events = [...wholeRun({ runId: "one" }), ...wholeRun({ runId: "two" })];
    await expect(ingestEvents(test.database, events)).rejects.toThrow("Received: one and two");
  });

  it("comes to the same record in any order, in any parts, however often", async () => {
    const at = (hour: number) => Date.UTC(2026, 10, 26, hour);
    const attempts = [
      // It was judged, and judged again when it had ended.
      wholeRun({ runId: "?" }),
      eventsOf({ runId: "?", attempt: 2, startedAt: at(13) }, [
        { type: "resumed", fromStep: 7, fromEpoch: 1 },
        { type: "system", step: 7, logs: { cpu_percent: 1 } },
        ...[8, 9, 10].map((step_) => step(step_, -step_)),
        epochEnded(2, { loss: NaN, val_accuracy: 0.7 }),
        { type: "evaluated", split: "test", count: 20, logs: { loss: 0.5 } },
        ended("interrupted"),
      ]),
      // Begun anew with another config, as a retry on another machine is.
      eventsOf({ runId: "?", attempt: 3, startedAt: at(14) }, [
        started({ config: { epochs: 3, learningRate: 0.3 } }),
        { type: "system", step: 0, logs: { cpu_percent: 10 } },
        { type: "system", step: 0, logs: { cpu_percent: 20 } },
        ...[1, 2, 3, 4, 5].map((step_) => step(step_, step_ * 100)),
        epochEnded(1, { loss: 0.3, val_accuracy: 0.65 }),
        { type: "checkpointSaved", kind: "last", epoch: 1, step: 5 },
      ]),
      eventsOf({ runId: "?", attempt: 4, startedAt: at(15) }, [
        { type: "resumed", fromStep: 5, fromEpoch: 1 },
        { type: "system", step: 5, logs: { cpu_percent: 30 } },
        ...[6, 7].map((step_) => step(step_, step_ * 1000)),
        { type: "checkpointSaved", kind: "last", epoch: 1, step: 7 },
        { type: "evaluated", split: "test", count: 20, logs: { loss: 0.25, accuracy: 0.9 } },
        ended("stopped"),
        { type: "evaluated", split: "test", count: 20, logs: { loss: 0.24 } },
      ]),
    ].flat();
    const named = (runId: string): TrainEvent[] => attempts.map((event) => ({ ...event, runId }));
    await ingestEvents(test.database, named("in order"));
    const expected = await everythingOf("in order");
    expect(expected).toMatchObject({
      status: "stopped",
      epochs: 3,
      step: 7,
      createdAt: at(12),
      params: { learningRate: "0.3" },
      metrics: {
        batch_loss: { count: 7, best: 100, last: 7000 },
        test_loss: { count: 1, last: 0.24, lastStep: 7 },
        "system/cpu_percent": { count: 2, best: 20, last: 30, lastStep: 5 },
        val_accuracy: { count: 1, best: 0.65 },
      },
    });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...attempts.keys()], { minLength: attempts.length }),
        fc.array(fc.nat(attempts.length - 1), { maxLength: 10 }),
        fc.integer({ min: 1, max: 15 }),
        async (order, again, size) => {
          const runId = `shuffled ${(count += 1)}`;
          const events = named(runId);
          const sent = [...order, ...again].map((index) => events[index]!);
          for (let start = 0; start < sent.length; start += size) {
            await ingestEvents(test.database, sent.slice(start, start + size));
          }
          expect(await everythingOf(runId)).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("refuses an event with a number or a name that no column holds, and keeps nothing of its part", async () => {
    const [begin, first, second] = eventsOf({ runId: "unstorable" }, [started(), step(1, 1), step(2, 2)]);
    const evil: TrainEvent[] = [
      { ...first!, attempt: 2 ** 40 },
      { ...first!, sequence: 2 ** 31 - 1 },
      { ...first!, timestamp: 1e300 },
      { ...first!, timestamp: -1e15 },
      { ...first!, step: 2 ** 31 } as TrainEvent,
      { ...first!, epoch: -(2 ** 40) } as TrainEvent,
      { ...first!, logs: { ["x".repeat(2000)]: 1 } } as TrainEvent,
      {
        ...first!,
        runId: "unstorable",
        type: "resumed",
        fromStep: 2 ** 33,
        fromEpoch: 1,
      } as unknown as TrainEvent,
      { ...eventsOf({ runId: "unstorable" }, [started({ card: { contentHash: "模".repeat(1000) } })])[0]! },
      { ...eventsOf({ runId: "unstorable" }, [started({ config: { epochs: 2 ** 32 } })])[0]! },
    ];
    for (const event of evil) {
      await expect(ingestEvents(test.database, [begin!, event, second!])).rejects.toBeInstanceOf(
        UnstorableEventError,
      );
    }
    await expect(getRun(test.database, "unstorable")).rejects.toThrow("which is none");
    await ingestEvents(test.database, [begin!, first!, second!]);
    expect(await curve("unstorable", "batch_loss")).toHaveLength(2);
  });

  it("takes the extremes that its columns hold", async () => {
    const runId = "extremes";
    const values = [Number.MAX_VALUE, Number.MIN_VALUE, -Number.MAX_VALUE, -0, 1e-310, 0.1 + 0.2];
    const [begin, ...events] = eventsOf({ runId }, [
      started(),
      ...values.map((value, index) => step(index + 1, value)),
    ]);
    const last = { ...events.at(-1)!, sequence: 2 ** 31 - 2, step: 2 ** 31 - 2 } as TrainEvent;
    await ingestEvents(test.database, [begin!, ...events.slice(0, -1), last]);
    expect((await curve(runId, "batch_loss")).map(([, y]) => y)).toEqual(values.map((value) => value + 0));
    const { metrics, attempts } = await getRun(test.database, runId);
    expect(metrics["batch_loss"]).toMatchObject({
      best: -Number.MAX_VALUE,
      bestStep: 3,
      lastStep: 2 ** 31 - 2,
    });
    expect(attempts[0]!.events).toBe(7);
  });

  it("takes turns with others that ingest the same run", async () => {
    const events = wholeRun({ runId: "contended" });
    const results = await Promise.all(
      Array.from({ length: 6 }, (_, index) => ingestEvents(test.database, events.slice(index % 3))),
    );
    expect(results.reduce((sum, { fresh }) => sum + fresh, 0)).toBe(events.length);
    expect(await curve("contended", "batch_loss")).toHaveLength(10);
  });
});
