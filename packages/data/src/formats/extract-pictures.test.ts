import { readdir, readFile, rm, stat, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Rng } from "@convkit/random";
import { afterEach, describe, expect, it, vi } from "vitest";
import { encodeParquet } from "../../test/parquet-files.js";
import { encodePicture, writeFiles } from "../../test/pictures.js";
import { encodeIdx, writeIdxFolder } from "../../test/record-files.js";
import { encodeTarOf } from "../../test/tar-files.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { DiskSpaceError } from "../disk-space.js";
import { openDataset, type DatasetProgress } from "../index.js";
import { extractPictures } from "./extract-pictures.js";
import { writeManifest } from "./write-manifest.js";

// As it is, but for the room on the disk where a test says so.
vi.mock("node:fs/promises", { spy: true });
const freeBlocks = (bavail: number) =>
  vi.mocked(statfs).mockResolvedValue({ bavail, bsize: 4096 } as Awaited<ReturnType<typeof statfs>>);

const NONE_HELD = { validationFraction: 0, testFraction: 0 };
/** Of three classes by their numbers; which of them a picture is, is its red. */
const LABELS = [0, 1, 2, 0, 1, 2];
const PICTURES = await Promise.all(
  LABELS.map((label, i) => encodePicture([100 * label, i, 0], { format: i % 2 ? "jpeg" : "png" })),
);

const RED = await encodePicture([255, 0, 0]);
const GREEN = await encodePicture([0, 255, 0], { format: "jpeg" });

/** A data set of six training pictures, and a test picture, in larger files. */
const FORMATS = {
  async tar(folder: string) {
    const members = PICTURES.map(
      (bytes, i) => [`train/${LABELS[i]}/${i}.${i % 2 ? "jpeg" : "png"}`, bytes] as const,
    );
    const source = join(folder, "photos.tar");
    await writeFile(source, encodeTarOf(Object.fromEntries([...members, ["test/2/0.png", PICTURES[2]!]])));
    return source;
  },
  async parquet(folder: string) {
    const samples = PICTURES.map((bytes, i) => ({ image: { bytes, path: null }, label: LABELS[i]! }));
    await writeFiles(folder, {
      "train.parquet": encodeParquet(samples),
      "test.parquet": encodeParquet(samples.slice(2, 3)),
    });
    return folder;
  },
  async idx(folder: string) {
    await writeIdxFolder(folder, { train: LABELS, t10k: [2] });
    return folder;
  },
} as const;

const open = async (source: string, home: string) => openDataset({ source, ...NONE_HELD }, { home });

/** Of each split, class names in the order of the ids. */
const labelsOf = ({ classNames, ...dataset }: Awaited<ReturnType<typeof open>>) =>
  Object.fromEntries(
    Object.entries(dataset.splits).map(([name, split]) => [
      name,
      Array.from(split.labels as Int32Array, (label) => classNames[label]),
    ]),
  );

describe.each(Object.keys(FORMATS) as (keyof typeof FORMATS)[])("pictures of %s in files", (format) => {
  it("open again by a manifest with the corrected label, the same splits and the same pixels", async () => {
    const [folder, home, out] = await Promise.all([1, 2, 3].map(temporaryFolder));
    const dataset = await open(await FORMATS[format](folder!), home!);
    const file = join(out!, "relabel.csv");
    const paths = await extractPictures(dataset, join(out!, "pictures"));
    const wrong = dataset.splits.train.ids[1]!;
    await writeManifest(dataset, file, {
      paths,
      review: new Map([[wrong, { quality: 0.1, suggestion: "0" }]]),
    });

    const rows = (await readFile(file, "utf8")).trim().split("\n");
    expect(rows).toHaveLength(1 + 7);
    expect(rows[1]).toMatch(/^pictures\/.*,\d,,0,0\.1000,train,$/);
    const unedited = await open(file, home!);
    expect(labelsOf(unedited)).toEqual(labelsOf(dataset));
    const pixelsOf = async ({ splits }: typeof dataset) => [
      ...(await splits.train.readImages([...splits.train.ids.keys()])).images,
    ];
    expect(unedited.imageShape).toEqual(dataset.imageShape);
    expect(await pixelsOf(unedited)).toEqual(await pixelsOf(dataset));

    await writeFile(
      file,
      [rows[0], rows[1]!.replace(/,(\d),,0,/, ",$1,0,0,"), ...rows.slice(2), ""].join("\n"),
    );
    const corrected = await open(file, home!);
    const before = labelsOf(dataset);
    expect(labelsOf(corrected)).toEqual({ ...before, train: before["train"]!.with(1, "0") });
    expect(await pixelsOf(corrected)).toEqual(await pixelsOf(dataset));
  });
});

describe("extractPictures", () => {
  async function setUp(members: Readonly<Record<string, Uint8Array>>) {
    const [folder, home, out] = await Promise.all([1, 2, 3].map(temporaryFolder));
    const source = join(folder!, "photos.tar");
    await writeFile(source, encodeTarOf(members));
    return { dataset: await open(source, home!), out: join(out!, "pictures") };
  }

  it("writes the encoded bytes as they are, and goes on with what it was stopped in", async () => {
    const { dataset, out } = await setUp({ "cat/1.png": RED, "dog/1.jpg": GREEN, "dog/2.jpg": GREEN });
    const controller = new AbortController();
    const stopped = extractPictures(dataset, out, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("stopped")),
    });
    await expect(stopped).rejects.toThrow("stopped");

    const told: DatasetProgress[] = [];
    const paths = await extractPictures(dataset, out, { onProgress: (progress) => told.push(progress) });
    expect(told.at(-1)).toEqual({ phase: "unpack", what: out, done: 3, total: 3, unit: "files" });
    expect([...paths]).toEqual(["cat/1.png", "dog/1.jpg", "dog/2.jpg"].map((id) => [id, join(out, id)]));
    expect(await readFile(join(out, "cat/1.png"))).toEqual(RED);
    expect(await readFile(join(out, "dog/2.jpg"))).toEqual(GREEN);
    const files = (await readdir(out, { recursive: true })).filter((name) => name.includes("."));
    expect(files.sort()).toEqual(["cat/1.png", "dog/1.jpg", "dog/2.jpg"].map((name) => join(name)));

    const before = await stat(join(out, "dog/1.jpg"));
    await extractPictures(dataset, out);
    expect((await stat(join(out, "dog/1.jpg"))).ino).toBe(before.ino);
  });

  describe("on a disk with little room", () => {
    afterEach(() => void vi.mocked(statfs).mockReset());

    it("needs a block for each small picture, when it goes on for those alone that are not there", async () => {
      const { dataset, out } = await setUp({ "cat/1.png": RED, "dog/1.jpg": GREEN, "dog/2.jpg": GREEN });
      freeBlocks(2);
      await expect(extractPictures(dataset, out)).rejects.toThrow(DiskSpaceError);
      expect(await readdir(out)).toEqual([]);
      freeBlocks(3);
      await extractPictures(dataset, out);

      await rm(join(out, "cat/1.png"));
      freeBlocks(0);
      await expect(extractPictures(dataset, out)).rejects.toThrow(DiskSpaceError);
      freeBlocks(1);
      await extractPictures(dataset, out);
      expect(await readFile(join(out, "cat/1.png"))).toEqual(RED);
      freeBlocks(0);
      expect((await extractPictures(dataset, out)).size).toBe(3);
    });

    it("knows pictures without an ending again by any that they can have", async () => {
      const [folder, home, out] = await Promise.all([1, 2, 3].map(temporaryFolder));
      const dataset = await open(await FORMATS.parquet(folder!), home!);
      const paths = await extractPictures(dataset, out!);
      expect([...paths.keys()].join()).not.toMatch(/\.(png|jpe?g)/);
      expect([...paths.values()].join()).toMatch(/\.png.*\.jpg/);
      freeBlocks(0);
      expect(await extractPictures(dataset, out!)).toEqual(paths);
    });

    it("counts that a PNG of noise is larger than its pixels", async () => {
      const [folder, home, out] = await Promise.all([1, 2, 3].map(temporaryFolder));
      const noise = Rng.fromSeed("noise");
      const pixels = Uint8Array.from({ length: 4 * 64 * 64 }, () => noise.int(256));
      await writeFile(join(folder!, "train-images-idx3-ubyte"), encodeIdx([4, 64, 64], pixels));
      await writeFile(join(folder!, "train-labels-idx1-ubyte"), encodeIdx([4], [0, 1, 0, 1]));
      const dataset = await open(folder!, home!);
      // 64 × 64 bytes would be a block each.
      freeBlocks(7);
      await expect(extractPictures(dataset, out!)).rejects.toThrow(DiskSpaceError);
      freeBlocks(8);
      const paths = await extractPictures(dataset, out!);
      for (const path of paths.values()) {
        const { size } = await stat(path);
        expect(size).toBeGreaterThan(4096);
        expect(size).toBeLessThanOrEqual(8192);
      }
    });
  });

  it("writes over no file of somebody else's", async () => {
    const { dataset, out } = await setUp({ "cat/1.png": RED, "dog/1.jpg": GREEN });
    await writeFiles(out, { "dog/1.jpg": "mine" });
    await expect(extractPictures(dataset, out)).rejects.toThrow(
      /Expected no other file where the picture dog\/1\.jpg is to be written\. Received: .*with another content/,
    );
    expect(await readFile(join(out, "dog/1.jpg"), "utf8")).toBe("mine");
  });

  it("leaves no two names apart by case or ending alone, and none with letters that some system refuses", async () => {
    const { dataset, out } = await setUp({
      "cat/a.png": RED,
      "cat/A.png": RED,
      "cat/a.jpg": GREEN,
      "dog/what?.png": RED,
    });
    const paths = await extractPictures(dataset, out);
    const names = [...paths.values()].map((path) => path.slice(out.length + 1).toLowerCase());
    expect(names.sort()).toEqual(
      ["cat/a-2.jpg", "cat/a-3.png", "cat/a.png", "dog/what_.png"].map((name) => join(name)),
    );
  });
});
