/**
 * `convkit train`, resumed by `convkit resume`, and the dashboard, killed at random moments while events are written:
 * afterwards the record says what the journal says, every event once and no point of a curve twice.
 */
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Rng } from "@convkit/random";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOf, type Client } from "./client-of.js";
import { compareRecord } from "./compare-record.js";
import { launchDashboard, type LaunchedDashboard } from "./dashboard-process.js";
import { freePort } from "./free-port.js";
import { makePhotoFolder } from "./photo-folder.js";
import { startTrainer, type TrainerProcess } from "./trainer-process.js";
import { untilTrue } from "./until-true.js";

const SEED = 20261127;
const KILLS = { trainer: 22, server: 28 };
/** Most that the journal grows before a kill: events of half a second. */
const MOST_BYTES = 40_000;
/** As long as a start takes. */
const MOST_START_MS = 2500;
/** One kill in so many comes at any moment, also while the trainer starts; the others while events are written. */
const START_EVERY = 10;
/** So soon the journal has to grow for events to be called under way. */
const SOON_MS = 50;
/** A network and a batch that make an epoch of a dozen steps take some milliseconds. */
const MODEL = { layers: [{ layer: "conv", filters: 2 }, { layer: "maxPool" }, { layer: "flatten" }] };
const TRAIN = ["--epochs", "1000000", "--batch-size", "4", "--engine", "native"];

let home: string;
let port: number;
let client: Client;
let trainer: TrainerProcess;
let server: LaunchedDashboard;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "convkit-kill-"));
  port = await freePort();
  client = clientOf(`http://localhost:${port}`);
});

afterAll(async () => {
  await trainer?.kill();
  await server?.stop();
  await rm(home, { recursive: true, force: true });
});

const startServer = () => launchDashboard({ home, port });

async function killServer(): Promise<void> {
  if (server.child.exitCode !== null)
    throw new Error(`The dashboard ended by itself: ${server.complaints()}`);
  server.child.kill("SIGKILL");
  await once(server.child, "close");
}

async function killTrainer(): Promise<void> {
  if (trainer.hasEnded()) throw new Error(`The training ended by itself: ${trainer.complaints()}`);
  await trainer.kill();
}

const sizeOf = (path: string) =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/** Whether it grows right now. */
async function grows(path: string): Promise<boolean> {
  const before = await sizeOf(path);
  for (let ms = 0; ms < SOON_MS; ms += 1) {
    await pause(1);
    if ((await sizeOf(path)) > before) return true;
  }
  return false;
}

async function untilItGrows(path: string, bytes: number): Promise<void> {
  const before = await sizeOf(path);
  while ((await sizeOf(path)) < before + bytes) {
    if (trainer.hasEnded()) throw new Error(`The training ended by itself: ${trainer.complaints()}`);
    await pause(1);
  }
}

test("kill -9 of trainer and server loses no event and doubles none", async () => {
  const rng = Rng.fromSeed(SEED);
  const photos = await makePhotoFolder(join(home, "photos"), 20);
  server = startServer();
  trainer = startTrainer(home, ["train", photos, "--set", `model=${JSON.stringify(MODEL)}`, ...TRAIN]);
  const runs = join(home, "runs");
  await untilTrue(async () => (await readdir(runs).catch(() => [])).length === 1);
  const [runId] = await readdir(runs);
  const journal = join(runs, runId!, "events.jsonl");
  const run = () => client.runs.byId.query(runId!);
  await untilItGrows(journal, 1);

  const victims = Object.entries(KILLS).flatMap(([name, count]) => Array.from({ length: count }, () => name));
  const killed = { trainer: 0, server: 0, whileWriting: 0, atAnyMoment: 0 };
  for (const [round, index] of rng.permutation(victims.length).entries()) {
    const victim = victims[index]!;
    if ((round + 1) % START_EVERY !== 0) {
      // Half of the servers have read what was missed and read on; the others may be anywhere in their start.
      if (victim === "server" && rng.uniform() < 1 / 2) {
        await server.answers;
        const { lastEventAt } = await run().catch(() => ({ lastEventAt: null }));
        await untilTrue(async () => (await run().catch(() => null))?.lastEventAt !== lastEventAt);
      }
      await untilItGrows(journal, Math.ceil(rng.uniform() * MOST_BYTES));
      // A machine with more to do pauses now and then: then a little later.
      while (!(await grows(journal))) await untilItGrows(journal, 1);
      killed.whileWriting += 1;
    } else {
      await pause(rng.uniform() * MOST_START_MS);
      killed.atAnyMoment += 1;
      if (await grows(journal)) killed.whileWriting += 1;
    }
    if (victim === "server") {
      await killServer();
      killed.server += 1;
      server = startServer();
    } else {
      await killTrainer();
      killed.trainer += 1;
      trainer = startTrainer(home, ["resume", runId!]);
    }
  }
  expect(killed).toMatchObject(KILLS);
  expect(killed.whileWriting).toBeGreaterThanOrEqual(40);

  // The last attempt is let end in good order, and judged.
  await Promise.all([server.answers, untilItGrows(journal, 1)]);
  await untilTrue(async () => (await run()).status === "running");
  await client.runs.end.mutate({ id: runId!, action: "stop" });
  expect(await trainer.ended()).toBe(0);
  await untilTrue(async () => {
    const { status } = await run();
    const { artifacts } = await client.runs.artifacts.query({ runId: runId! });
    // Checkpoints stay where they are.
    const files = artifacts.filter(({ path }) => !path.startsWith("checkpoints/"));
    return status === "stopped" && files.length > 0 && files.every(({ stored }) => stored);
  });
  const compared = await compareRecord({ home, client, runId: runId! });
  expect(compared.attempts).toBeGreaterThan(KILLS.trainer / 2);
  expect(compared.superseded).toBeGreaterThan(0);
  expect(server.complaints()).toBe("");
  console.log(`seed ${SEED}: ${JSON.stringify({ ...killed, ...compared })}`);
}, 900_000);
