/** What workers do about data sets: look at them, fetch those that they lack, at a server in memory. */
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packDataset } from "@convkit/data";
import { expect, it, vi } from "vitest";
import { startQueueServer, type QueueServer } from "../fixtures/queue-server.js";
import { makeFolder, runConvkit } from "../fixtures/run-convkit.js";
import { makeHome, startWorker, tinyJob } from "../fixtures/run-worker.js";
import { writePictures } from "../fixtures/write-pictures.js";

// Each starts several processes that load tfjs, on whatever machine.
vi.setConfig({ testTimeout: 300_000 });

it("looks at the data set that it is asked for, makes small pictures of it, and of no other", async () => {
  const server = await startQueueServer();
  const folder = makeHome();
  const pictures = await writePictures(makeFolder());
  const other = server.add({ kind: "inspect", source: pictures, contentHash: "0".repeat(64) });
  expect(await startWorker(server, folder, ["--once", "--kinds=inspect"]).finished).toMatchObject({
    exitCode: 1,
  });
  expect(other).toMatchObject({
    state: "failed",
    retry: false,
    reason: expect.stringContaining("have changed"),
  });
  const { contentHash } = await addData(server, pictures);
  server.thumbnails.clear();
  const job = server.add({ kind: "inspect", source: pictures, contentHash });
  expect(await startWorker(server, folder, ["--once"]).finished).toMatchObject({ exitCode: 0 });
  expect(job.state).toBe("done");
  expect(server.thumbnails.size).toBe(96);
  const { blobSha256, offset, sizeBytes, split } = server.thumbnails.get("test/bright/3.png")!;
  expect(split).toBe("test");
  expect(server.blobs.get(blobSha256)!.toString("latin1", offset + 8, offset + 12)).toBe("WEBP");
  expect(sizeBytes).toBeGreaterThan(20);
  const inspection = server.inspections.at(-1);
  expect(inspection?.card.contentHash).toBe(contentHash);
  expect(inspection?.holding).toMatchObject({ validationFraction: 0.1, splitSeed: 0 });
  expect(inspection?.sizes.mostFrequent).toEqual([{ height: 8, width: 8, count: 96 }]);
});

it("looks at pictures with several labels as the run read them", async () => {
  const server = await startQueueServer();
  const folder = makeHome();
  const source = await writePictures(makeFolder(), 3);
  const lines = ["red", "green|red", ""].map((label, i) => `train/dark/${i}.png,${label},train`);
  writeFileSync(
    join(source, "manifest.csv"),
    ["path,label,split", ...lines, "test/dark/0.png,none,test\n"].join("\n"),
  );
  const reading = { multiLabel: true, noLabel: "none" };
  const flags = ["--set", "data.multiLabel=true", "--set", "data.noLabel=none"];
  const { contentHash } = await addData(server, source, flags);
  server.thumbnails.clear();
  const job = server.add({ kind: "inspect", source, contentHash, ...reading });
  expect(await startWorker(server, folder, ["--once", "--kinds=inspect"]).finished).toMatchObject({
    exitCode: 0,
  });
  expect(job.state).toBe("done");
  expect(server.thumbnails.size).toBe(4);
  expect(server.inspections.at(-1)?.card.classNames).toEqual(["green", "red"]);
});

it("fetches the pictures that it lacks from the server, by their hash", async () => {
  const server = await startQueueServer();
  const elsewhere = makeFolder();
  const moved = await writePictures(elsewhere, 6);
  symlinkSync(join(elsewhere, "nowhere.png"), join(moved, "dangling.png"));
  const { contentHash, unread } = await addData(server, moved, ["--set", "data.folds=4"]);
  expect(server.inspections.at(-1)?.holding?.folds).toBe(4);
  expect(unread).toMatchObject([{ path: "dangling.png", reason: expect.stringContaining("ENOENT") }]);
  renameSync(moved, join(elsewhere, "gone"));
  const folder = makeHome();
  const job = tinyJob({ source: moved, contentHash });
  const queued = server.add(job);
  expect(await startWorker(server, folder, ["--once"]).finished).toMatchObject({ exitCode: 0 });
  expect(queued.state).toBe("done");
  const [started] = server.eventsOf(job.runId);
  const place = join(folder, ".convkit", "datasets", "by-hash", contentHash, "pictures");
  expect(started).toMatchObject({
    dataset: { contentHash, name: "pictures" },
    config: { data: { source: place } },
  });
});

it("finds the list of splits that came with the pictures, and says where another one belongs", async () => {
  const server = await startQueueServer();
  const elsewhere = makeFolder();
  const shards = join(elsewhere, "shards");
  mkdirSync(shards);
  await packDataset(join(await writePictures(elsewhere, 12), "train"), join(shards, "0.tar"));
  const list = "id,split\ntrain/dark/1.png,val\ntrain/bright/1.png,val\ntrain/dark/2.png,test\n";
  for (const folder of [shards, elsewhere]) writeFileSync(join(folder, "splits.csv"), list);
  const { contentHash } = await addData(server, shards, [
    "--set",
    `data.splits=${join(shards, "splits.csv")}`,
  ]);
  expect(server.inspections.at(-1)?.card.splits).toMatchObject({
    validation: { count: 2 },
    test: { count: 1 },
  });
  const outer = join(elsewhere, "splits.csv");
  const args = ["data", "add", shards, `--server=${server.url}`, "--set", `data.splits=${outer}`];
  expect((await runConvkit(makeFolder(), args)).stdout).toContain(
    `${outer} is not uploaded, as it lies outside`,
  );
  renameSync(shards, join(elsewhere, "gone"));
  renameSync(outer, join(elsewhere, "gone.csv"));
  const folder = makeHome();
  const job = tinyJob({ source: shards, contentHash, splits: join(shards, "splits.csv") });
  server.add(job);
  expect(await startWorker(server, folder, ["--once"]).finished).toMatchObject({ exitCode: 0 });
  const place = join(folder, ".convkit", "datasets", "by-hash", contentHash, "shards");
  expect(server.eventsOf(job.runId)[0]).toMatchObject({
    dataset: { splits: { train: { count: 21 }, validation: { count: 2 }, test: { count: 1 } } },
    config: { data: { source: place, splits: join(place, "splits.csv") } },
  });

  // Another list, written when the worker had the pictures already: it comes with the second upload.
  renameSync(join(elsewhere, "gone"), shards);
  mkdirSync(join(shards, "lists"));
  const later = join(shards, "lists", "later.csv");
  writeFileSync(later, "id,split\ntrain/dark/1.png,val\ntrain/bright/1.png,test\n");
  expect((await addData(server, shards)).contentHash).toBe(contentHash);
  renameSync(shards, join(elsewhere, "gone"));
  const again = tinyJob({ source: shards, contentHash, splits: later });
  server.add(again);
  expect(await startWorker(server, folder, ["--once"]).finished).toMatchObject({ exitCode: 0 });
  expect(server.eventsOf(again.runId)[0]).toMatchObject({
    dataset: { splits: { train: { count: 22 }, validation: { count: 1 }, test: { count: 1 } } },
    config: { data: { source: place, splits: join(place, "lists", "later.csv") } },
  });

  const outside = tinyJob({ source: shards, contentHash, splits: outer });
  const failed = server.add(outside);
  expect(await startWorker(server, folder, ["--once"]).finished).toMatchObject({ exitCode: 1 });
  expect(failed).toMatchObject({
    state: "failed",
    reason: expect.stringContaining("One that lies in the data set's folder is found by workers"),
  });
});

async function addData(
  server: QueueServer,
  source: string,
  more: readonly string[] = [],
): Promise<{ contentHash: string; unread: object[] }> {
  const added = await runConvkit(makeFolder(), [
    "data",
    "add",
    source,
    `--server=${server.url}`,
    "--json",
    ...more,
  ]);
  expect(added).toMatchObject({ exitCode: 0 });
  return added.json().at(-1) as { contentHash: string; unread: object[] };
}
