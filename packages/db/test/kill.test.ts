/**
 * The database killed under a server that ingests, and between its deaths a writer in the middle of a line, and the
 * server: afterwards the record says what the journal says, every event once and no point of a curve twice. The real
 * trainer and the real server are killed, more often, by apps/dashboard/test/kill.test.ts.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { decodeTrainEvents, type TrainEvent } from "@convkit/schema";
import { afterAll, describe, expect, it, vi } from "vitest";
import { connectionsOf, type Database } from "../src/database.js";
import { placeCluster } from "../src/embedded/cluster-place.js";
import { readPostmasterPid } from "../src/embedded/postmaster-lock.js";
import { openDatabase } from "../src/open-database.js";
import { getRun } from "../src/runs/get-run.js";
import { readLog } from "../src/runs/read-log.js";
import { readSeries } from "../src/series/read-series.js";
import { makeHome, type MadeHome } from "./made-home.js";

const SEED = 20261126;
const KILLS = { writer: 8, server: 4, database: 4 };
/** Longer than it takes: nobody writes to the end before the last kill. */
const ENDLESS = 1_000_000;
const RUN = "killed";

let made: MadeHome;
const children = new Set<ChildProcess>();
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  const { folder, data } = await placeCluster(made.home);
  await vi.waitFor(async () => expect(await readPostmasterPid(data)).toBeNull(), { timeout: 60_000 });
  await rm(folder, { recursive: true, force: true });
  await made.remove();
});

/** Numerical Recipes' linear congruential generator: in [0, 1). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

class Program {
  #child: ChildProcess | null = null;
  output = "";

  constructor(
    readonly script: string,
    readonly args: readonly string[],
  ) {}

  start(): void {
    this.output = "";
    const path = fileURLToPath(new URL(`./fixtures/${this.script}`, import.meta.url));
    const child = spawn(process.execPath, [path, ...this.args], { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.on("data", (text: Buffer) => (this.output += text.toString()));
    children.add(child);
    this.#child = child;
  }

  get hasExited(): boolean {
    return this.#child?.exitCode !== null || this.#child.signalCode !== null;
  }

  async kill(): Promise<void> {
    if (this.#child === null || this.hasExited) throw new Error(`${this.script} was not there to be killed.`);
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
    children.delete(this.#child);
  }
}

const sizeOf = (path: string) =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/** What a curve has to look like, by the words of train-event.ts, without any of the code that draws it. */
function expectedCurve(
  events: readonly TrainEvent[],
  pointOf: (event: TrainEvent) => [number, number] | null,
) {
  const curve = new Map<number, number>();
  for (const event of events) {
    if (event.type === "runStarted") curve.clear();
    if (event.type === "resumed") {
      for (const step of curve.keys()) if (step > event.fromStep) curve.delete(step);
    }
    const point = pointOf(event);
    if (point) curve.set(...point);
  }
  return [...curve].sort(([a], [b]) => a - b);
}

const CURVES: Record<string, (event: TrainEvent) => [number, number] | null> = {
  batch_loss: (event) => (event.type === "step" ? [event.step, event.logs["loss"]!] : null),
  learning_rate: (event) => (event.type === "step" ? [event.step, event.logs["learning_rate"]!] : null),
  images_per_second: (event) => (event.type === "step" ? [event.step, event.imagesPerSecond] : null),
  val_loss: (event) => (event.type === "epochEnded" ? [event.step, event.logs["val_loss"]!] : null),
  "system/cpu_percent": (event) =>
    event.type === "system" ? [event.step, event.logs["cpu_percent"]!] : null,
};

describe("kill -9", () => {
  it("of database, server and writer loses no event and doubles none", { timeout: 600_000 }, async () => {
    made = await makeHome();
    const random = createRandom(SEED);
    const journal = join(made.home, "runs", RUN, "events.jsonl");
    await mkdir(join(made.home, "runs", RUN), { recursive: true });
    const { data } = await placeCluster(made.home);
    const writer = new Program("journal-writer.mjs", [journal, RUN, String(ENDLESS)]);
    const server = new Program("ingesting-server.mjs", [made.home]);
    writer.start();
    server.start();

    const victims = Object.entries(KILLS)
      .flatMap(([name, count]) => Array.from({ length: count }, () => ({ name, order: random() })))
      .sort((a, b) => a.order - b.order)
      .map(({ name }) => name);
    const killed = { writer: 0, server: 0, database: 0, torn: 0 };
    for (const victim of victims) {
      // Seven times in eight when it is at its work; else at any moment of its start, but for a database, which has
      // to be there.
      if (random() < 7 / 8 || victim === "database") {
        const before = await sizeOf(journal);
        server.output = "";
        await vi.waitFor(
          async () => {
            expect(await sizeOf(journal)).toBeGreaterThan(before);
            if (victim !== "writer") expect(server.output).toContain("ingested");
            // What the server said may be from before its death.
            if (victim === "database") expect(await readPostmasterPid(data)).not.toBeNull();
          },
          { timeout: 120_000, interval: 2 },
        );
      }
      await sleep(random() * 120);
      if (victim === "writer") {
        await writer.kill();
        killed.writer += 1;
        const text = await readFile(journal, "utf8").catch(() => "");
        if (text !== "" && !text.endsWith("\n")) killed.torn += 1;
        writer.start();
      } else if (victim === "server") {
        await server.kill();
        killed.server += 1;
        server.start();
      } else {
        const pid = await readPostmasterPid(data);
        if (pid === null) throw new Error("There was no PostgreSQL to be killed.");
        process.kill(pid, "SIGKILL");
        await vi.waitFor(async () => expect(await readPostmasterPid(data)).not.toBe(pid));
        killed.database += 1;
      }
      expect(server.output).not.toContain("no event");
      // The server outlives its database by itself.
      if (victim === "database") expect(server.hasExited).toBe(false);
    }
    expect(killed).toMatchObject(KILLS);
    expect(killed.torn).toBeGreaterThan(0);

    // The last attempt is let alone.
    await writer.kill();
    const reached = Math.max(
      0,
      ...decodeTrainEvents(await readFile(journal, "utf8")).events.map((event) =>
        "step" in event ? event.step : 0,
      ),
    );
    const last = new Program("journal-writer.mjs", [journal, RUN, String(reached + 50)]);
    last.start();
    await vi.waitFor(() => expect(last.hasExited).toBe(true), { timeout: 120_000 });
    const { events, torn } = decodeTrainEvents(await readFile(journal, "utf8"));
    expect(torn).toBe("");
    expect(events.at(-1)).toMatchObject({ type: "runEnded" });

    const database = await openDatabase({ home: made.home, idleMs: 2000 });
    try {
      await vi.waitFor(
        async () => expect(await getRun(database, RUN)).toMatchObject({ status: "completed" }),
        {
          timeout: 120_000,
        },
      );
      await compare(database, events, journal);
    } finally {
      await database.close();
    }
    const attempts = events.at(-1)!.attempt;
    console.log(
      `seed ${SEED}: ${events.length} events, ${attempts} attempts; killed ${JSON.stringify(killed)}`,
    );
    expect(existsSync(journal)).toBe(true);
  });
});

async function compare(database: Database, events: readonly TrainEvent[], journal: string): Promise<void> {
  const { pool } = connectionsOf(database);
  // Every event of every attempt, from 0 on without a gap.
  const attempts = [...new Set(events.map(({ attempt }) => attempt))];
  const { rows } = await pool.query<{ attempt: number; received: string }>(
    "SELECT attempt, received::text FROM run_attempt WHERE run_id = $1 ORDER BY attempt",
    [RUN],
  );
  expect(rows).toEqual(
    attempts.map((attempt) => {
      const said = events.filter((event) => event.attempt === attempt);
      expect(said.map(({ sequence }) => sequence)).toEqual([...said.keys()]);
      return { attempt, received: `{[0,${said.length})}` };
    }),
  );
  // The log once, word by word.
  const logged = events.filter(({ type }) => type !== "step" && type !== "system");
  const log = await readLog(database, { runId: RUN, limit: 1_000_000 });
  expect(
    log.map(({ attempt, sequence, type, timestamp }) => ({ attempt, sequence, type, timestamp })),
  ).toEqual(logged.map(({ attempt, sequence, type, timestamp }) => ({ attempt, sequence, type, timestamp })));
  // Every point that was ever said is kept once, and those are drawn that count.
  const kept = await pool.query<{ key: string; points: number }>(
    `SELECT key, sum(cardinality(steps))::int AS points FROM metric_chunk WHERE run_id = $1 GROUP BY key`,
    [RUN],
  );
  const keptOf = new Map(kept.rows.map(({ key, points }) => [key, points]));
  const { metrics } = await getRun(database, RUN);
  for (const [key, pointOf] of Object.entries(CURVES)) {
    const said = events.filter((event) => pointOf(event) !== null);
    const steps = new Set(said.map((event) => `${event.attempt}/${pointOf(event)![0]}`));
    expect([key, keptOf.get(key)]).toEqual([key, steps.size]);
    const expected = expectedCurve(events, pointOf);
    const [series] = await readSeries(database, { runIds: [RUN], keys: [key], points: 1_000_000 });
    expect(Array.from(series!.x, (x, index) => [x, series!.y[index]])).toEqual(expected);
    const view = await pool.query<{ step: number; value: number }>(
      "SELECT step, value FROM point WHERE run_id = $1 AND key = $2 ORDER BY step",
      [RUN, key],
    );
    expect(view.rows.map(({ step, value }) => [step, value])).toEqual(expected);
    const [lastStep, last] = expected.at(-1)!;
    expect(metrics[key]).toMatchObject({ count: expected.length, last, lastStep });
  }
  const cursor = await pool.query<{ size: number }>("SELECT size_bytes::int AS size FROM journal_cursor");
  expect(cursor.rows).toEqual([{ size: await sizeOf(journal) }]);
}
