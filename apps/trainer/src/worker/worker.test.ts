/** `convkit worker` as a process of its own, at a server in memory. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { startQueueServer } from "../fixtures/queue-server.js";
import { childrenOf, CLI, makeFolder, runConvkit, type Running } from "../fixtures/run-convkit.js";
import {
  eventually,
  expectDelivered,
  makeHome,
  runFolder,
  startWorker,
  tinyJob,
  typesOf,
} from "../fixtures/run-worker.js";
import { writePictures } from "../fixtures/write-pictures.js";

// Each starts several processes that load tfjs, on whatever machine.
vi.setConfig({ testTimeout: 300_000 });

let pictures = "";

beforeAll(async () => {
  pictures = await writePictures(makeFolder());
});

const trainJob = (changes?: Record<string, unknown>) => tinyJob({ source: pictures }, changes);

/** Trains until somebody ends it. */
const endless = () => trainJob({ epochs: 100_000 });

it("trains what the queue holds, and delivers the run and its files", async () => {
  const server = await startQueueServer();
  server.tokens = new Set(["convkit_good"]);
  const job = trainJob();
  const queued = server.add(job);
  const folder = makeHome();
  const worker = startWorker(server, folder, ["--once", "--name=gpu", "--token=convkit_good"]);
  expect(await worker.finished).toMatchObject({ exitCode: 0, stderr: "" });
  expect(queued).toMatchObject({ state: "done", fence: 1 });
  expectDelivered(server, folder, job);
  const saved = server
    .eventsOf(job.runId)
    .flatMap((event) => (event.type === "artifactSaved" ? [event] : []));
  expect(saved.length).toBeGreaterThan(4);
  expect(saved.filter(({ sha256 }) => !server.blobs.has(sha256))).toEqual([]);
  expect([...server.workers.values()]).toEqual([
    expect.objectContaining({ name: "gpu", home: null, kinds: ["train", "evaluate", "inspect"] }),
  ]);
  expect(JSON.parse(readFileSync(join(runFolder(folder, job), "claim.json"), "utf8"))).toEqual({
    formatVersion: 1,
    jobId: queued.id,
    server: server.url,
    fence: 1,
  });
  // Nothing is left lying about.
  expect(
    readdirSync(join(folder, ".convkit"))
      .filter((name) => name !== "datasets")
      .sort(),
  ).toEqual(["runs", "worker.json"]);
});

it("reads no journal to a server that reads it itself", async () => {
  const server = await startQueueServer();
  const job = trainJob();
  const queued = server.add(job);
  const folder = makeHome();
  expect(await startWorker(server, folder, ["--once", "--local"]).finished).toMatchObject({ exitCode: 0 });
  expect(queued.state).toBe("done");
  expect([...server.workers.values()]).toMatchObject([{ home: join(folder, ".convkit") }]);
  expect([server.events, server.blobs.size]).toEqual([[], 0]);
});

it("shares the queue with others, also of the same home", async () => {
  const server = await startQueueServer();
  // Long enough that a busy machine loses no claim.
  server.heartbeatSeconds = 12;
  const jobs = [1, 2, 3, 4].map(() => endless());
  const queued = jobs.map((job) => server.add(job));
  const folder = makeHome();
  startWorker(server, folder);
  startWorker(server, folder);
  startWorker(server);
  const begun = () => queued.filter((_, i) => typesOf(server, jobs[i]!).includes("step"));
  await eventually(() => begun().length).toBe(3);
  expect(server.workers.size).toBe(3);
  expect(new Set(begun().map(({ workerId }) => workerId)).size).toBe(3);
  expect(queued.map(({ fence }) => fence).sort()).toEqual([0, 1, 1, 1]);
  for (const job of queued) job.directive = { directive: "stop", reason: "stop was asked for by you" };
  await eventually(() => queued.map(({ state }) => state)).toEqual(["done", "done", "done", "done"]);
  expect(queued.map(({ fence }) => fence)).toEqual([1, 1, 1, 1]);
  for (const job of jobs) {
    expect(typesOf(server, job).filter((type) => type === "runEnded")).toHaveLength(1);
  }
});

it("stops and cancels a run when the queue asks for it", async () => {
  const server = await startQueueServer();
  server.heartbeatSeconds = 1;
  const [stopped, cancelled] = [endless(), endless()];
  const queued = [stopped, cancelled].map((job) => server.add(job));
  const folder = makeHome();
  startWorker(server, folder);
  await eventually(() => typesOf(server, stopped)).toContain("checkpointSaved");
  queued[0]!.directive = { directive: "stop", reason: "stop was asked for by you" };
  await eventually(() => queued[0]!.state).toBe("done");
  expect(server.eventsOf(stopped.runId).at(-1)).toMatchObject({
    type: "runEnded",
    status: "stopped",
    reason: "stop was asked for by you",
  });
  expect(typesOf(server, stopped)).toContain("evaluated");

  await eventually(() => typesOf(server, cancelled)).toContain("step");
  queued[1]!.directive = { directive: "cancel", reason: "cancel was asked for by you" };
  await eventually(() => queued[1]!.state).toBe("done");
  expect(server.eventsOf(cancelled.runId).at(-1)).toMatchObject({ type: "runEnded", status: "interrupted" });
  expect(typesOf(server, cancelled)).not.toContain("evaluated");
});

it("completes the job of a run that was cancelled before it began, which is no failure", async () => {
  const server = await startQueueServer();
  server.heartbeatSeconds = 1;
  const job = endless();
  const queued = server.add(job);
  queued.directive = { directive: "cancel", reason: "cancel was asked for by you" };
  const worker = startWorker(server, makeHome(), ["--once"]);
  // Held at its start, so that it cannot begin before it hears of it.
  await eventually(() => childrenOf(worker.process.pid ?? 0)).toHaveLength(1);
  const child = childOf(worker);
  process.kill(child, "SIGSTOP");
  await worker.line((line) => line.startsWith("cancel: "));
  process.kill(child, "SIGCONT");
  expect(await worker.finished).toMatchObject({ exitCode: 0 });
  expect(queued).toMatchObject({ state: "done", retry: null });
  expect(typesOf(server, job)).toEqual([]);
});

it("goes on from its checkpoint after it was killed, and loses and doubles nothing", async () => {
  const server = await startQueueServer();
  server.heartbeatSeconds = 2;
  const job = endless();
  const queued = server.add(job);
  const folder = makeHome();
  const first = startWorker(server, folder);
  await eventually(() => typesOf(server, job)).toContain("checkpointSaved");
  first.process.kill("SIGKILL");
  await first.finished;
  startWorker(server, folder);
  const resumed = () => server.eventsOf(job.runId).find(({ type }) => type === "resumed");
  await eventually(() => resumed()).toMatchObject({ attempt: 2, fromStep: expect.any(Number) });
  expect(resumed()).not.toMatchObject({ fromStep: 0 });
  queued.directive = { directive: "stop", reason: "enough" };
  await eventually(() => queued.state).toBe("done");
  expect(queued.fence).toBe(2);
  expectDelivered(server, folder, job);
});

it("delivers what a killed worker left, also of a run that another has by now", async () => {
  const server = await startQueueServer();
  const job = endless();
  const queued = server.add(job);
  const folder = makeHome();
  const first = startWorker(server, folder);
  await eventually(() => typesOf(server, job)).toContain("checkpointSaved");
  await server.cut();
  const child = childOf(first);
  first.process.kill("SIGKILL");
  await first.finished;
  await eventually(() => isAlive(child)).toBe(false);
  await server.mend();
  queued.state = "done";
  startWorker(server, folder);
  await eventually(() => server.eventsOf(job.runId).at(-1)).toMatchObject({ status: "interrupted" });
  expectDelivered(server, folder, job);
});

it("gives up what is another's by now, keeps it, and goes on with the next job", async () => {
  const server = await startQueueServer();
  server.heartbeatSeconds = 1;
  const [lost, next] = [endless(), trainJob()];
  const queued = server.add(lost);
  const folder = makeHome();
  const worker = startWorker(server, folder);
  await eventually(() => typesOf(server, lost)).toContain("checkpointSaved");
  // As if another worker had claimed it.
  queued.fence += 1;
  queued.attempts += 1;
  queued.beatAt = Infinity;
  const other = server.add(next);
  await worker.line((line) => line.includes("another worker's by now"));
  await eventually(() => other.state).toBe("done");
  expect(queued).toMatchObject({ state: "active", fence: 2 });
  expect(server.eventsOf(lost.runId).at(-1)).toMatchObject({
    type: "runEnded",
    status: "interrupted",
    attempt: 1,
  });
  expect(existsSync(join(runFolder(folder, lost), "checkpoints", "last"))).toBe(true);
});

it("trains on through a network that fails, and catches up", async () => {
  const server = await startQueueServer();
  const job = trainJob({ epochs: 6 });
  const queued = server.add(job);
  const folder = makeHome();
  const worker = startWorker(server, folder);
  await eventually(() => typesOf(server, job)).toContain("step");
  await server.cut();
  await worker.line((line) => line.includes("Trying on."));
  const journal = () => readFileSync(join(runFolder(folder, job), "events.jsonl"), "utf8");
  await eventually(() => journal().includes('"type":"runEnded"')).toBe(true);
  expect(typesOf(server, job)).not.toContain("runEnded");
  await server.mend();
  await eventually(() => queued.state).toBe("done");
  await worker.line((line) => line.includes("is back."));
  expectDelivered(server, folder, job);
  expect(queued.fence).toBe(1);
});

it("saves and gives the job back at the first Ctrl-C, and another goes on from nothing", async () => {
  const server = await startQueueServer();
  const job = endless();
  const queued = server.add(job);
  const folder = makeHome();
  const worker = startWorker(server, folder);
  await eventually(() => typesOf(server, job)).toContain("checkpointSaved");
  worker.process.kill("SIGINT");
  expect(await worker.finished).toMatchObject({ exitCode: 130 });
  expect(queued).toMatchObject({ state: "waiting", retry: true, reason: "The worker was stopped." });
  expectDelivered(server, folder, job);

  startWorker(server);
  await eventually(() => server.eventsOf(job.runId).filter(({ type }) => type === "runStarted").length).toBe(
    2,
  );
  expect(server.eventsOf(job.runId).at(-1)).toMatchObject({ attempt: 2 });
});

it("ends at once at the second Ctrl-C", async () => {
  const server = await startQueueServer();
  const job = endless();
  server.add(job);
  const worker = startWorker(server);
  await eventually(() => typesOf(server, job)).toContain("step");
  const child = childOf(worker);
  // A stopped process cannot save.
  process.kill(child, "SIGSTOP");
  worker.process.kill("SIGINT");
  await worker.line((line) => line.startsWith("Stopping:"));
  worker.process.kill("SIGINT");
  expect(await worker.finished).toMatchObject({ exitCode: 130 });
  await eventually(() => isAlive(child)).toBe(false);
});

it("says why a job failed, and whether to try again", async () => {
  const server = await startQueueServer();
  const wrong = server.add(tinyJob({ source: "/nowhere/photos" }));
  const job = endless();
  const killed = server.add(job);
  const worker = startWorker(server);
  await eventually(() => wrong).toMatchObject({
    state: "failed",
    retry: false,
    reason: expect.stringContaining("there is no /nowhere/photos"),
  });
  await eventually(() => typesOf(server, job)).toContain("checkpointSaved");
  killed.beatAt = Infinity;
  process.kill(childOf(worker), "SIGKILL");
  await eventually(() => killed).toMatchObject({ retry: true, reason: expect.stringContaining("SIGKILL") });
  // It goes on with it itself.
  await eventually(() => typesOf(server, job)).toContain("resumed");
});

it("completes a job whose run it had finished before it could say so", async () => {
  const server = await startQueueServer();
  const job = trainJob();
  const queued = server.add(job);
  const folder = makeHome();
  await startWorker(server, folder, ["--once"]).finished;
  queued.state = "waiting";
  expect(await startWorker(server, folder, ["--once"]).finished).toMatchObject({ exitCode: 0 });
  expect(queued).toMatchObject({ state: "done", fence: 2 });
  expect(typesOf(server, job).filter((type) => type === "runStarted")).toHaveLength(1);

  // Another had it meanwhile: what was finished here does not count any more.
  Object.assign(queued, { state: "waiting", fence: 7, attempts: 7 });
  await startWorker(server, folder, ["--once"]).finished;
  expect(queued).toMatchObject({ state: "done", fence: 8 });
  expect(server.eventsOf(job.runId).at(-1)).toMatchObject({ type: "runEnded", attempt: 8 });
  expect(readdirSync(join(folder, ".convkit", "superseded"))).toHaveLength(1);
});

it("ends when the dashboard that brought it along is gone", async () => {
  const server = await startQueueServer();
  const args = [CLI, "worker", `--server=${server.url}`, "--local"];
  const home = join(makeHome(), ".convkit");
  const program = `
    const { pid } = require("node:child_process").spawn(process.execPath, ${JSON.stringify(args)}, { stdio: "ignore" });
    console.log(pid);
    setInterval(() => undefined, 1000);`;
  const dashboard = spawn(process.execPath, ["-e", program], { env: { ...process.env, CONVKIT_HOME: home } });
  onTestFinished(() => void dashboard.kill("SIGKILL"));
  const [pid] = (await once(dashboard.stdout, "data")) as [Buffer];
  await eventually(() => server.workers.size).toBe(1);
  dashboard.kill("SIGKILL");
  await eventually(() => isAlive(Number(pid))).toBe(false);
});

it("leaves with the server's words when its token is refused", async () => {
  const server = await startQueueServer();
  server.tokens = new Set(["convkit_good"]);
  server.heartbeatSeconds = 1;
  const job = endless();
  server.add(job);
  const folder = makeHome();
  const worker = startWorker(server, folder, ["--token=convkit_good"]);
  await eventually(() => typesOf(server, job)).toContain("checkpointSaved");
  server.tokens.clear();
  const { exitCode, stderr } = await worker.finished;
  expect(exitCode).toBe(7);
  expect(stderr).toContain("Make a token on the dashboard's page of workers");
  expect(readFileSync(join(runFolder(folder, job), "events.jsonl"), "utf8")).toContain(
    '"status":"interrupted"',
  );
});

it("judges a run again where its checkpoints are, and nowhere else", async () => {
  const server = await startQueueServer();
  const job = trainJob();
  server.add(job);
  const folder = makeHome();
  await startWorker(server, folder, ["--once"]).finished;
  const again = server.add({ kind: "evaluate", runId: job.runId });
  expect(await startWorker(server, folder, ["--once"]).finished).toMatchObject({ exitCode: 0 });
  expect(again.state).toBe("done");
  expect(typesOf(server, job).filter((type) => type === "evaluated")).toHaveLength(2);
  expectDelivered(server, folder, job);

  const elsewhere = server.add({ kind: "evaluate", runId: job.runId });
  expect(await startWorker(server, makeHome(), ["--once"]).finished).toMatchObject({ exitCode: 1 });
  expect(elsewhere).toMatchObject({
    state: "failed",
    reason: expect.stringContaining("let that one judge it"),
  });
});

it("tells a server of a run that the command line started", async () => {
  const server = await startQueueServer();
  server.tokens = new Set(["convkit_good"]);
  const folder = makeFolder();
  const { config } = trainJob();
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  const args = ["train", "--config=config.json", `--server=${server.url}`, "--json"];
  const told = await runConvkit(folder, [...args, "--token=convkit_good"]);
  expect(told).toMatchObject({ exitCode: 0, stderr: "" });
  const { runId } = told.json().at(-1) as { runId: string };
  expectDelivered(server, folder, { runId });
  expect(server.blobs.size).toBeGreaterThan(4);

  const refused = await runConvkit(folder, args);
  expect(refused.exitCode).toBe(7);
  expect(refused.json().at(-1)).toMatchObject({ type: "result", status: "completed" });
  expect(refused.stdout).toContain("a call without a token");
});

/** Its training process. */
function childOf({ process: { pid = 0 } }: Running): number {
  const [child] = childrenOf(pid);
  if (child === undefined) throw new Error("Expected a worker at work. Received: one without a process.");
  return child;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
