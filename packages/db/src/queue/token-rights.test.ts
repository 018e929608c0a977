import { randomUUID } from "node:crypto";
import { RunConfig } from "@convkit/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectionsOf } from "../database.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { wholeRun } from "../../test/made-run.js";
import { claimNextJob, completeJob } from "./claims.js";
import { enqueueJob } from "./jobs.js";
import { openQueue, type Queue } from "./open-queue.js";
import { checkClaimHolder, checkMayReport, checkWorkerHolder, type TokenHolder } from "./token-rights.js";
import {
  createApiToken,
  createLocalToken,
  findApiToken,
  listApiTokens,
  listWorkers,
  registerWorker,
  revokeApiToken,
} from "./workers.js";

const CONFIG = RunConfig.parse({ data: { source: "./shapes" }, model: "simple-cnn" });
const LOCAL: TokenHolder = { tokenId: null, isLocal: true };

let test: TestDatabase;
let queue: Queue;
let mine: TokenHolder;
let yours: TokenHolder;
const problems: string[] = [];
beforeAll(async () => {
  test = await createTestDatabase();
  queue = await openQueue(test.database, { heartbeatSeconds: 10, onProblem: (text) => problems.push(text) });
  mine = await makeHolder("mine");
  yours = await makeHolder("yours");
});
afterAll(async () => {
  await queue.close();
  await test.database.close();
  expect(problems).toEqual([]);
});

async function makeHolder(name: string): Promise<TokenHolder> {
  return { tokenId: (await createApiToken(test.database, name)).id, isLocal: false };
}

async function makeWorker(holder: TokenHolder, id: string = randomUUID()): Promise<string> {
  const description = { id, name: "w", version: "0.0.0", kinds: ["train" as const], home: null };
  await registerWorker(test.database, { ...description, engines: [], datasets: [], models: [] }, holder);
  return id;
}

async function claimed(runId: string, workerId: string) {
  const job = { kind: "train" as const, runId, config: CONFIG };
  await enqueueJob(queue, job, { onlyWorker: workerId });
  return (await claimNextJob(queue, { workerId, kinds: ["train"] }))!;
}

describe("tokens", () => {
  it("are kept as hashes, found while they are not revoked, and noted when used", async () => {
    const { id, token } = await createApiToken(test.database, "GPU host");
    expect(token).toMatch(/^convkit_[\w-]{43}$/);
    const { rows } = await connectionsOf(test.database).pool.query(
      "SELECT row_to_json(api_token)::text FROM api_token",
    );
    expect(JSON.stringify(rows)).not.toContain(token);
    expect((await listApiTokens(test.database))[0]).toMatchObject({ id, name: "GPU host", lastUsedAt: null });
    expect(await findApiToken(test.database, token)).toEqual({ id, name: "GPU host", localHome: null });
    expect((await listApiTokens(test.database))[0]?.lastUsedAt).toEqual(expect.any(Number));
    expect(await findApiToken(test.database, `${token}x`)).toBeNull();
    await revokeApiToken(test.database, id);
    expect(await findApiToken(test.database, token)).toBeNull();
  });

  it("of a dashboard's own worker replace those of its earlier starts, and no other's", async () => {
    const killed = await createLocalToken(test.database, "/a");
    const other = await createLocalToken(test.database, "/b");
    const now = await createLocalToken(test.database, "/a");
    expect(await findApiToken(test.database, killed.token)).toBeNull();
    expect(await findApiToken(test.database, other.token)).toMatchObject({ localHome: "/b" });
    expect(await findApiToken(test.database, now.token)).toMatchObject({ id: now.id, localHome: "/a" });
  });
});

describe("a token's workers", () => {
  it("are its own: another token neither takes their name nor their jobs", async () => {
    const worker = await makeWorker(mine);
    await makeWorker(mine, worker);
    await expect(makeWorker(yours, worker)).rejects.toThrow(
      "Expected a worker that was registered with this token",
    );
    const claim = await claimed("held", worker);
    await checkWorkerHolder(test.database, worker, mine);
    await checkClaimHolder(test.database, claim, mine);
    const calls = [
      () => checkWorkerHolder(test.database, worker, yours),
      () => checkWorkerHolder(test.database, randomUUID(), mine),
      () => checkWorkerHolder(test.database, worker, { tokenId: null, isLocal: false }),
      () => checkClaimHolder(test.database, claim, yours),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow("delete worker.json in its home");
    // A claim that there is not is told so by whoever looks for it.
    await checkClaimHolder(test.database, { jobId: claim.jobId, fence: 9 }, yours);
    await completeJob(queue, claim);
    const workers = await listWorkers(test.database);
    expect(workers.find(({ description }) => description.id === worker)).toMatchObject({ token: "mine" });
  });

  it("come with a new token once the old one was revoked, but not in the local worker's place", async () => {
    const [old, next] = [await makeHolder("old"), await makeHolder("next")];
    const worker = await makeWorker(old);
    await revokeApiToken(test.database, old.tokenId!);
    await makeWorker(next, worker);
    await checkWorkerHolder(test.database, worker, next);

    const first = await createLocalToken(test.database, "/home");
    const local = await makeWorker({ tokenId: first.id, isLocal: true });
    const second = await createLocalToken(test.database, "/home");
    await expect(makeWorker(yours, local)).rejects.toThrow("Expected a worker");
    await makeWorker({ tokenId: second.id, isLocal: true }, local);
    await makeWorker(LOCAL, local);
    await expect(makeWorker(yours, local)).rejects.toThrow("Expected a worker");
  });
});

describe("events", () => {
  const may = (runId: string, holder: TokenHolder, attempt = 1) =>
    checkMayReport(test.database, wholeRun({ runId, attempt }), holder);

  it("come from the token whose worker claimed the run", async () => {
    const worker = await makeWorker(mine);
    await enqueueJob(queue, { kind: "train", runId: "waits", config: CONFIG });
    await expect(may("waits", mine)).rejects.toThrow("Expected a run that this token's workers have claimed");
    await claimed("claimed", worker);
    await may("claimed", mine);
    await expect(may("claimed", yours)).rejects.toThrow("Received: claimed.");
    await may("claimed", LOCAL);
  });

  it("of a run of no job come from the token that told of it first", async () => {
    await may("of no job", yours);
    await ingestEvents(test.database, wholeRun({ runId: "of no job" }));
    await may("of no job", yours);
    await expect(may("of no job", mine)).rejects.toThrow("the first to report");
    // Also before the run has a row.
    await may("early", mine);
    await ingestEvents(test.database, wholeRun({ runId: "early" }).slice(1));
    await expect(may("early", yours)).rejects.toThrow("the first to report");
    // Nor may a token take over what this machine's user or another journal told of.
    await ingestEvents(test.database, wholeRun({ runId: "the user's" }));
    await expect(may("the user's", mine)).rejects.toThrow("the first to report");
  });

  it("of a run in a folder of the server's machine come from there, but for an attempt that was claimed", async () => {
    await may("local", mine);
    await ingestEvents(test.database, wholeRun({ runId: "local" }), { folder: "/home/runs/local" });
    await expect(may("local", mine)).rejects.toThrow("whose journal the server reads itself");
    await may("local", LOCAL);

    const claim = await claimed("taken-over", await makeWorker(mine));
    await ingestEvents(test.database, wholeRun({ runId: "taken-over", attempt: 7 }), {
      folder: "/home/runs/x",
    });
    await may("taken-over", mine, claim.attempt!);
    await expect(may("taken-over", mine, 7)).rejects.toThrow("whose journal the server reads itself");
  });
});
