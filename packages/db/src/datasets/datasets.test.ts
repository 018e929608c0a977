import { createHash, randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { RunConfig, type DatasetInspection } from "@convkit/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeHome, type MadeHome } from "../../test/made-home.js";
import { CARD, ended, eventsOf, started } from "../../test/made-run.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { BlobNotFoundError } from "../blobs/blob-store.js";
import { settleBlob } from "../blobs/settle-artifacts.js";
import { connectionsOf } from "../database.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { CursorError } from "../page-cursor.js";
import { claimNextJob, completeJob, failJob } from "../queue/claims.js";
import { endJob, enqueueJob } from "../queue/jobs.js";
import { openQueue, type Queue } from "../queue/open-queue.js";
import { registerWorker } from "../queue/workers.js";
import { deleteRuns, finishDeletions } from "../runs/delete-runs.js";
import { getRun } from "../runs/get-run.js";
import {
  addDataset,
  addInspection,
  addThumbnails,
  DatasetNotFoundError,
  findDatasetPack,
  findThumbnail,
  getDataset,
  listDatasets,
  listDatasetsToInspect,
  listThumbnails,
  type ThumbnailQuery,
} from "./datasets.js";

let test: TestDatabase;
let made: MadeHome;
beforeAll(async () => {
  test = await createTestDatabase();
  made = await makeHome();
});
afterAll(async () => {
  await test.database.close();
  await made.remove();
});

async function upload(text: string): Promise<string> {
  const bytes = Buffer.from(text);
  const blob = { sha256: createHash("sha256").update(bytes).digest("hex"), sizeBytes: bytes.length };
  await made.blobs.receive(blob.sha256, Readable.from([bytes]), { offset: 0, totalBytes: bytes.length });
  await settleBlob(test.database, made.blobs, blob);
  return blob.sha256;
}

function inspectionOf(contentHash: string): DatasetInspection {
  const size = { min: 8, median: 8, max: 8 };
  return {
    formatVersion: 1,
    card: { ...CARD, contentHash },
    sizes: { height: size, width: size, shorterEdge: [], aspectRatio: [], mostFrequent: [] },
    duplicates: { minSimilarity: 0.97, groupCount: 0, pictureCount: 0, conflictCount: 0, groups: [] },
    leakage: [],
  };
}

describe("data sets", () => {
  it("are known once a run has used them, and counted", async () => {
    for (const runId of ["a", "b"]) {
      await ingestEvents(test.database, eventsOf({ runId }, [started(), ended()]));
    }
    const other = { runId: "c", card: { contentHash: "0ther", name: "other" } };
    await ingestEvents(test.database, eventsOf(other, [started(other)]));
    const { datasets, total } = await listDatasets(test.database);
    expect(total).toBe(2);
    expect(datasets.map(({ contentHash, runs }) => [contentHash, runs]).sort()).toEqual([
      ["0ther", 1],
      ["c0ffee", 2],
    ]);
    expect(await getDataset(test.database, "c0ffee")).toMatchObject({
      name: "shapes",
      source: "./shapes",
      classes: 2,
      pictures: 120,
      runs: 2,
      thumbnails: 0,
      hasPack: false,
      card: CARD,
    });
    await expect(getDataset(test.database, "none")).rejects.toBeInstanceOf(DatasetNotFoundError);
  });

  it("are listed newest first, each once, whatever comes meanwhile", async () => {
    const { pool } = connectionsOf(test.database);
    // All but one within the same millisecond.
    await pool.query(
      `INSERT INTO dataset (content_hash, name, source, card, created_at)
       SELECT 'many-' || n, 'many', './many', '{"classNames": [], "splits": {}}', '2026-11-20 12:00:00.123'
       FROM generate_series(1, 9) AS n`,
    );
    const whole = await listDatasets(test.database);
    const hashes = whole.datasets.map(({ contentHash }) => contentHash);
    expect(whole.total).toBe(hashes.length);
    for (const limit of [1, 2, 5, hashes.length, 20]) {
      const found: string[] = [];
      for (let cursor: string | undefined, pages = 0; ; pages += 1) {
        const page = await listDatasets(test.database, { limit, cursor });
        found.push(...page.datasets.map(({ contentHash }) => contentHash));
        if ((cursor = page.nextCursor) === undefined) break;
        await pool.query(
          `INSERT INTO dataset (content_hash, name, source, card) VALUES ($1, 'new', './new', '{"classNames": [], "splits": {}}')`,
          [`new-${limit}-${pages}`],
        );
      }
      expect(found).toEqual(hashes);
      await pool.query("DELETE FROM dataset WHERE name = 'new'");
    }
    await pool.query("DELETE FROM dataset WHERE name = 'many'");
    for (const cursor of ["", "x", Buffer.from('["2026", "a"]').toString("base64url")]) {
      await expect(listDatasets(test.database, { cursor })).rejects.toBeInstanceOf(CursorError);
    }
  });

  it("keep their pictures for workers when nothing else uses the blob", async () => {
    const packSha256 = await upload("a tar");
    const card = { ...CARD, contentHash: "packed", name: "with \0 and \ud800" };
    await addDataset(test.database, card, packSha256);
    const { pool } = connectionsOf(test.database);
    await pool.query("UPDATE blob SET created_at = now() - interval '2 hours'");
    await finishDeletions(test.database, { ...made, stored: await made.blobs.sweep() });
    expect(await findDatasetPack(test.database, "packed")).toEqual({ packSha256, packBytes: 5 });
    expect(await made.blobs.sizeOf(packSha256)).toBe(5);
    expect(await getDataset(test.database, "packed")).toMatchObject({
      hasPack: true,
      card: { name: "with \uFFFD and \uFFFD" },
    });
    expect(await findDatasetPack(test.database, "c0ffee")).toBeNull();
    await expect(addDataset(test.database, card, "0".repeat(64))).rejects.toBeInstanceOf(BlobNotFoundError);
  });
});

describe("inspections", () => {
  it("are kept with the data set, the latest of each", async () => {
    const card = { ...CARD, contentHash: "inspected" };
    await addDataset(test.database, card, await upload("a tar of its own"));
    expect((await getDataset(test.database, "inspected")).inspection).toBeNull();
    const first = inspectionOf("inspected");
    await addInspection(test.database, first);
    expect((await getDataset(test.database, "inspected")).inspection).toEqual(first);
    const later = { ...first, leakage: [{ split: "test", into: "train", exact: 1, near: 2 }] };
    await addInspection(test.database, { ...later, card: { ...card, name: "with \0" } });
    const { inspection, card: known } = await getDataset(test.database, "inspected");
    expect(inspection).toEqual({ ...later, card: { ...card, name: "with \uFFFD" } });
    expect(known).toEqual(card);
    await expect(addInspection(test.database, inspectionOf("unknown"))).rejects.toBeInstanceOf(
      DatasetNotFoundError,
    );
  });
});

describe("thumbnails", () => {
  it("are listed by split and class, page by page, and found in their pack", async () => {
    const blobSha256 = await upload("thumbnails");
    const pictures = Array.from({ length: 10 }, (_, index) => ({
      pictureId: `picture-${index}`,
      split: index < 7 ? "train" : "test",
      label: index === 9 ? null : index % 2,
      offset: index,
      sizeBytes: 1,
    }));
    const pack = { datasetHash: "c0ffee", blobSha256, pictures };
    expect(await getRun(test.database, "a")).toMatchObject({ hasThumbnails: false });
    await addThumbnails(test.database, pack);
    expect(await getRun(test.database, "a")).toMatchObject({ hasThumbnails: true });
    // Known ones stay as they are.
    await addThumbnails(test.database, {
      ...pack,
      pictures: pictures.map((picture) => ({ ...picture, offset: 99 })),
    });
    const ids = async (query: Omit<ThumbnailQuery, "datasetHash">) =>
      (await listThumbnails(test.database, { datasetHash: "c0ffee", ...query })).thumbnails.map(
        ({ pictureId }) => pictureId.slice(8),
      );
    expect(await ids({})).toEqual([..."0123456789"]);
    expect(await ids({ split: "train", label: 1 })).toEqual(["1", "3", "5"]);
    expect(await ids({ split: "test" })).toEqual(["7", "8", "9"]);
    expect(await ids({ limit: 4 })).toEqual(["0", "1", "2", "3"]);
    const found: string[] = [];
    for (let cursor: string | undefined, pages = 1; ; pages += 1) {
      const page = await listThumbnails(test.database, { datasetHash: "c0ffee", limit: 4, cursor });
      expect(page.total).toBe(10);
      found.push(...page.thumbnails.map(({ pictureId }) => pictureId));
      if ((cursor = page.nextCursor) !== undefined) continue;
      expect(pages).toBe(3);
      break;
    }
    expect(found).toEqual(pictures.map(({ pictureId }) => pictureId));
    const atAll = await listThumbnails(test.database, { datasetHash: "c0ffee", limit: 10 });
    expect(atAll).not.toHaveProperty("nextCursor");
    for (const cursor of ["", "picture-3", Buffer.from('["\\u0000"]').toString("base64url")]) {
      await expect(ids({ cursor })).rejects.toBeInstanceOf(CursorError);
    }
    expect(await findThumbnail(test.database, "c0ffee", "picture-5")).toEqual({
      blobSha256,
      offset: 5,
      sizeBytes: 1,
    });
    expect(await findThumbnail(test.database, "c0ffee", "none")).toBeNull();
    expect((await getDataset(test.database, "c0ffee")).thumbnails).toBe(10);
    // Their blob is in use, whatever happens to the runs.
    await deleteRuns(test.database, ["a", "b"], made);
    await connectionsOf(test.database).pool.query("UPDATE blob SET created_at = now() - interval '2 hours'");
    await finishDeletions(test.database, { ...made, stored: await made.blobs.sweep() });
    expect(await made.blobs.sizeOf(blobSha256)).toBe(10);
  });

  it("need their data set and their blob", async () => {
    const pictures = [{ pictureId: "x", split: "train", label: 0, offset: 0, sizeBytes: 1 }];
    const blobSha256 = "0".repeat(64);
    const pack = { datasetHash: "c0ffee", blobSha256, pictures };
    await expect(addThumbnails(test.database, pack)).rejects.toBeInstanceOf(BlobNotFoundError);
    const lost = { ...pack, datasetHash: "none" };
    await expect(addThumbnails(test.database, lost)).rejects.toBeInstanceOf(DatasetNotFoundError);
  });
});

describe("data sets without pictures", () => {
  const home = "/home/of/the/server";
  let own: TestDatabase;
  let queue: Queue;
  beforeAll(async () => {
    own = await createTestDatabase();
    queue = await openQueue(own.database, { onProblem: (text) => expect.soft(text).toBeUndefined() });
  });
  afterAll(async () => {
    await queue.close();
    await own.database.close();
  });

  async function makeWorker(at: string | null, kinds: ("train" | "inspect")[] = ["train", "inspect"]) {
    const id = randomUUID();
    const description = { name: "a worker", version: "0.0.0", engines: [], datasets: [], models: [] };
    await registerWorker(
      own.database,
      { ...description, id, kinds, home: at },
      { tokenId: null, isLocal: true },
    );
    return id;
  }

  /** On the data set under that hash, which the worker finds at `source`. */
  async function train(workerId: string, contentHash: string, source: string) {
    const runId = randomUUID();
    const config = RunConfig.parse({ data: { source }, model: "simple-cnn" });
    await enqueueJob(queue, { kind: "train", runId, config }, { onlyWorker: workerId });
    const claimed = await claimNextJob(queue, { workerId, kinds: ["train"] });
    const event = started({ config, card: { contentHash, source } });
    await ingestEvents(own.database, eventsOf({ runId }, [event, ended()]));
    await completeJob(queue, claimed!);
  }

  const wanted = async (contentHash: string) =>
    (await listDatasetsToInspect(own.database, home)).filter((row) => row.contentHash === contentHash);
  const order = (workerId: string, contentHash: string) =>
    enqueueJob(queue, { kind: "inspect", source: "./x", contentHash }, { onlyWorker: workerId });
  async function serve(workerId: string, end: "complete" | "fail") {
    const claimed = await claimNextJob(queue, { workerId, kinds: ["inspect"] });
    if (end === "complete") await completeJob(queue, claimed!);
    else await failJob(queue, claimed!, { reason: "no such pictures", retry: false });
  }
  const query = (text: string) => connectionsOf(own.database).pool.query(text);
  /** As if that much time had passed since all jobs ended. */
  const pass = (interval: string) => query(`UPDATE job SET ended_at = ended_at - interval '${interval}'`);

  async function show(datasetHash: string, count: number) {
    const sha256 = "f".repeat(64);
    await query(`INSERT INTO blob (sha256, size_bytes) VALUES ('${sha256}', 1) ON CONFLICT DO NOTHING`);
    const pictures = Array.from({ length: count }, (_, index) => ({
      pictureId: `picture-${index}`,
      split: "test",
      label: 0,
      offset: 0,
      sizeBytes: 1,
    }));
    await addThumbnails(own.database, { datasetHash, blobSha256: sha256, pictures });
  }

  it("are asked of the worker that trained on them last, under the path that it found them at", async () => {
    const [early, late] = [await makeWorker(null), await makeWorker(null)];
    await train(early, "remote", "/early/photos");
    await train(late, "remote", "/late/photos");
    expect(await wanted("remote")).toEqual([
      { contentHash: "remote", source: "/late/photos", workerId: late },
    ]);
    await query(`UPDATE worker SET last_seen_at = now() - interval '1 hour' WHERE id = '${late}'`);
    expect(await wanted("remote")).toMatchObject([{ workerId: early, source: "/early/photos" }]);
    await train(await makeWorker(null, ["train"]), "remote", "/photos");
    expect(await wanted("remote")).toMatchObject([{ workerId: early }]);
  });

  it("are asked for as the run read them, with several labels each or one", async () => {
    const home = "/home/of-another";
    const worker = await makeWorker(home);
    const data = { source: "/xrays", multiLabel: true, noLabel: "No Finding" };
    const event = started({ config: { data }, card: { contentHash: "sets" } });
    await ingestEvents(own.database, eventsOf({ runId: "sets" }, [event]), { folder: `${home}/runs/sets` });
    expect(await listDatasetsToInspect(own.database, home)).toContainEqual({
      ...data,
      contentHash: "sets",
      workerId: worker,
    });
  });

  it("are asked of the local worker where the run lies beside the server", async () => {
    const [local, other] = [await makeWorker(home), await makeWorker(null)];
    const config = { data: { source: "/local/photos" } };
    const told = eventsOf({ runId: "local" }, [started({ config, card: { contentHash: "both" } })]);
    await ingestEvents(own.database, told, { folder: `${home}/runs/local` });
    await train(other, "both", "/other/photos");
    expect(await wanted("both")).toEqual([{ contentHash: "both", source: "/local/photos", workerId: local }]);
  });

  it("are asked for again where some are missing, later and not for ever", async () => {
    const worker = await makeWorker(null);
    await train(worker, "partly", "/photos");
    await order(worker, "partly");
    expect(await wanted("partly")).toEqual([]);
    await serve(worker, "fail");
    expect(await wanted("partly")).toEqual([]);
    await pass("1 hour");
    expect(await wanted("partly")).toHaveLength(1);

    // The card counts 20 test pictures.
    await order(worker, "partly");
    await serve(worker, "complete");
    await show("partly", 19);
    await pass("1 hour");
    expect(await wanted("partly")).toHaveLength(1);
    await show("partly", 20);
    expect(await wanted("partly")).toHaveLength(1);
    await addInspection(own.database, inspectionOf("partly"));
    expect(await wanted("partly")).toEqual([]);

    await query("DELETE FROM thumbnail");
    expect(await wanted("partly")).toHaveLength(1);
    await order(worker, "partly");
    await serve(worker, "fail");
    await pass("1 year");
    expect(await wanted("partly")).toEqual([]);
    // Another one may have them.
    const other = await makeWorker(null);
    await train(other, "partly", "/photos");
    expect(await wanted("partly")).toMatchObject([{ workerId: other }]);
  });

  it("are not asked for again where somebody cancelled it, and of another where a worker is gone", async () => {
    const [gone, here] = [await makeWorker(null), await makeWorker(null)];
    await train(here, "waits", "/photos");
    await train(gone, "waits", "/photos");
    const jobId = await order(gone, "waits");
    expect(await wanted("waits")).toEqual([]);
    await query(`UPDATE worker SET last_seen_at = now() - interval '1 hour' WHERE id = '${gone}'`);
    expect(await wanted("waits")).toMatchObject([{ workerId: here }]);
    await endJob(queue, jobId, { action: "cancel", reason: "not needed" });
    await pass("1 year");
    expect(await wanted("waits")).toEqual([]);
  });
});
