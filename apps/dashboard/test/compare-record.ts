/**
 * Holds the record of a run against its journal, by the words of train-event.ts and with none of the code that ingests
 * or draws: every event once, every point that counts once and drawn, every other one kept and not drawn.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openDatabase, queryReadOnly, type Database } from "@convkit/db";
import { decodeTrainEvents, encodeTrainEvent, type TrainEvent } from "@convkit/schema";
import { expect } from "vitest";
import type { Client } from "./client-of.js";

export interface ComparedRecord {
  readonly home: string;
  readonly client: Client;
  readonly runId: string;
}

export interface Comparison {
  readonly events: number;
  readonly attempts: number;
  readonly curves: number;
  /** Points that are drawn. */
  readonly points: number;
  /** Points that later attempts superseded. */
  readonly superseded: number;
}

export async function compareRecord({ home, client, runId }: ComparedRecord): Promise<Comparison> {
  const path = join(home, "runs", runId, "events.jsonl");
  const text = await readFile(path, "utf8");
  const { events, torn } = decodeTrainEvents(text);
  expect(torn).toBe("");
  const database = await openDatabase({ home });
  try {
    await compareAttempts(database, events);
    await compareLog(client, runId, events);
    await compareArtifacts(client, runId, events);
    const points = await compareCurves(database, { client, runId, events });
    // Nothing waits for what would have to come before it, and nothing is left to be read.
    expect(await rowsOf(database, "SELECT count(*)::int FROM parked_event")).toEqual([[0]]);
    expect(await rowsOf(database, "SELECT path, size_bytes::int FROM journal_cursor")).toEqual([
      [path, Buffer.byteLength(text)],
    ]);
    return { events: events.length, attempts: attemptsOf(events).length, ...points };
  } finally {
    await database.close();
  }
}

/** More than there are of anything. */
const limit = 1_000_000;
const rowsOf = async (database: Database, sql: string) =>
  (await queryReadOnly(database, sql, { limit })).rows;

const attemptsOf = (events: readonly TrainEvent[]) => [...new Set(events.map(({ attempt }) => attempt))];

/** Every event of every attempt, from 0 on without a gap. */
async function compareAttempts(database: Database, events: readonly TrainEvent[]): Promise<void> {
  const expected = attemptsOf(events).map((attempt) => {
    const said = events.filter((event) => event.attempt === attempt);
    expect(said.map(({ sequence }) => sequence)).toEqual([...said.keys()]);
    const [first] = said.filter(({ type }) => type === "runStarted" || type === "resumed");
    const fromStep = first?.type === "resumed" ? first.fromStep : first ? 0 : null;
    return [attempt, fromStep, `{[0,${said.length})}`];
  });
  const sql = "SELECT attempt, from_step, received::text FROM run_attempt ORDER BY attempt";
  expect(await rowsOf(database, sql)).toEqual(expected);
}

/** What is not in the log's text but in columns. */
const ENVELOPE = ["formatVersion", "runId", "attempt", "sequence", "timestamp", "type", "config", "dataset"];

/** Word by word. */
async function compareLog(client: Client, runId: string, events: readonly TrainEvent[]): Promise<void> {
  const said = events
    .filter(({ type }) => type !== "step" && type !== "system")
    .map((event) => {
      const { attempt, sequence, type, timestamp } = event;
      const body = Object.entries(JSON.parse(encodeTrainEvent(event)) as Record<string, unknown>).filter(
        ([name]) => !ENVELOPE.includes(name),
      );
      return { attempt, sequence, type, timestamp, body: Object.fromEntries(body) };
    });
  const kept: unknown[] = [];
  for (let after = 0, full = true; full;) {
    const page = await client.runs.log.query({ runId, after, limit: 1000 });
    for (const { attempt, sequence, type, timestamp, body } of page) {
      kept.push({ attempt, sequence, type, timestamp, body });
    }
    after = page.at(-1)?.id ?? after;
    full = page.length === 1000;
  }
  expect(kept).toEqual(said);
}

/** Of each file the newest version. */
async function compareArtifacts(client: Client, runId: string, events: readonly TrainEvent[]): Promise<void> {
  const saved = new Map<string, string>();
  for (const event of events) if (event.type === "artifactSaved") saved.set(event.path, event.sha256);
  const { artifacts, total } = await client.runs.artifacts.query({ runId, limit: 1000 });
  expect(total).toBe(saved.size);
  expect(new Map(artifacts.map(({ path, sha256 }) => [path, sha256]))).toEqual(saved);
}

interface Point {
  readonly key: string;
  readonly step: number;
  readonly value: number;
}

/** @param toldOf the last step that the attempt's log told of before. */
function pointsOf(event: TrainEvent, toldOf: number): Point[] {
  const { step, logs } = { step: toldOf, logs: {}, ...event };
  const named = (nameOf: (name: string) => string | null) =>
    Object.entries(logs).flatMap(([name, value]) => {
      const key = nameOf(name);
      return key === null ? [] : [{ key, step, value }];
    });
  switch (event.type) {
    case "step":
      return [
        ...named((name) => (name === "learning_rate" ? name : `batch_${name}`)),
        { key: "images_per_second", step, value: event.imagesPerSecond },
      ];
    case "epochEnded":
      return [
        ...named((name) => (name === "learning_rate" ? null : name)),
        { key: "epoch_seconds", step, value: event.durationMs / 1000 },
        ...(event.dataWaitMs !== undefined && event.durationMs > 0
          ? [{ key: "data_wait_percent", step, value: (100 * event.dataWaitMs) / event.durationMs }]
          : []),
      ];
    case "system":
      return named((name) => `system/${name}`);
    case "evaluated":
      return named((name) => `${event.split}_${name}`);
    default:
      return [];
  }
}

interface ExpectedCurve {
  /** By step. */
  readonly drawn: Map<number, number>;
  /** `attempt/step` of every point that was ever said. */
  readonly said: Set<string>;
}

function expectedCurves(events: readonly TrainEvent[]): Map<string, ExpectedCurve> {
  const curves = new Map<string, ExpectedCurve>();
  let toldOf = 0;
  for (const event of events) {
    if (event.type === "runStarted" || event.type === "resumed") {
      toldOf = event.type === "resumed" ? event.fromStep : 0;
      for (const { drawn } of curves.values()) {
        for (const step of drawn.keys()) {
          if (event.type === "runStarted" || step > event.fromStep) drawn.delete(step);
        }
      }
    }
    if (event.type === "epochEnded" || event.type === "checkpointSaved") toldOf = event.step;
    for (const { key, step, value } of pointsOf(event, toldOf)) {
      let curve = curves.get(key);
      if (!curve) curves.set(key, (curve = { drawn: new Map(), said: new Set() }));
      curve.drawn.set(step, value);
      curve.said.add(`${event.attempt}/${step}`);
    }
  }
  return curves;
}

/** Such as `loss` and `test_loss`; everything else here is better the higher it is. */
const LOWER_IS_BETTER = /loss|seconds|bytes|percent/;

interface CurvesOfRun {
  readonly client: Client;
  readonly runId: string;
  readonly events: readonly TrainEvent[];
}

async function compareCurves(
  database: Database,
  { client, runId, events }: CurvesOfRun,
): Promise<Pick<Comparison, "curves" | "points" | "superseded">> {
  const expected = expectedCurves(events);
  const { metrics, metricKeys } = await client.runs.byId.query(runId);
  expect([...metricKeys].toSorted()).toEqual([...expected.keys()].toSorted());
  const kept = await rowsOf(
    database,
    "SELECT key, sum(cardinality(steps))::int FROM metric_chunk GROUP BY key",
  );
  expect(new Map(kept as [string, number][])).toEqual(
    new Map([...expected].map(([key, { said }]) => [key, said.size])),
  );
  let [points, superseded] = [0, 0];
  for (const [key, { drawn, said }] of expected) {
    const curve = [...drawn].sort(([a], [b]) => a - b);
    points += curve.length;
    superseded += said.size - curve.length;
    const [series] = await client.runs.series.query({ runIds: [runId], keys: [key], points: 100_000 });
    expect([key, Array.from(series!.x, (x, index) => [x, series!.y[index]])]).toEqual([key, curve]);
    const view = `SELECT step, value FROM point WHERE key = '${key}' ORDER BY step`;
    expect([key, await rowsOf(database, view)]).toEqual([key, curve]);
    const [lastStep, last] = curve.at(-1)!;
    const sign = LOWER_IS_BETTER.test(key) ? 1 : -1;
    const [bestStep, best] = curve.reduce((a, b) => (sign * (b[1] - a[1]) < 0 ? b : a));
    expect([key, metrics[key]]).toEqual([key, { count: curve.length, last, lastStep, best, bestStep }]);
  }
  return { curves: expected.size, points, superseded };
}
