import { randomBytes } from "node:crypto";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeTrainEvent } from "@convkit/schema";
import { expect, it } from "vitest";
import { eventually } from "../../test/eventually.js";
import { JournalWriter } from "../../test/journal-writer.js";
import { startRecordServer, type RecordServer } from "../../test/record-server.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { createWorkerClient, findShipping, shipJournal, type ShippingState } from "../index.js";

const pauses = { firstMs: 1, mostMs: 10 };
const pollMs = 5;

async function makeRun(token?: string) {
  const server = await startRecordServer();
  const folder = await temporaryFolder();
  const client = createWorkerClient({ url: server.url, token, pauses });
  return { server, folder, client, journal: new JournalWriter(folder) };
}

/** Every event once, none missing. */
function expectWhole(server: RecordServer, count: number): void {
  expect(server.events.size).toBe(count);
  expect([...server.events.values()].filter(({ times }) => times > 1)).toEqual([]);
}

it("delivers a journal as it grows, and its files, the best checkpoint last", async () => {
  const { server, folder, client, journal } = await makeRun();
  const states: ShippingState[] = [];
  const shipping = shipJournal({ client, folder, pollMs, onState: (state) => states.push(state) });
  journal.steps(3);
  await eventually(() => server.events.size).toBe(3);
  const best = journal.save("checkpoints/best/checkpoint.safetensors", randomBytes(200_000));
  const report = journal.save("report.json", "{}");
  journal.save("empty.txt", "");
  await eventually(() => server.blobs.has(report)).toBe(true);
  expect(server.blobs.has(best)).toBe(false);
  journal.end();
  const state = await shipping;
  expectWhole(server, 7);
  expect([...server.blobs.keys()]).toEqual([report, best]);
  expect(state).toMatchObject({ events: 7, files: 2, filesLeft: 0, problem: null, isDeleted: false });
  expect(state.shippedBytes).toBe(state.journalBytes);
  expect(states.at(-1)).toEqual(state);
  // What was not a number is still none.
  expect([...server.events.values()][0]?.event).toMatchObject({ logs: { loss: NaN } });
});

it("sends a long journal in batches that the server takes", async () => {
  const { server, folder, client, journal } = await makeRun();
  journal.steps(4999);
  journal.end();
  await shipJournal({ client, folder, pollMs });
  expectWhole(server, 5000);
  expect(Math.max(...server.batches)).toBeLessThanOrEqual(2000);
});

it("catches up after an outage of any length, and doubles nothing", async () => {
  const { server, folder, client, journal } = await makeRun();
  const shipping = shipJournal({ client, folder, pollMs });
  journal.steps(10);
  await eventually(() => server.events.size).toBe(10);
  await server.stop();
  journal.steps(2500);
  const report = journal.save("report.json", "{}");
  journal.end();
  await server.start();
  await shipping;
  expectWhole(server, 2512);
  expect(server.blobs.has(report)).toBe(true);
});

it("survives answers that never come through", async () => {
  const { server, folder, client, journal } = await makeRun();
  let calls = 0;
  server.intercept = (request) => {
    calls += 1;
    // The events are taken, and the worker does not learn of it.
    if (calls % 2 === 1) request.once("end", () => request.socket.destroy());
    return false;
  };
  journal.steps(30);
  journal.end();
  await shipJournal({ client, folder, pollMs });
  expect(server.events.size).toBe(31);
});

it("leaves a torn last line until it is whole, and passes a line over that is no event", async () => {
  const { server, folder, client, journal } = await makeRun();
  const path = join(folder, "events.jsonl");
  journal.steps(1);
  const line = encodeTrainEvent(journal.next({ type: "message", level: "info", text: "é".repeat(20) }));
  const bytes = Buffer.from(line);
  appendFileSync(path, bytes.subarray(0, bytes.length - 12));
  const shipping = shipJournal({ client, folder, pollMs });
  await eventually(() => server.events.size).toBe(1);
  appendFileSync(path, bytes.subarray(bytes.length - 12));
  await eventually(() => server.events.size).toBe(2);
  appendFileSync(path, "no event\n");
  journal.end();
  const { problem } = await shipping;
  expectWhole(server, 3);
  expect(problem).toContain("no event");
});

it("goes on after a restart without sending again what was taken", async () => {
  const { server, folder, client, journal } = await makeRun();
  const stopping = new AbortController();
  const first = shipJournal({ client, folder, pollMs, signal: stopping.signal });
  journal.steps(100);
  await eventually(() => readRecord(folder)?.["journalBytes"] ?? 0).toBeGreaterThan(0);
  server.intercept = ({ method, url }, response) => {
    if (method !== "PUT" && url?.includes("/blobs/") !== true) return false;
    response.writeHead(503, { "Content-Type": "text/plain" }).end("later");
    return true;
  };
  const report = journal.save("report.json", "{}");
  journal.end();
  await eventually(() => readRecord(folder)?.["hasEnded"]).toBe(true);
  stopping.abort(new Error("killed"));
  await expect(first).rejects.toThrow("killed");
  expect(await findShipping(folder)).toEqual({ server: client.url, isDone: false });

  server.intercept = () => false;
  server.batches.length = 0;
  await shipJournal({ client, folder, pollMs });
  expect(server.batches).toEqual([]);
  expect(server.blobs.has(report)).toBe(true);
  expectWhole(server, 102);
  expect(await findShipping(folder)).toEqual({ server: client.url, isDone: true });

  // A later judgement, and a later attempt.
  journal.save("report.json", '{"again":true}');
  expect(await findShipping(folder)).toEqual({ server: client.url, isDone: false });
  await shipJournal({ client, folder, pollMs });
  expectWhole(server, 103);
  journal.beginAttempt();
  const second = shipJournal({ client, folder, pollMs });
  await eventually(() => server.events.size).toBe(104);
  journal.end();
  await second;
  expectWhole(server, 105);
});

it("begins anew for another server, and where what it knows is torn", async () => {
  const { server, folder, client, journal } = await makeRun();
  journal.steps(5);
  journal.end();
  await shipJournal({ client, folder, pollMs });
  writeFileSync(join(folder, "shipped.json"), '{"formatVersion":1,"ser');
  await shipJournal({ client, folder, pollMs });
  expect([...server.events.values()].map(({ times }) => times)).toEqual([2, 2, 2, 2, 2, 2]);

  const other = await startRecordServer();
  const toOther = createWorkerClient({ url: other.url, pauses });
  await shipJournal({ client: toOther, folder, pollMs });
  expectWhole(other, 6);
});

it("takes the word of whoever started the writer for its end", async () => {
  const { server, folder, client, journal } = await makeRun();
  journal.steps(3);
  journal.end();
  let end = (): void => undefined;
  const until = new Promise<void>((resolve) => (end = resolve));
  const shipping = shipJournal({ client, folder, pollMs, until });
  await eventually(() => server.events.size).toBe(4);
  journal.beginAttempt();
  journal.steps(1);
  end();
  // Killed before it could say that it ended.
  await shipping;
  expectWhole(server, 6);
});

it("ends with the server's word when the token was revoked, and goes on with a new one", async () => {
  const { server, folder, client, journal } = await makeRun("convkit_old");
  server.tokens = new Set(["convkit_old"]);
  const shipping = shipJournal({ client, folder, pollMs });
  journal.steps(3);
  await eventually(() => server.events.size).toBe(3);
  server.tokens = new Set(["convkit_new"]);
  journal.steps(2);
  await expect(shipping).rejects.toMatchObject({ name: "NotAuthorizedError" });
  journal.end();
  const renewed = createWorkerClient({ url: server.url, token: "convkit_new", pauses });
  await shipJournal({ client: renewed, folder, pollMs });
  expectWhole(server, 6);
});

it("leaves a run alone that the server has deleted", async () => {
  const { server, folder, client, journal } = await makeRun();
  journal.steps(3);
  server.deletedRuns.add(journal.runId);
  expect(await shipJournal({ client, folder, pollMs })).toMatchObject({ isDeleted: true });
  journal.save("report.json", "{}");
  expect(await shipJournal({ client, folder, pollMs })).toMatchObject({ isDeleted: true, events: 0 });
  expect(server.requests).toHaveLength(1);
  expect(await findShipping(folder)).toEqual({ server: client.url, isDone: true });
});

it("passes a file over that has changed since it was announced", async () => {
  const { server, folder, client, journal } = await makeRun();
  journal.save("report.json", "{}");
  journal.save("report.md", "gone by then");
  writeFileSync(join(folder, "report.json"), "{ }");
  writeFileSync(join(folder, "report.md"), "");
  journal.end();
  expect(await shipJournal({ client, folder, pollMs })).toMatchObject({ files: 0, filesLeft: 0 });
  expect(server.blobs.size).toBe(0);
});

function readRecord(folder: string): Record<string, unknown> | null {
  try {
    return JSON.parse(readFileSync(join(folder, "shipped.json"), "utf8")) as Record<string, unknown>;
  } catch {
    return null;
  }
}
