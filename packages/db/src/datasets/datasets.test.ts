import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeHome, type MadeHome } from "../../test/made-home.js";
import { CARD, ended, eventsOf, started } from "../../test/made-run.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { BlobNotFoundError } from "../blobs/blob-store.js";
import { settleBlob } from "../blobs/settle-artifacts.js";
import { connectionsOf } from "../database.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { deleteRuns, finishDeletions } from "../runs/delete-runs.js";
import {
  addDataset,
  addThumbnails,
  DatasetNotFoundError,
  findDatasetPack,
  findThumbnail,
  getDataset,
  listDatasets,
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

describe("data sets", () => {
  it("are known once a run has used them, and counted", async () => {
    for (const runId of ["a", "b"]) {
      await ingestEvents(test.database, eventsOf({ runId }, [started(), ended()]));
    }
    const other = { runId: "c", card: { contentHash: "0ther", name: "other" } };
    await ingestEvents(test.database, eventsOf(other, [started(other)]));
    const rows = await listDatasets(test.database);
    expect(rows.map(({ contentHash, runs }) => [contentHash, runs]).sort()).toEqual([
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
      card: CARD,
    });
    await expect(getDataset(test.database, "none")).rejects.toBeInstanceOf(DatasetNotFoundError);
  });

  it("keep their pictures for workers when nothing else uses the blob", async () => {
    const packSha256 = await upload("a tar");
    const card = { ...CARD, contentHash: "packed", name: "with \0 and \ud800" };
    await addDataset(test.database, card, packSha256);
    const { pool } = connectionsOf(test.database);
    await pool.query("UPDATE blob SET created_at = now() - interval '2 hours'");
    await finishDeletions(test.database, made);
    expect(await findDatasetPack(test.database, "packed")).toEqual({ packSha256, packBytes: 5 });
    expect(await made.blobs.sizeOf(packSha256)).toBe(5);
    expect((await getDataset(test.database, "packed")).card.name).toBe("with \uFFFD and \uFFFD");
    expect(await findDatasetPack(test.database, "c0ffee")).toBeNull();
    await expect(addDataset(test.database, card, "0".repeat(64))).rejects.toBeInstanceOf(BlobNotFoundError);
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
    await addThumbnails(test.database, pack);
    // Known ones stay as they are.
    await addThumbnails(test.database, {
      ...pack,
      pictures: pictures.map((picture) => ({ ...picture, offset: 99 })),
    });
    const ids = async (query: Omit<ThumbnailQuery, "datasetHash">) =>
      (await listThumbnails(test.database, { datasetHash: "c0ffee", ...query })).map(({ pictureId }) =>
        pictureId.slice(8),
      );
    expect(await ids({})).toEqual([..."0123456789"]);
    expect(await ids({ split: "train", label: 1 })).toEqual(["1", "3", "5"]);
    expect(await ids({ split: "test" })).toEqual(["7", "8", "9"]);
    expect(await ids({ limit: 4 })).toEqual(["0", "1", "2", "3"]);
    expect(await ids({ limit: 4, after: "picture-3" })).toEqual(["4", "5", "6", "7"]);
    expect(await ids({ after: "picture-9" })).toEqual([]);
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
    await finishDeletions(test.database, made);
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
