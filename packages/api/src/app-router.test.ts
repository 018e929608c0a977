import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDiskBlobStore, ingestEvents, openDatabase, openQueue, registerWorker } from "@convkit/db";
import { RunConfig, wireTransformer, type TrainEvent } from "@convkit/schema";
import { TRPCError } from "@trpc/server";
import { createHTTPServer } from "@trpc/server/adapters/standalone";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appRouter, createAppCaller } from "./app-router.js";
import { createRunChanges } from "./run-changes.js";
import type { ApiContext, Caller } from "./trpc.js";

const USER: Caller = { kind: "user", id: "u", name: "Ada", isAdmin: true };
const WORKER: Caller = {
  kind: "worker",
  tokenId: "00000000-0000-4000-8000-000000000000",
  name: "gpu",
  isLocal: false,
};

let home: string;
let context: ApiContext;
const stopped = new AbortController();
const problems: string[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "convkit-api-"));
  const database = await openDatabase({ home, idleMs: 2000 });
  context = {
    database,
    home,
    blobs: createDiskBlobStore(join(home, "blobs")),
    queue: await openQueue(database, { onProblem: (message) => problems.push(message) }),
    changes: createRunChanges(database, stopped.signal),
    accounts: null,
    caller: USER,
  };
  await ingestEvents(database, wholeRun("first"));
});
afterAll(async () => {
  stopped.abort();
  await context.queue.close();
  await context.database.close();
  await rm(home, { recursive: true, force: true });
  expect(problems).toEqual([]);
});

function wholeRun(runId: string): TrainEvent[] {
  const said = (sequence: number) => ({
    runId,
    attempt: 1,
    sequence,
    timestamp: Date.UTC(2026, 10, 26) + sequence,
  });
  return [
    {
      ...said(0),
      type: "runStarted",
      config: RunConfig.parse({ data: { source: "./shapes" }, model: "simple-cnn" }),
      dataset: {
        formatVersion: 1,
        name: "shapes",
        source: "./shapes",
        contentHash: "c0ffee",
        classNames: ["circle", "square"],
        imageShape: [8, 8, 3],
        splits: {},
        badFiles: [],
        warnings: [],
      },
      engine: { name: "native", device: "a CPU", threads: 1, versions: {} },
      model: { name: "simple-cnn", parameters: 1, trainableParameters: 1, flops: 1 },
      stepsPerEpoch: 2,
    },
    { ...said(1), type: "step", epoch: 1, step: 1, logs: { loss: NaN }, imagesPerSecond: 5 },
    { ...said(2), type: "step", epoch: 1, step: 2, logs: { loss: 0.25 }, imagesPerSecond: 5 },
    { ...said(3), type: "runEnded", status: "completed", reason: "done" },
  ];
}

const caller = (as: Caller | null = USER) => createAppCaller({ ...context, caller: as });

async function errorOf(call: Promise<unknown>): Promise<TRPCError> {
  const error = await call.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(TRPCError);
  return error as TRPCError;
}

describe("a caller within the server", () => {
  it("gets what db answers", async () => {
    const { runs, total } = await caller().runs.list({
      filter: "status = completed",
      metrics: ["batch_loss"],
    });
    expect(total).toBe(1);
    expect(runs[0]).toMatchObject({ id: "first", metrics: { batch_loss: { best: 0.25, count: 2 } } });
    const [series] = await caller().runs.series({ runIds: ["first"], keys: ["batch_loss"] });
    expect(series!.y).toEqual(Float64Array.of(NaN, 0.25));
  });

  it("gets the record's own errors, each with its code", async () => {
    const { runs, models, sweeps, datasets, jobs } = caller();
    const calls: [Promise<unknown>, code: string, name: string][] = [
      [runs.byId("none"), "NOT_FOUND", "RunNotFoundError"],
      [runs.compare(["first", "none"]), "NOT_FOUND", "RunNotFoundError"],
      [runs.list({ filter: "status = " }), "BAD_REQUEST", "RunFilterError"],
      [runs.list({ filter: "nonsense = 1" }), "BAD_REQUEST", "RunFilterError"],
      [runs.list({ sort: { field: "nonsense", descending: true } }), "BAD_REQUEST", "UnknownFieldError"],
      [runs.list({ cursor: "x" }), "BAD_REQUEST", "CursorError"],
      [runs.pictures({ runId: "first", split: "test" }), "NOT_FOUND", "PredictionsNotFoundError"],
      [runs.verdict({ runIds: ["first", "b"], split: "test" }), "NOT_FOUND", "PredictionsNotFoundError"],
      [runs.pictures({ runId: "first", split: "test", cursor: "120" }), "BAD_REQUEST", "CursorError"],
      [
        runs.disagreements({ runIds: ["first", "b"], split: "test", cursor: "" }),
        "BAD_REQUEST",
        "CursorError",
      ],
      [runs.artifacts({ runId: "first", cursor: "x" }), "BAD_REQUEST", "CursorError"],
      [jobs.list({ cursor: "x" }), "BAD_REQUEST", "CursorError"],
      [models.list({ cursor: "x" }), "BAD_REQUEST", "CursorError"],
      [models.versions({ model: "m", cursor: "x" }), "BAD_REQUEST", "CursorError"],
      [datasets.list({ cursor: "x" }), "BAD_REQUEST", "CursorError"],
      [datasets.thumbnails({ datasetHash: "c0ffee", cursor: "x" }), "BAD_REQUEST", "CursorError"],
      [runs.end({ id: "first", action: "stop" }), "CONFLICT", "RunNotReachableError"],
      [runs.editNote({ id: crypto.randomUUID(), body: "x" }), "NOT_FOUND", "NoteNotFoundError"],
      [sweeps.list({ cursor: "x" }), "BAD_REQUEST", "CursorError"],
      [sweeps.byId("none"), "NOT_FOUND", "SweepNotFoundError"],
      [models.byName("none"), "NOT_FOUND", "ModelNotFoundError"],
      [models.register({ model: "m", runId: "first" }), "CONFLICT", "NoClassifierError"],
      [datasets.byHash("none"), "NOT_FOUND", "DatasetNotFoundError"],
    ];
    const errors = await Promise.all(calls.map(([call]) => errorOf(call)));
    expect(errors.map((error) => [error.code, error.cause?.name])).toEqual(
      calls.map(([, code, name]) => [code, name]),
    );
  });

  it("is told that what PostgreSQL cannot hold is its own mistake", async () => {
    const calls = [
      caller().runs.byId("\0"),
      caller().runs.archive({ ids: ["first", "\0"], archived: true }),
      caller()
        .runs.log({ runId: "first", after: Number.MAX_SAFE_INTEGER, limit: 1 })
        .then(() => caller().runs.byId("\0")),
      caller().datasets.byHash("\0"),
      caller().datasets.thumbnails({ datasetHash: "c0ffee", label: 2 ** 40 }),
    ];
    const errors = await Promise.all(calls.map(errorOf));
    expect(errors.map(({ code }) => code)).toEqual(calls.map(() => "BAD_REQUEST"));
  });

  it("gets no further than its limits", async () => {
    const { runs, models, views, jobs, datasets } = caller();
    const ids = Array.from({ length: 2001 }, (_, index) => `r${index}`);
    const calls = [
      runs.list({ limit: 0 }),
      runs.list({ limit: 1001 }),
      runs.artifacts({ runId: "first", limit: 1001 }),
      jobs.list({ limit: 1001 }),
      models.list({ limit: 0 }),
      models.versions({ model: "m", limit: 1001 }),
      datasets.list({ limit: 1001 }),
      datasets.thumbnails({ datasetHash: "c0ffee", limit: 1001 }),
      runs.list({ filter: "x".repeat(4001) }),
      runs.list({ cursor: "x".repeat(8001) }),
      runs.list({ metrics: Array<string>(101).fill("m") }),
      runs.series({ runIds: ids.slice(0, 201), keys: ["a"] }),
      runs.series({ runIds: ["first"], keys: ["a"], points: 4 }),
      runs.series({ runIds: ["first"], keys: ["a"], points: 2_000_001 }),
      runs.series({ runIds: ["first"], keys: ["a", "b"], points: 100_001 }),
      runs.series({ runIds: ["first"], keys: ["a"], smoothing: 1 }),
      runs.compare([]),
      runs.archive({ ids, archived: true }),
      runs.group({ by: [], metrics: [] }),
      runs.disagreements({ runIds: ["first"], split: "test" }),
      runs.rename({ id: "first", name: "   " }),
      runs.addNote({ runId: "first", body: "x".repeat(100_001) }),
      models.setAlias({ model: "m", version: 1, alias: "latest" }),
      models.setAlias({ model: "m", version: 1, alias: "v3" }),
      models.setAlias({ model: "m", version: 1, alias: "../x" }),
      models.setAlias({ model: "m", version: 0, alias: "champion" }),
      views.save({ page: "nothing" as "runs", name: "x", query: "" }),
      views.delete("no-uuid"),
    ];
    const errors = await Promise.all(calls.map(errorOf));
    expect(errors.map(({ code }) => code)).toEqual(calls.map(() => "BAD_REQUEST"));
  });

  it("is asked who it is; a worker reaches the worker's procedures alone", async () => {
    const everything = (as: Caller | null) => {
      const { runs, models, datasets, views, jobs } = caller(as);
      return [
        runs.list({}),
        runs.delete(["first"]),
        models.list(),
        datasets.list(),
        views.list("runs"),
        jobs.list({}),
      ];
    };
    for (const as of [null, WORKER]) {
      const errors = await Promise.all(everything(as).map(errorOf));
      expect(errors.map(({ code }) => code)).toEqual(errors.map(() => "UNAUTHORIZED"));
    }
    const events = wholeRun("stranger");
    expect((await errorOf(caller(null).workers.ingest(events))).code).toBe("UNAUTHORIZED");
    expect(await caller().workers.ingest(events)).toMatchObject({ fresh: 4 });
  });

  it("lists and revokes open invitations if it is an administrator", async () => {
    const { accounts } = caller();
    await accounts.invite({ role: "user" });
    const [open] = await accounts.invitations();
    expect(open).toMatchObject({ role: "user" });
    const reviewer = caller({ ...USER, isAdmin: false }).accounts;
    for (const call of [reviewer.invitations(), reviewer.revokeInvitation(open!.id)]) {
      expect((await errorOf(call)).code).toBe("FORBIDDEN");
    }
    await accounts.revokeInvitation(open!.id);
    expect(await accounts.invitations()).toEqual([]);
  });

  it("sends no events of several runs, and none that cannot be stored", async () => {
    const { workers } = caller();
    const large = wholeRun("large").map((event) => ({ ...event, timestamp: 1e300 }));
    const error = await errorOf(workers.ingest(large));
    expect([error.code, error.cause?.name]).toEqual(["BAD_REQUEST", "UnstorableEventError"]);
  });
});

describe("a fork", () => {
  const fork = (runId: string, more: object = {}) => ({
    data: { source: "./shapes" },
    model: "simple-cnn",
    forkedFrom: { runId },
    ...more,
  });

  it("goes to who holds the checkpoint, whoever is asked for", async () => {
    const { jobs, runs } = caller();
    const kept: TrainEvent = {
      ...{ runId: "forked", attempt: 1, sequence: 4, timestamp: 5 },
      ...{ type: "checkpointSaved", kind: "last", epoch: 1, step: 2 },
    };
    await ingestEvents(context.database, [...wholeRun("forked"), kept], {
      folder: join(home, "runs/forked"),
    });
    const config = RunConfig.parse(fork("forked"));
    expect((await jobs.checkConfig({ config })).issues).toEqual([]);
    expect((await errorOf(jobs.train({ config }))).message).toContain("convkit train --fork forked@last");
    const local = {
      id: crypto.randomUUID(),
      name: "local",
      version: "0",
      kinds: ["train" as const],
      engines: [],
    };
    const description = { ...local, datasets: [], models: [], home };
    await registerWorker(context.database, description, { tokenId: null, isLocal: true });
    const { runId, jobId } = await jobs.train({ config, onlyWorker: crypto.randomUUID() });
    const [job] = (await jobs.list({ runId })).jobs;
    expect(job).toMatchObject({ id: jobId, onlyWorker: { id: local.id } });
    expect((await runs.lineage("forked")).forks).toMatchObject([{ id: runId, step: "last" }]);
    await jobs.end({ id: jobId, action: "cancel" });
  });

  it("is checked against its source before it is put into the queue", async () => {
    const { jobs } = caller();
    const { issues } = await jobs.checkConfig({ config: fork("forked", { seed: 3 }) });
    expect(issues).toMatchObject([{ path: ["seed"], message: expect.stringContaining("random state") }]);
    const refused = await errorOf(jobs.train({ config: RunConfig.parse(fork("forked", { seed: 3 })) }));
    expect(refused).toMatchObject({ code: "CONFLICT", message: expect.stringMatching(/^seed: /) });
    const job = { kind: "train", runId: "x", config: RunConfig.parse(fork("none")) } as const;
    expect(await errorOf(jobs.enqueue({ job }))).toMatchObject({ code: "CONFLICT" });
  });
});

describe("over HTTP", () => {
  let url: string;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const server = createHTTPServer({ router: appRouter, createContext: () => context });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    close = async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    };
  });
  afterAll(() => close());

  const ask = async (path: string, input: unknown) => {
    const query = encodeURIComponent(JSON.stringify(wireTransformer.serialize(input)));
    const response = await fetch(`${url}/${path}?input=${query}`);
    return {
      status: response.status,
      body: (await response.json()) as { result: { data: unknown }; error: unknown },
    };
  };

  it("sends curves as the bytes of their numbers, NaN included", async () => {
    const { status, body } = await ask("runs.series", { runIds: ["first"], keys: ["batch_loss"] });
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toContain("$float64");
    expect(wireTransformer.deserialize(body.result.data)).toMatchObject([
      { key: "batch_loss", x: Float64Array.of(1, 2), y: Float64Array.of(NaN, 0.25) },
    ]);
  });

  it("says which error it was, and where in the filter", async () => {
    const { status, body } = await ask("runs.list", { filter: "status = completed and nonsense > 1" });
    expect(status).toBe(400);
    const error = wireTransformer.deserialize(body.error) as { message: string; data: unknown };
    expect(error.data).toEqual({
      code: "BAD_REQUEST",
      httpStatus: 400,
      name: "RunFilterError",
      position: 23,
    });
    expect(error.message).toMatch(/Received: nonsense/);
    expect(JSON.stringify(body)).not.toContain("node_modules");
  });

  it("says what is wrong with an input in a sentence", async () => {
    const { status, body } = await ask("runs.list", { limit: 5000 });
    expect(status).toBe(400);
    const { message } = wireTransformer.deserialize(body.error) as { message: string };
    expect(message).toMatch(/Too big: expected number to be <=1000\s+→ at limit/);
  });

  it("tells a page that follows of nothing in particular at first, then of the run that changed", async () => {
    let seen = 0;
    const told = await follow(url, {}, async (change) => {
      seen += 1;
      if (seen === 1) await ingestEvents(context.database, wholeRun("followed"));
      return change.runId === "followed";
    });
    expect(told[0]!.runId).toBeNull();
    expect(told.at(-1)!.runId).toBe("followed");
  });

  it("tells a page that lost its connection of what it missed, and of that alone", async () => {
    const [first] = await follow(url, {}, () => Promise.resolve(true));
    // A second page follows meanwhile; a third tells when both changes were heard of.
    await ingestEvents(context.database, wholeRun("missed 1"));
    await ingestEvents(context.database, wholeRun("missed 2"));
    const heard = new Set<string | null>();
    const others = await follow(url, { lastEventId: first!.id }, ({ runId }) => {
      heard.add(runId);
      return Promise.resolve(heard.has("missed 1") && heard.has("missed 2"));
    });
    const before = others.findIndex(({ runId }) => runId === "missed 1");
    const again = await follow(url, { lastEventId: others[before]!.id }, ({ runId }) =>
      Promise.resolve(runId === "missed 2"),
    );
    expect(again.map(({ runId }) => runId)).toEqual(["missed 2"]);
    for (const lastEventId of ["another-server:1", `${first!.id}00000`, "", first!.id.replace(/:.*/, ":")]) {
      const [start] = await follow(url, { lastEventId }, () => Promise.resolve(true));
      expect(start!.runId).toBeNull();
    }
  });
});

interface ToldChange {
  readonly id: string;
  readonly runId: string | null;
}

/** What a page is told until it has heard enough. */
async function follow(
  url: string,
  input: { lastEventId?: string },
  isEnough: (change: ToldChange) => Promise<boolean>,
): Promise<ToldChange[]> {
  const query = encodeURIComponent(JSON.stringify(wireTransformer.serialize(input)));
  const response = await fetch(`${url}/runs.changes?input=${query}`);
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const told: ToldChange[] = [];
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
      const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
      const change = data === undefined ? {} : (wireTransformer.deserialize(JSON.parse(data)) as object);
      if (!("runId" in change)) continue;
      const id = /^id: (.*)$/m.exec(text.slice(0, end))?.[1] ?? "";
      told.push({ id, runId: change.runId as string | null });
      // Leaving the loop ends the connection.
      if (await isEnough(told.at(-1)!)) return told;
    }
  }
  return told;
}
