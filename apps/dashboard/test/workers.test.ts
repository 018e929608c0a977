/** Two real workers against a real dashboard, with a network between them that fails, and a worker that falls asleep. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeTrainEvents, RunConfig, type TrainEvent } from "@convkit/schema";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { clientOf, type Client } from "./client-of.js";
import { startNetworkTo, type Network } from "./cut-network.js";
import { startDashboard, type DashboardProcess } from "./dashboard-process.js";
import { makePhotoFolder } from "./photo-folder.js";
import { untilTrue } from "./until-true.js";

const CONVKIT = fileURLToPath(new URL("../../trainer/dist/cli.js", import.meta.url));
const CUT_MS = 60_000;

let home: string;
let photos: string;
let dashboard: DashboardProcess;
let client: Client;
let token: string;
const workers: ChildProcess[] = [];
const networks: Network[] = [];

async function serve(flags: readonly string[]): Promise<void> {
  home = await mkdtemp(join(tmpdir(), "convkit-workers-"));
  dashboard = await startDashboard({ home, flags: ["--no-worker", ...flags] });
  client = clientOf(dashboard.url);
  token = (await client.jobs.createToken.mutate({ name: "a GPU host" })).token;
}

beforeAll(async () => {
  photos = await makePhotoFolder(await mkdtemp(join(tmpdir(), "convkit-photos-")), 60);
});

afterEach(async () => {
  for (const worker of workers.splice(0)) {
    signal(worker, "SIGCONT");
    signal(worker, "SIGKILL");
  }
  for (const network of networks.splice(0)) network.close();
  await dashboard.stop();
  await rm(home, { recursive: true, force: true });
});

afterAll(() => rm(photos, { recursive: true, force: true }));

/** Of a process group of its own, so that it can be put to sleep together with its training process. */
function startWorker(name: string, url: string): ChildProcess {
  const worker = spawn(process.execPath, [CONVKIT, "worker", "--server", url, "--name", name], {
    env: { ...process.env, CONVKIT_HOME: workerHome(name), CONVKIT_TOKEN: token },
    stdio: "ignore",
    detached: true,
  });
  workers.push(worker);
  return worker;
}

const workerHome = (name: string) => join(home, `worker-${name}`);

function signal(worker: ChildProcess, name: NodeJS.Signals): void {
  try {
    process.kill(-worker.pid!, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function startNetwork(): Promise<Network> {
  const network = await startNetworkTo(dashboard.url);
  networks.push(network);
  return network;
}

async function startRun(epochs: number): Promise<{ runId: string; jobId: string }> {
  const config = RunConfig.parse({
    data: { source: photos },
    model: "simple-cnn",
    batchSize: 16,
    epochs,
    engine: "native",
  });
  return client.jobs.train.mutate({ config });
}

async function journal(worker: string, runId: string): Promise<TrainEvent[]> {
  const path = join(workerHome(worker), "runs", runId, "events.jsonl");
  const text = await readFile(path, "utf8").catch(() => "");
  return decodeTrainEvents(text).events;
}

const run = (id: string) => client.runs.byId.query(id);

/** What a page draws of a curve. */
async function steps(runId: string): Promise<number[]> {
  const [series] = await client.runs.series.query({ runIds: [runId], keys: ["batch_loss"], points: 100_000 });
  return Array.from(series?.x ?? []);
}

const stepsOf = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.type === "step" ? [event.step] : []));

test("two workers share the queue; one that is cut off for a minute trains on and catches up", async () => {
  await serve([]);
  const network = await startNetwork();
  startWorker("cut", network.url);
  const long = await startRun(5000);
  await untilTrue(async () => (await steps(long.runId)).length > 20);

  // The other one takes the next job while the first is at work.
  const whole = startWorker("whole", dashboard.url);
  const short = await startRun(2);
  await untilTrue(async () => {
    const [job] = (await client.jobs.list.query({ ended: true })).jobs;
    return job?.id === short.jobId && job.state === "done" && job.claim?.workerName === "whole";
  });
  expect(await run(short.runId)).toMatchObject({ status: "completed", judgedSplits: ["test"] });

  network.cut();
  const cutAt = Date.now();
  const before = stepsOf(await journal("cut", long.runId)).length;
  await untilTrue(async () => Date.now() - cutAt > CUT_MS);
  const meanwhile = stepsOf(await journal("cut", long.runId));
  expect(meanwhile.length).toBeGreaterThan(before + 100);
  expect((await steps(long.runId)).length).toBeLessThan(meanwhile.length - 100);
  network.mend();
  await untilTrue(async () => (await steps(long.runId)).length >= meanwhile.length);

  await client.jobs.end.mutate({ id: long.jobId, action: "stop" });
  await untilTrue(async () => (await run(long.runId)).judgedSplits.includes("test"));
  const all = await journal("cut", long.runId);
  expect(await steps(long.runId)).toEqual(stepsOf(all));
  expect(await run(long.runId)).toMatchObject({
    status: "stopped",
    attempt: 1,
    attempts: [{ attempt: 1, fromStep: 0, events: all.length }],
  });
  // The worker gives the job back after it has delivered.
  const ended = async () =>
    (await client.jobs.list.query({ ended: true })).jobs.find(({ id }) => id === long.jobId);
  await untilTrue(async () => (await ended()) !== undefined);
  expect(await ended()).toMatchObject({ state: "done", claim: { fence: 1 } });
  // What the worker's disk held is here, byte for byte.
  const answer = await fetch(`${dashboard.url}/api/runs/${long.runId}/artifacts/model/model.json`);
  const folder = join(workerHome("cut"), "runs", long.runId);
  expect(await answer.text()).toBe(await readFile(join(folder, "model", "model.json"), "utf8"));

  // What is deleted here goes from the disk of its worker too, when that asks next: at its start, for one.
  const kept = join(workerHome("whole"), "runs", short.runId);
  expect(existsSync(kept)).toBe(true);
  const exited = once(whole, "exit");
  signal(whole, "SIGTERM");
  await exited;
  await client.runs.delete.mutate([short.runId]);
  startWorker("whole", dashboard.url);
  await untilTrue(() => Promise.resolve(!existsSync(kept)));
  expect(existsSync(folder)).toBe(true);
}, 600_000);

test("a worker that was believed dead and returns is told so, and its attempt is kept apart", async () => {
  await serve(["--heartbeat", "10"]);
  const sleeper = startWorker("sleeper", dashboard.url);
  const { runId, jobId } = await startRun(100_000);
  await untilTrue(async () => (await steps(runId)).length > 20);
  signal(sleeper, "SIGSTOP");
  await untilTrue(async () => (await run(runId)).status === "queued");

  startWorker("heir", dashboard.url);
  await untilTrue(async () => {
    const { attempt, status } = await run(runId);
    return attempt === 2 && status === "running" && (await steps(runId)).length > 5;
  });
  signal(sleeper, "SIGCONT");
  await untilTrue(async () => (await journal("sleeper", runId)).some(({ type }) => type === "runEnded"));
  const [job] = (await client.jobs.list.query({})).jobs;
  expect(job).toMatchObject({ id: jobId, state: "active", claim: { workerName: "heir", fence: 2 } });

  await client.jobs.end.mutate({ id: jobId, action: "stop" });
  await untilTrue(async () => (await run(runId)).judgedSplits.includes("test"));
  const heirs = await journal("heir", runId);
  expect(await steps(runId)).toEqual(stepsOf(heirs));
  const { attempts, status } = await run(runId);
  expect(status).toBe("stopped");
  expect(attempts.map(({ attempt, fromStep }) => ({ attempt, fromStep }))).toEqual([
    { attempt: 1, fromStep: 0 },
    { attempt: 2, fromStep: 0 },
  ]);
  expect(attempts[1]!.events).toBe(heirs.length);
}, 600_000);
