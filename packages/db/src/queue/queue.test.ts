import { randomUUID } from "node:crypto";
import { RunConfig, type Job } from "@convkit/schema";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { connectionsOf } from "../database.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { deleteRuns } from "../runs/delete-runs.js";
import { getRun } from "../runs/get-run.js";
import { createDiskBlobStore } from "../blobs/disk-blob-store.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { ended, eventsOf, started, wholeRun } from "../../test/made-run.js";
import { claimNextJob, completeJob, failJob, heartbeat } from "./claims.js";
import { endJob, enqueueJob, findJobOfRun, listJobs, prioritizeJob, type ListJobsQuery } from "./jobs.js";
import { openQueue, type Queue } from "./open-queue.js";
import { resumeRun } from "./resume-run.js";
import { settleLostJobs } from "./settle-lost-jobs.js";
import { registerWorker } from "./workers.js";

let test: TestDatabase;
let queue: Queue;
const problems: string[] = [];
beforeAll(async () => {
  test = await createTestDatabase();
  queue = await openQueue(test.database, { heartbeatSeconds: 10, onProblem: (text) => problems.push(text) });
});
afterAll(async () => {
  await queue.close();
  await test.database.close();
  expect(problems).toEqual([]);
});

const CONFIG = RunConfig.parse({ data: { source: "./shapes" }, model: "simple-cnn", tags: ["made here"] });
const jobs = async (query?: ListJobsQuery) => (await listJobs(test.database, query)).jobs;
const training = (runId: string): Job => ({ kind: "train", runId, config: CONFIG });

async function makeWorker(name: string, home: string | null = null): Promise<string> {
  const id = randomUUID();
  const description = {
    id,
    name,
    version: "0.0.0",
    kinds: ["train" as const],
    engines: [],
    datasets: [],
    models: [],
    home,
  };
  await registerWorker(test.database, description, { tokenId: null, isLocal: true });
  return id;
}

/** As if the worker had not been heard of for longer than is allowed; people are not told yet. */
async function lapse(jobId: string): Promise<void> {
  await connectionsOf(test.database).pool.query(
    "UPDATE pgboss.job SET heartbeat_on = now() - interval '1 hour' WHERE id = $1",
    [jobId],
  );
  await vi.waitFor(
    async () => {
      await queue.boss.supervise();
      const { rows } = await connectionsOf(test.database).pool.query<{ state: string }>(
        "SELECT state FROM pgboss.job WHERE id = $1",
        [jobId],
      );
      expect(rows[0]?.state).not.toBe("active");
    },
    { timeout: 30_000, interval: 200 },
  );
}

async function silence(jobId: string): Promise<void> {
  await lapse(jobId);
  await settleLostJobs(queue);
}

const claim = (workerId: string) => claimNextJob(queue, { workerId, kinds: ["train"] });

describe("the queue", () => {
  it("makes a run of a job, and hands it to one of many workers that ask at once", async () => {
    const workers = await Promise.all(["a", "b", "c", "d"].map((name) => makeWorker(name)));
    const jobId = await enqueueJob(queue, training("once"));
    expect(await getRun(test.database, "once")).toMatchObject({
      status: "queued",
      tags: ["made here"],
      attempt: 0,
    });
    const claims = (await Promise.all(workers.map(claim))).filter((found) => found !== null);
    expect(claims).toEqual([{ jobId, job: training("once"), fence: 1, attempt: 1, heartbeatSeconds: 10 }]);
    expect(await heartbeat(queue, { jobId, fence: 1 })).toEqual({ directive: "continue", reason: "" });
    await ingestEvents(test.database, wholeRun({ runId: "once" }));
    await completeJob(queue, { jobId, fence: 1 });
    expect(await jobs({ ended: true })).toMatchObject([{ id: jobId, state: "done" }]);
    expect(await findJobOfRun(test.database, "once")).toBeNull();
    expect((await getRun(test.database, "once")).status).toBe("completed");
  });

  it("hands out higher priorities first, then the older", async () => {
    const worker = await makeWorker("ordered");
    const low = await enqueueJob(queue, training("low"), { priority: -1 });
    const first = await enqueueJob(queue, training("first"));
    const second = await enqueueJob(queue, training("second"));
    const urgent = await enqueueJob(queue, training("urgent"));
    await prioritizeJob(queue, urgent, 5);
    expect((await jobs()).map(({ id }) => id)).toEqual([urgent, first, second, low]);
    for (const jobId of [urgent, first, second, low]) {
      expect(await claim(worker)).toMatchObject({ jobId });
      await completeJob(queue, { jobId, fence: 1 });
    }
    expect(await claim(worker)).toBeNull();
  });

  it("keeps a job for the only worker that may take it", async () => {
    const [owner, other] = [await makeWorker("owner"), await makeWorker("other")];
    const jobId = await enqueueJob(queue, training("mine"), { onlyWorker: owner });
    expect(await jobs()).toMatchObject([{ onlyWorker: { id: owner, name: "owner" } }]);
    expect(await claim(other)).toBeNull();
    expect(await claim(owner)).toMatchObject({ jobId });
    await completeJob(queue, { jobId, fence: 1 });
  });

  it("gives a lost worker's job to another, and tells the lost one when it comes back", async () => {
    const [lost, next] = [await makeWorker("lost"), await makeWorker("next")];
    const jobId = await enqueueJob(queue, training("fenced"));
    expect(await claim(lost)).toMatchObject({ jobId, fence: 1, attempt: 1 });
    await silence(jobId);
    expect(await getRun(test.database, "fenced")).toMatchObject({ status: "queued" });
    expect((await heartbeat(queue, { jobId, fence: 1 })).directive).toBe("lost");

    expect(await claim(next)).toMatchObject({ jobId, fence: 2, attempt: 2 });
    expect((await heartbeat(queue, { jobId, fence: 1 })).directive).toBe("lost");
    await expect(completeJob(queue, { jobId, fence: 1 })).rejects.toThrow(
      "after which another worker took the job",
    );
    await expect(failJob(queue, { jobId, fence: 1 }, { reason: "late", retry: true })).rejects.toThrow(
      "claim 1",
    );
    expect((await heartbeat(queue, { jobId, fence: 2 })).directive).toBe("continue");

    // What both have trained: the attempt of the one that took over is the one that counts.
    await ingestEvents(test.database, wholeRun({ runId: "fenced", attempt: 2 }).slice(0, 4));
    await ingestEvents(test.database, wholeRun({ runId: "fenced", attempt: 1 }));
    expect(await getRun(test.database, "fenced")).toMatchObject({ attempt: 2, status: "running", step: 3 });
    await completeJob(queue, { jobId, fence: 2 });
    expect(await jobs({ ended: true, limit: 1 })).toMatchObject([
      { id: jobId, state: "done", claim: { workerName: "next", fence: 2 } },
    ]);
  });

  it("takes a job for done whose worker was lost after it had ended the run", async () => {
    const worker = await makeWorker("almost done");
    const jobId = await enqueueJob(queue, training("ended"));
    await claim(worker);
    await ingestEvents(test.database, wholeRun({ runId: "ended" }));
    await silence(jobId);
    expect(await getRun(test.database, "ended")).toMatchObject({ status: "completed", attempt: 1 });
    expect(await jobs({ ended: true, limit: 1 })).toMatchObject([{ id: jobId, state: "done" }]);
    expect(await claim(worker)).toBeNull();
  });

  it("trains no run again whose worker fell silent, or failed, after the run's end", async () => {
    const worker = await makeWorker("quick");
    const silent = await enqueueJob(queue, training("silent"));
    await claim(worker);
    await ingestEvents(test.database, wholeRun({ runId: "silent" }));
    await lapse(silent);
    // What waits behind it is handed out at once.
    const next = await enqueueJob(queue, training("behind"));
    expect(await claim(worker)).toMatchObject({ jobId: next });
    await completeJob(queue, { jobId: next, fence: 1 });
    expect((await jobs({ ended: true })).find(({ id }) => id === silent)).toMatchObject({ state: "done" });
    expect((await getRun(test.database, "silent")).attempts).toHaveLength(1);

    const crashed = await enqueueJob(queue, training("crashed"));
    await claim(worker);
    await ingestEvents(test.database, eventsOf({ runId: "crashed" }, [started(), ended("stopped")]));
    await failJob(queue, { jobId: crashed, fence: 1 }, { reason: "killed by SIGSEGV", retry: true });
    expect(await claim(worker)).toBeNull();
    expect(await jobs({ ended: true, limit: 1 })).toMatchObject([
      { id: crashed, state: "done", reason: "killed by SIGSEGV" },
    ]);
    expect(await getRun(test.database, "crashed")).toMatchObject({ status: "stopped", attempt: 1 });
  });

  it("goes on with a run that was cut off, on the worker that holds it, and once", async () => {
    const home = "/home/of/the/dashboard";
    const [old, local] = [await makeWorker("before", home), await makeWorker("local", home)];
    await ingestEvents(test.database, eventsOf({ runId: "cut" }, [started(), ended("interrupted")]), {
      folder: `${home}/runs/cut`,
    });
    const jobId = await resumeRun(queue, "cut", home);
    await expect(resumeRun(queue, "cut", home)).rejects.toThrow("which is queued");
    // A worker that was shut down says so, also late; the job waits all the same.
    await ingestEvents(
      test.database,
      eventsOf({ runId: "cut", attempt: 2 }, [started(), ended("interrupted")]),
    );
    expect(await getRun(test.database, "cut")).toMatchObject({ status: "queued", endedAt: null });
    expect(await claim(old)).toBeNull();
    expect(await claim(local)).toMatchObject({ jobId, job: { runId: "cut" } });
    await completeJob(queue, { jobId, fence: 1 });
  });

  it.each(["completed", "stopped"] as const)("does not go on with a run that is %s", async (status) => {
    const runId = `over ${status}`;
    await ingestEvents(test.database, eventsOf({ runId }, [started(), ended(status)]));
    await expect(resumeRun(queue, runId, "/home")).rejects.toThrow(`which is ${status}`);
  });

  it("hands out what takes seconds before what takes days", async () => {
    const worker = await makeWorker("of all kinds");
    const long = await enqueueJob(queue, training("of-days"), { priority: 10 });
    const short = await enqueueJob(queue, { kind: "inspect", source: "./shapes", contentHash: "abc" });
    const kinds = ["train", "inspect"] as const;
    expect(await claimNextJob(queue, { workerId: worker, kinds })).toMatchObject({ jobId: short });
    await completeJob(queue, { jobId: short, fence: 1 });
    expect(await claimNextJob(queue, { workerId: worker, kinds })).toMatchObject({ jobId: long });
    await completeJob(queue, { jobId: long, fence: 1 });
  });

  it("gives up on a job whose workers are lost again and again", async () => {
    const worker = await makeWorker("unlucky");
    const jobId = await enqueueJob(queue, training("doomed"));
    for (let fence = 1; fence <= 4; fence += 1) {
      expect(await claim(worker)).toMatchObject({ jobId, fence, attempt: fence });
      await silence(jobId);
    }
    expect(await claim(worker)).toBeNull();
    expect(await getRun(test.database, "doomed")).toMatchObject({ status: "lost" });
    expect(await jobs({ ended: true, limit: 1 })).toMatchObject([{ id: jobId, state: "failed" }]);
  });

  it("tries again what another worker may manage, and nothing else", async () => {
    const worker = await makeWorker("careful");
    const jobId = await enqueueJob(queue, training("retried"));
    await claim(worker);
    // A worker that is shut down says so in its journal before it gives the job back.
    await ingestEvents(test.database, eventsOf({ runId: "retried" }, [started(), ended("interrupted")]));
    expect(await getRun(test.database, "retried")).toMatchObject({ status: "interrupted" });
    await failJob(queue, { jobId, fence: 1 }, { reason: "out of memory", retry: true });
    expect(await getRun(test.database, "retried")).toMatchObject({ status: "queued", endedAt: null });
    expect(await claim(worker)).toMatchObject({ jobId, fence: 2 });
    await failJob(queue, { jobId, fence: 2 }, { reason: "no such data set", retry: false });
    expect(await claim(worker)).toBeNull();
    expect(await getRun(test.database, "retried")).toMatchObject({
      status: "failed",
      reason: "no such data set",
    });
  });

  it("is given back by workers that are shut down as often as need be", async () => {
    const worker = await makeWorker("restarted");
    const jobId = await enqueueJob(queue, training("patient"));
    for (let fence = 1; fence <= 8; fence += 1) {
      expect(await claim(worker)).toMatchObject({ jobId, fence });
      await failJob(
        queue,
        { jobId, fence },
        { reason: "The worker was stopped.", retry: true, givenBack: true },
      );
    }
    for (let fence = 9; fence <= 12; fence += 1) {
      expect(await claim(worker)).toMatchObject({ jobId, fence });
      await failJob(queue, { jobId, fence }, { reason: "out of memory", retry: true });
    }
    expect(await claim(worker)).toBeNull();
    expect(await getRun(test.database, "patient")).toMatchObject({ status: "failed" });
  });

  it("cancels a job that waits at once, and tells the worker of one that is at work", async () => {
    const worker = await makeWorker("obedient");
    const waiting = await enqueueJob(queue, training("cancelled"));
    await endJob(queue, waiting, { action: "cancel", reason: "not needed" });
    expect(await claim(worker)).toBeNull();
    expect(await getRun(test.database, "cancelled")).toMatchObject({
      status: "interrupted",
      reason: "not needed",
    });
    await expect(endJob(queue, waiting, { action: "stop", reason: "again" })).rejects.toThrow(
      "which is cancelled",
    );

    const active = await enqueueJob(queue, training("stopped"));
    await claim(worker);
    await endJob(queue, active, { action: "stop", reason: "good enough" });
    expect(await heartbeat(queue, { jobId: active, fence: 1 })).toEqual({
      directive: "stop",
      reason: "good enough",
    });
    await completeJob(queue, { jobId: active, fence: 1 });
  });

  it("calls a run interrupted whose worker was told to end it before it began, and keeps what one says itself", async () => {
    const worker = await makeWorker("prompt");
    const early = await enqueueJob(queue, training("early"));
    await claim(worker);
    await endJob(queue, early, { action: "cancel", reason: "not needed" });
    await completeJob(queue, { jobId: early, fence: 1 });
    expect(await getRun(test.database, "early")).toMatchObject({
      status: "interrupted",
      reason: "not needed",
      endedAt: expect.any(Number),
    });
    const [job] = await jobs({ ended: true, limit: 1 });
    expect(job).toMatchObject({ id: early, state: "cancelled", reason: "not needed" });

    const begun = await enqueueJob(queue, training("begun"));
    await claim(worker);
    await ingestEvents(test.database, eventsOf({ runId: "begun" }, [started()]));
    await endJob(queue, begun, { action: "cancel", reason: "not needed" });
    await completeJob(queue, { jobId: begun, fence: 1 });
    expect(await getRun(test.database, "begun")).toMatchObject({ status: "running" });
  });

  it("does not end a job that takes longer than the day that pg-boss grants", async () => {
    const worker = await makeWorker("patient");
    const jobId = await enqueueJob(queue, training("long"));
    await claim(worker);
    await connectionsOf(test.database).pool.query(
      "UPDATE pgboss.job SET started_on = now() - interval '400 days' WHERE id = $1",
      [jobId],
    );
    await connectionsOf(test.database).pool.query("UPDATE pgboss.queue SET monitor_on = NULL");
    await queue.boss.supervise();
    expect((await heartbeat(queue, { jobId, fence: 1 })).directive).toBe("continue");
    await completeJob(queue, { jobId, fence: 1 });
  });

  it("forgets the job of a deleted run", async () => {
    const worker = await makeWorker("tidy");
    await enqueueJob(queue, training("deleted"));
    const blobs = createDiskBlobStore("/nowhere");
    await deleteRuns(test.database, ["deleted"], { blobs, home: "/nowhere" });
    expect(await claim(worker)).toBeNull();
    expect(await jobs()).toEqual([]);
  });

  it("refuses a second run of an id", async () => {
    await expect(enqueueJob(queue, training("once"))).rejects.toThrow("Received: once, which there is");
  });
});
