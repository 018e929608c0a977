import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createApiToken,
  createDiskBlobStore,
  createLocalToken,
  openAccounts,
  openDatabase,
  openQueue,
} from "@convkit/db";
import { RunConfig, type TrainEvent } from "@convkit/schema";
import type { TRPCError } from "@trpc/server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createAppCaller } from "./app-router.js";
import { createRunChanges } from "./run-changes.js";
import type { ApiContext, Caller } from "./trpc.js";

const USER: Caller = { kind: "user", id: "u", name: "Ada", isAdmin: true };
const CONFIG = RunConfig.parse({ data: { source: "./shapes" }, model: "simple-cnn" });

let home: string;
let context: ApiContext;
let mine: Caller;
let yours: Caller;
let local: Caller;
const stopped = new AbortController();

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "convkit-api-"));
  const database = await openDatabase({ home, idleMs: 2000 });
  context = {
    database,
    home,
    blobs: createDiskBlobStore(join(home, "blobs")),
    queue: await openQueue(database, { onProblem: () => undefined }),
    changes: createRunChanges(database, stopped.signal),
    accounts: await openAccounts(database, {
      secret: "0123456789".repeat(4),
      baseUrl: "https://example.org",
    }),
    caller: null,
  };
  const [{ id: a }, { id: b }, { id: c }] = [
    await createApiToken(database, "mine"),
    await createApiToken(database, "yours"),
    await createLocalToken(database, home),
  ];
  mine = { kind: "worker", tokenId: a, name: "mine", isLocal: false };
  yours = { kind: "worker", tokenId: b, name: "yours", isLocal: false };
  local = { kind: "worker", tokenId: c, name: "the local worker", isLocal: true };
});
afterAll(async () => {
  stopped.abort();
  await context.queue.close();
  await context.database.close();
  await rm(home, { recursive: true, force: true });
});

const as = (caller: Caller) => createAppCaller({ ...context, caller });

const describeWorker = (id: string, at: string | null = null) => ({
  id,
  name: "gpu",
  version: "0.0.0",
  kinds: ["train" as const],
  engines: [],
  datasets: [],
  models: [],
  home: at,
});

const warning = (runId: string): TrainEvent[] => [
  { runId, attempt: 1, sequence: 1, timestamp: 0, type: "message", level: "warning", text: "hot" },
];

async function isRefused(call: Promise<unknown>, message: string): Promise<void> {
  await expect(call).rejects.toMatchObject({
    code: "FORBIDDEN",
    message: expect.stringContaining(message),
  } satisfies Partial<Record<keyof TRPCError, unknown>>);
}

it("lets a token speak for its own workers and their jobs alone", async () => {
  const id = randomUUID();
  await as(mine).workers.register(describeWorker(id));
  const { runId } = await as(USER).jobs.train({ config: CONFIG, onlyWorker: id });
  const strange = "Expected a worker that was registered with this token";
  const query = { workerId: id, kinds: ["train" as const] };
  await isRefused(as(yours).workers.register(describeWorker(id)), strange);
  await isRefused(as(yours).workers.claim(query), strange);
  const { jobId, fence } = (await as(mine).workers.claim(query))!;

  const other = randomUUID();
  await as(yours).workers.register(describeWorker(other));
  for (const workerId of [id, other]) {
    await isRefused(as(yours).workers.heartbeat({ jobId, fence, workerId }), strange);
  }
  await isRefused(as(yours).workers.complete({ jobId, fence }), strange);
  await isRefused(as(yours).workers.fail({ jobId, fence, reason: "", retry: false }), strange);
  await isRefused(as(yours).workers.ingest(warning(runId)), "Expected a run that this token's workers");

  await as(mine).workers.ingest(warning(runId));
  expect(await as(mine).workers.heartbeat({ jobId, fence, workerId: id })).toMatchObject({
    directive: "continue",
  });
  await as(mine).workers.complete({ jobId, fence });
});

it("takes the events of a run of no job from whoever told of it first", async () => {
  await as(mine).workers.ingest(warning("by-hand"));
  await as(mine).workers.ingest(warning("by-hand"));
  await isRefused(as(yours).workers.ingest(warning("by-hand")), "the first to report");
});

it("takes no worker for the local one that is not", async () => {
  for (const caller of [mine, USER]) {
    const call = as(caller).workers.register(describeWorker(randomUUID(), home));
    await isRefused(call, "Start it without --local");
  }
  await as(local).workers.register(describeWorker(randomUUID(), home));
  const alone = createAppCaller({ ...context, accounts: null, caller: USER });
  await alone.workers.register(describeWorker(randomUUID(), home));
});
