/**
 * What the dashboard's two heaviest pages ask of the record, at the server: a table of runs and a comparison of curves,
 * just after PostgreSQL was started and later, beside the same data read by bare SQL.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { listRuns, openCluster, openDatabase, readSeries, type Database } from "@convkit/db";
import pg from "pg";
import { readBareCurves, readBareTable } from "./dashboard-bare-sql.js";
import { runIdOf, seedRecord, type RecordSize } from "./dashboard-record.js";
import { type BenchmarkResult, formatSpread } from "./report.js";
import { ratioSpread, spreadOf, type Spread } from "./statistics.js";

const SIZE: RecordSize = { runs: 1000, points: 1000 };
const TARGET_MS = 200;
const WARM_CALLS = 5;
/** PostgreSQL stops so long after the last one has gone. */
const IDLE_MS = 300;

export const TABLE = {
  metrics: ["val_accuracy", "val_loss", "batch_loss"],
  params: ["learningRate", "optimizer.name", "batchSize"],
  limit: 200,
} as const;
export const COMPARISON = {
  runs: 20,
  keys: ["batch_loss", "batch_accuracy", "batch_grad_norm", "images_per_second"],
  points: 1000,
} as const;

interface Page {
  readonly name: string;
  ours(database: Database): Promise<unknown>;
  bare(client: pg.Client): Promise<unknown>;
}

const comparedIds = (runs: number) =>
  Array.from({ length: Math.min(COMPARISON.runs, runs) }, (_, index) => runIdOf(index));

const pagesOf = ({ runs }: RecordSize): readonly Page[] => [
  {
    name: `table: ${TABLE.limit} of ${runs} runs`,
    ours: (database) => listRuns(database, { ...TABLE, sort: { field: "val_accuracy", descending: true } }),
    bare: readBareTable,
  },
  {
    name: `comparison: ${COMPARISON.runs} runs × ${COMPARISON.keys.length} curves`,
    ours: (database) => readSeries(database, { ...COMPARISON, runIds: comparedIds(runs) }),
    bare: (client) => readBareCurves(client, comparedIds(runs)),
  },
];

interface PageTimes {
  readonly cold: number[];
  readonly warm: number[];
  readonly bare: number[];
}

export async function measureDashboard(rounds: number, size: RecordSize = SIZE): Promise<BenchmarkResult> {
  const home = await mkdtemp(path.join(tmpdir(), "convkit-bench-"));
  const record = { home, idleMs: IDLE_MS };
  const connection = await openCluster(record);
  try {
    const database = await openDatabase(record);
    const seeded = await seedRecord(database, size);
    await database.close();
    const pages = pagesOf(size);
    const times = pages.map((): PageTimes => ({ cold: [], warm: [], bare: [] }));
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, page] of pages.entries()) {
        await untilStopped(connection);
        await measurePage(page, record, times[index]!);
      }
    }
    return toResult({ pages, times, seeded, size });
  } finally {
    await untilStopped(connection);
    await rm(home, { recursive: true, force: true });
  }
}

/** The first call of a server that has just opened its database, then more of them by turns with bare SQL. */
async function measurePage(
  page: Page,
  record: { home: string; idleMs: number },
  { cold, warm, bare }: PageTimes,
): Promise<void> {
  const database = await openDatabase(record);
  const client = new pg.Client(await openCluster(record));
  await client.connect();
  try {
    cold.push(await millisecondsOf(() => page.ours(database)));
    await page.bare(client);
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let call = 0; call < WARM_CALLS; call += 1) {
      ours.push(await millisecondsOf(() => page.ours(database)));
      theirs.push(await millisecondsOf(() => page.bare(client)));
    }
    warm.push(spreadOf(ours).median);
    bare.push(spreadOf(theirs).median);
  } finally {
    await client.end();
    await database.close();
  }
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return performance.now() - startedAtMs;
}

async function untilStopped(connection: pg.ClientConfig): Promise<void> {
  for (;;) {
    const client = new pg.Client(connection);
    client.on("error", () => undefined);
    try {
      await client.connect();
    } catch {
      return;
    } finally {
      await client.end().catch(() => undefined);
    }
    await sleep(4 * IDLE_MS);
  }
}

interface Measured {
  readonly pages: readonly Page[];
  readonly times: readonly PageTimes[];
  readonly seeded: Awaited<ReturnType<typeof seedRecord>>;
  readonly size: RecordSize;
}

function toResult({ pages, times, seeded, size }: Measured): BenchmarkResult {
  const data = pages.map(({ name }, index) => {
    const { cold, warm, bare } = times[index]!;
    return {
      page: name,
      coldMs: spreadOf(cold),
      warmMs: spreadOf(warm),
      bareMs: spreadOf(bare),
      ratio: ratioSpread(warm, bare),
    };
  });
  const seconds = seeded.durationMs / 1000;
  const perSecond = seeded.events / seconds;
  return {
    title: "The record behind the dashboard",
    notes: [
      `${size.runs} runs × 10 curves of ${size.points} points and 5 of 10, in the embedded PostgreSQL; one server, nothing else asks.`,
      `Ingested by ingestEvents as ${seeded.events} events in ${seconds.toFixed(1)} s: ${perSecond.toFixed(0)} events/s, ` +
        `${(seeded.cpuMs / 1000).toFixed(1)} s of them this process's own processor time.`,
      `Table: sorted by the best val_accuracy, with 3 metrics, 3 params and the count of all. Comparison: each curve reduced to ${COMPARISON.points} points.`,
      "Cold: the first call after PostgreSQL and its server's connections were started; the operating system still has the files in memory. Warm: the median of 5 calls, by turns with bare SQL, which pg parses.",
    ],
    columns: ["page", "cold, ms", "warm, ms", "bare SQL, ms", "warm takes … times as long", "target"],
    rows: data.map(({ page, coldMs, warmMs, bareMs, ratio }) => [
      page,
      formatSpread(coldMs, 1),
      formatSpread(warmMs, 1),
      formatSpread(bareMs, 1),
      formatSpread(ratio, 2),
      `${TARGET_MS} ms: ${isWithin(coldMs) && isWithin(warmMs) ? "reached" : "not reached"}`,
    ]),
    data: { pages: data, ingest: { ...seeded, eventsPerSecond: perSecond }, size },
  };
}

const isWithin = ({ median }: Spread) => median <= TARGET_MS;
