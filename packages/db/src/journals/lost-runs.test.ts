import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readlinkSync } from "node:fs";
import { rm, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { AttemptHolder } from "@convkit/schema";
import { machineName, RunConfig, startTimeInStat } from "@convkit/schema";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { makeHome, type MadeHome } from "../../test/made-home.js";
import { ended, eventsOf, epochEnded, started, step } from "../../test/made-run.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { claimNextJob } from "../queue/claims.js";
import { enqueueJob } from "../queue/jobs.js";
import { openQueue } from "../queue/open-queue.js";
import { resumeRun } from "../queue/resume-run.js";
import { registerWorker } from "../queue/workers.js";
import { getRun } from "../runs/get-run.js";
import { findUnattendedRuns, settleUnattendedRun } from "./lost-runs.js";
import { readJournals, watchJournals } from "./watch-journals.js";

const RUN = "killed";
const onLinux = process.platform === "linux";
let test: TestDatabase;
let made: MadeHome;
beforeEach(async () => {
  test = await createTestDatabase();
  made = await makeHome();
});
afterEach(async () => {
  await test.database.close();
  await made.remove();
});

const onProblem = ({ path, message }: { path: string; message: string }) => {
  throw new Error(`${path}: ${message}`);
};
const look = () => readJournals(test.database, { ...made, onProblem });
const run = () => getRun(test.database, RUN);
const status = async () => (await run()).status;

/** As the trainer writes it for the process. */
function holderOf(pid: number): AttemptHolder {
  return {
    formatVersion: 1,
    pid,
    machine: machineName(hostname(), onLinux ? readlinkSync("/proc/self/ns/pid") : null),
    startTime: onLinux ? startTimeInStat(readFileSync(`/proc/${pid}/stat`, "utf8")) : null,
  };
}

const deadHolder = (): AttemptHolder => ({
  ...holderOf(process.pid),
  pid: spawnSync(process.execPath, ["--version"]).pid,
});

async function lock(holder: AttemptHolder | string): Promise<void> {
  await made.write(RUN, "attempt.lock/token", typeof holder === "string" ? holder : JSON.stringify(holder));
}

const unlock = () => rm(join(made.home, "runs", RUN, "attempt.lock"), { recursive: true, force: true });

/** So long nobody has written to it that it is no copy in the making. */
async function beStill(): Promise<void> {
  const minuteAgo = Date.now() / 1000 - 60;
  await utimes(join(made.home, "runs", RUN, "events.jsonl"), minuteAgo, minuteAgo);
}

const ATTEMPT = eventsOf({ runId: RUN }, [
  started(),
  step(1, 0.9),
  step(2, 0.8),
  epochEnded(1, { loss: 0.8 }),
]);

describe("a run whose process was killed", () => {
  it("is lost as soon as it is looked at, and at the time of its last word", async () => {
    const process = spawn(globalThis.process.execPath, ["--eval", "setInterval(() => {}, 1000)"]);
    onTestFinished(() => void process.kill("SIGKILL"));
    await once(process, "spawn");
    await lock(holderOf(process.pid!));
    await made.append(RUN, ATTEMPT);
    await look();
    expect(await status()).toBe("running");
    process.kill("SIGKILL");
    await once(process, "close");
    await look();
    const { endedAt, reason } = await run();
    expect(await status()).toBe("lost");
    expect(endedAt).toBe(ATTEMPT.at(-1)!.timestamp);
    expect(reason).toContain("gone without a last word");
  });

  it("is lost while it is watched, and runs again when it says more", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const watching = watchJournals(test.database, { ...made, signal, intervalMs: 5, onProblem });
    await lock(deadHolder());
    await made.append(RUN, ATTEMPT);
    await vi.waitFor(async () => expect(await status()).toBe("lost"), { timeout: 60_000 });
    await lock(holderOf(process.pid));
    await made.append(
      RUN,
      eventsOf({ runId: RUN, attempt: 2 }, [{ type: "resumed", fromStep: 2, fromEpoch: 1 }]),
    );
    await vi.waitFor(async () => expect(await status()).toBe("running"), { timeout: 60_000 });
    controller.abort();
    await watching;
  });

  it("is lost without a lock, too, once its journal is still", async () => {
    await made.append(RUN, ATTEMPT);
    await look();
    expect(await status()).toBe("running");
    await beStill();
    await look();
    expect(await status()).toBe("lost");
  });

  it("runs again when more of the same attempt comes, or a new one begins", async () => {
    await lock(deadHolder());
    await made.append(RUN, ATTEMPT.slice(0, 2));
    await look();
    expect(await run()).toMatchObject({ status: "lost", attempt: 1 });
    await lock(holderOf(process.pid));
    await made.append(RUN, ATTEMPT.slice(2));
    await look();
    expect(await run()).toMatchObject({ status: "running", reason: "", endedAt: null, step: 5 });
    await lock(deadHolder());
    await look();
    expect(await status()).toBe("lost");
    await lock(holderOf(process.pid));
    const resumed = { type: "resumed", fromStep: 5, fromEpoch: 1 } as const;
    await made.append(RUN, eventsOf({ runId: RUN, attempt: 2 }, [resumed]));
    await look();
    expect(await run()).toMatchObject({ status: "running", reason: "", endedAt: null, attempt: 2 });
  });

  it("ended well if its journal says so that was not read yet", async () => {
    await lock(holderOf(process.pid));
    await made.append(RUN, ATTEMPT);
    await look();
    await made.append(RUN, [{ ...ended(), runId: RUN, attempt: 1, sequence: 4, timestamp: Date.now() }]);
    await unlock();
    await beStill();
    await look();
    expect(await status()).toBe("completed");
  });

  it("runs on if an attempt began between the two looks", async () => {
    await lock(deadHolder());
    await made.append(RUN, ATTEMPT);
    const [first, second] = [ATTEMPT, eventsOf({ runId: RUN, attempt: 2 }, [started()])];
    await ingestEvents(test.database, first, { folder: join(made.home, "runs", RUN) });
    const [missed] = await findUnattendedRuns(test.database, join(made.home, "runs"));
    expect(missed).toMatchObject({ runId: RUN, attempt: 1 });
    await ingestEvents(test.database, second, { folder: join(made.home, "runs", RUN) });
    await settleUnattendedRun(test.database, missed!);
    expect(await status()).toBe("running");
    await lock(holderOf(process.pid));
    await settleUnattendedRun(test.database, { ...missed!, attempt: 2 });
    expect(await status()).toBe("running");
  });

  it.each([
    ["on another machine", () => ({ ...deadHolder(), machine: "elsewhere" })],
    ["in another container", () => ({ ...deadHolder(), machine: `${hostname()} pid:[1]` })],
    ["whose lock a newer version wrote", () => JSON.stringify({ ...deadHolder(), formatVersion: 2 })],
    ["whose lock is half there", () => "{"],
  ])("is left alone if it is one %s", async (_, holder) => {
    await lock(holder());
    await made.append(RUN, ATTEMPT);
    await beStill();
    await look();
    await look();
    expect(await status()).toBe("running");
  });

  it("is left alone if it is not of this machine", async () => {
    await ingestEvents(test.database, ATTEMPT);
    await made.append("beside", eventsOf({ runId: "beside" }, [started(), ended()]));
    await look();
    expect(await status()).toBe("running");
  });
});

describe("the queue", () => {
  it("judges what its workers train, and goes on with what was lost", async () => {
    const queue = await openQueue(test.database, { onProblem: (text) => expect.fail(text) });
    onTestFinished(() => queue.close());
    const worker = {
      id: "01890000-0000-7000-8000-000000000001",
      name: "local",
      version: "0.0.0",
      kinds: ["train" as const],
      engines: [],
      datasets: [],
      models: [],
      home: made.home,
    };
    await registerWorker(test.database, worker, { tokenId: null, isLocal: true });
    const config = RunConfig.parse({ data: { source: "./shapes" }, model: "simple-cnn" });
    const claim = () => claimNextJob(queue, { workerId: worker.id, kinds: ["train"] });
    await enqueueJob(queue, { kind: "train", runId: "its-own", config });
    const own = await claim();
    expect(own).toMatchObject({ job: { runId: "its-own" }, attempt: 1 });
    await made.append("its-own", eventsOf({ runId: "its-own" }, [started(), step(1, 0.9)]));
    await made.write("its-own", "attempt.lock/token", JSON.stringify(deadHolder()));
    await lock(deadHolder());
    await made.append(RUN, ATTEMPT);
    await look();
    expect(await getRun(test.database, "its-own")).toMatchObject({ status: "running" });
    expect(await status()).toBe("lost");

    await resumeRun(queue, RUN, made.home);
    await look();
    expect(await status()).toBe("queued");
    expect(await claim()).toMatchObject({ job: { runId: RUN }, attempt: 2 });
    const resumed = { type: "resumed", fromStep: 5, fromEpoch: 1 } as const;
    await made.append(RUN, eventsOf({ runId: RUN, attempt: 2 }, [resumed]));
    await look();
    await look();
    expect(await run()).toMatchObject({ status: "running", attempt: 2 });
  });
});
