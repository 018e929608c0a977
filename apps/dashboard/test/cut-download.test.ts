/** Downloads whose reader goes away in the middle: the server goes on, and keeps no file open for nobody. */
import { once } from "node:events";
import { mkdtemp, readdir, readlink, rm } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOf } from "./client-of.js";
import { startDashboard, type DashboardProcess } from "./dashboard-process.js";
import { seedRun } from "./seed-run.js";
import { untilTrue } from "./until-true.js";

/** More than the sockets of both ends hold, so that a server whose reader rests has most of it still to send. */
const FILE_BYTES = 32 * 1024 ** 2;
const FILES = {
  "weights/a.bin": new Uint8Array(FILE_BYTES).fill(1),
  "weights/b.bin": new Uint8Array(FILE_BYTES).fill(2),
};

let home: string;
let dashboard: DashboardProcess;
let runId: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "convkit-cut-"));
  const plan = { model: "simple-cnn", name: "large", peak: 0.9, seed: 0, files: FILES } as const;
  runId = await seedRun(home, plan, { endedAt: Date.UTC(2026, 10, 26), index: 0 });
  dashboard = await startDashboard({ home });
  const { runs } = clientOf(dashboard.url);
  // All that the run left is in the store: the server opens no blob any more of its own accord.
  await untilTrue(async () => {
    const { artifacts } = await runs.artifacts.query({ runId });
    const taken = artifacts.filter(({ path }) => !path.startsWith("checkpoints/"));
    return taken.length > 0 && taken.every(({ stored }) => stored);
  });
}, 120_000);
afterAll(async () => {
  await dashboard?.stop();
  await rm(home, { recursive: true, force: true });
});

const at = (path: string) => `${dashboard.url}/api/runs/${runId}/${path}`;

/** Blobs that the server has open. */
async function openBlobs(): Promise<string[]> {
  const folder = `/proc/${dashboard.child.pid}/fd`;
  const targets = await Promise.all(
    // One that was closed meanwhile points nowhere.
    (await readdir(folder)).map((name) => readlink(join(folder, name)).catch(() => "")),
  );
  return targets.filter((target) => target.startsWith(join(home, "blobs")));
}

/** Reads so much of an answer, and no more. */
async function readSome(path: string, bytes: number): Promise<IncomingMessage> {
  const [response] = (await once(get(at(path), { agent: false }), "response")) as [IncomingMessage];
  for (let read = 0; read < bytes; read += (response.read() as Buffer | null)?.length ?? 0) {
    if (response.readableLength === 0) await once(response, "readable");
  }
  expect(response.complete).toBe(false);
  return response;
}

const untilOpen = (count: number) => untilTrue(async () => (await openBlobs()).length === count);

test.each([
  ["in the first file of a ZIP", "archive/weights", 1000],
  ["in the second file of a ZIP", "archive/weights", FILE_BYTES + 1000],
  ["in a ZIP of all files", "archive", FILE_BYTES / 2],
  ["in a single file", "artifacts/weights/a.bin", 1000],
])("a download that is cut %s leaves nothing open", async (_, path, bytes) => {
  const response = await readSome(path, bytes);
  await untilOpen(1);
  response.destroy();
  await untilOpen(0);
  expect(dashboard.complaints()).toBe("");
});

test("many that are cut at any moment, before an answer too, leave nothing open, and the next is whole", async () => {
  await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const request = get(at("archive/weights"), { agent: false });
      request.on("error", () => undefined);
      if (index % 2 === 0) await once(request, "finish");
      else await once(request, "response");
      await new Promise((resolve) => request.once("close", resolve).destroy());
    }),
  );
  const answer = await fetch(at("archive/weights"));
  const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));
  expect(Object.keys(files)).toEqual(Object.keys(FILES));
  for (const [path, bytes] of Object.entries(FILES))
    expect(Buffer.compare(files[path]!, bytes), path).toBe(0);
  await untilOpen(0);
  expect(dashboard.child.exitCode).toBeNull();
  expect(dashboard.complaints()).toBe("");
});
