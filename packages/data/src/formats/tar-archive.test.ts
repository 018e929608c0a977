import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Rng } from "@convkit/random";
import { describe, expect, it } from "vitest";
import { encodePicture, writeFiles } from "../../test/pictures.js";
import { encodeTar, encodeTarOf } from "../../test/tar-files.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { createLoader, openDataset, packDataset, packThumbnails, type DatasetProgress } from "../index.js";
import { DatasetFormatError } from "./dataset-format-error.js";

const RED = await encodePicture([255, 0, 0]);
const BLUE = await encodePicture([0, 0, 255], { format: "jpeg" });

type Tars = Record<string, Record<string, string | Uint8Array> | string | Uint8Array>;

/** @param files members by name for every `.tar`, else the file's content. */
async function write(files: Tars): Promise<string> {
  const contents = Object.entries(files).map(([name, content]) => {
    const isFile = typeof content === "string" || content instanceof Uint8Array;
    return [name, isFile ? content : encodeTarOf(content)] as const;
  });
  return writeFiles(await temporaryFolder(), Object.fromEntries(contents));
}

const open = async (source: string, spec: object = {}, home?: string) =>
  openDataset(
    { source, validationFraction: 0, testFraction: 0, maxBadFraction: 1, ...spec },
    { home: home ?? (await temporaryFolder()) },
  );

/** Names of classes by id. */
async function classesOf(source: string, split: "train" | "validation" | "test" = "train") {
  const { splits, classNames } = await open(source);
  const { ids = [], labels = [] } = splits[split] ?? {};
  return Object.fromEntries(ids.map((id, i) => [id, classNames[labels[i] as number]]));
}

describe("a tar of WebDataset's samples", () => {
  const SAMPLES = {
    "0001.jpg": BLUE,
    "0001.cls": "10",
    "0001.txt": "a blue one",
    "0002.cls": " 2\n",
    "0002.png": RED,
    "a/b.json": '{"label": 10, "caption": "red"}',
    "a/b.JPEG": BLUE,
    "README.md": "pictures",
  };

  it("has the classes of .cls and .json, sorted as numbers, and ids without its own name", async () => {
    const folder = await write({ "colours.tar": SAMPLES });
    const { name, classNames, splits, badFiles } = await open(join(folder, "colours.tar"));
    expect({ name, classNames, badFiles }).toEqual({
      name: "colours",
      classNames: ["2", "10"],
      badFiles: [],
    });
    expect(splits.train.ids).toEqual(["0001.jpg", "0002.png", "a/b.JPEG"]);
    expect([...splits.train.labels]).toEqual([1, 0, 1]);
    expect([...(await splits.train.readImages([1])).images.subarray(0, 3)]).toEqual([255, 0, 0]);
  });

  it("has names of classes in classes.txt beside it", async () => {
    const names = Array.from({ length: 11 }, (_, i) => `class ${i}`).join("\r\n");
    const folder = await write({ "colours.tar": SAMPLES, "classes.txt": `${names}\r\n` });
    expect((await open(folder)).classNames).toHaveLength(11);
    expect(await classesOf(folder)).toMatchObject({ "0001.jpg": "class 10", "0002.png": "class 2" });
    await writeFile(join(folder, "classes.txt"), "one\n\nthree");
    await expect(open(folder)).rejects.toThrow("an empty line 2");
    await writeFile(join(folder, "classes.txt"), `crane\ncrane\n${names}`);
    await expect(open(folder)).rejects.toThrow("crane for two");
  });

  it("leaves out pictures whose label has no name, and counts them as broken", async () => {
    const folder = await write({
      "colours.tar": { ...SAMPLES, "3.png": RED, "3.cls": "crane", "4.png": RED, "4.cls": "0" },
      "classes.txt": "one\ntwo\nthree",
    });
    const { splits, badFiles } = await open(folder);
    expect(splits.train.ids).toEqual(["0002.png", "4.png"]);
    expect(badFiles).toEqual([
      { path: "0001.jpg", kind: "broken", reason: "has the label 10, none of the 3 that classes.txt names" },
      {
        path: "3.png",
        kind: "broken",
        reason: 'has the label "crane", none of the 3 that classes.txt names',
      },
      { path: "a/b.JPEG", kind: "broken", reason: "has the label 10, none of the 3 that classes.txt names" },
    ]);
    await expect(open(folder, { maxBadFraction: 0.5 })).rejects.toThrow(
      /Received: 3 of 5 \(60 %\)\.\n {2}0001\.jpg: has the label 10/,
    );
    await writeFile(join(folder, "classes.txt"), "crab\nheron");
    await expect(open(folder, { maxBadFraction: 0.5 })).rejects.toThrow("Received: 4 of 5 (80 %)");
  });

  it("names the labels where none of them has a name", async () => {
    const folder = await write({ "x.tar": { "1.png": RED, "1.cls": "7" }, "classes.txt": "one\ntwo" });
    await expect(open(folder, { maxBadFraction: 0.01 })).rejects.toThrow(
      "1.png: has the label 7, none of the 2",
    );
  });

  it("takes texts for names", async () => {
    const folder = await write({
      "x.tar": { "1.png": RED, "1.cls": "red", "2.png": RED, "2.json": '{"class":"blue"}' },
    });
    expect(await classesOf(folder)).toEqual({ "1.png": "red", "2.png": "blue" });
  });

  it("is one of several, whose names tell the split and stand in the ids", async () => {
    const sample = (label: number) => ({ "0.png": RED, "0.cls": String(label) });
    const folder = await write({
      "flowers-train-000001.tar": sample(1),
      "flowers-train-000000.tar": sample(0),
      "flowers-val-0.tar": sample(0),
      "test/0.tar": sample(1),
      "test/._0.tar": "of a Mac",
      "more.tar/readme.txt": "a folder",
      "notes.txt": "about",
    });
    expect(await classesOf(folder)).toEqual({
      "flowers-train-000000.tar/0.png": "0",
      "flowers-train-000001.tar/0.png": "1",
    });
    expect(await classesOf(folder, "validation")).toEqual({ "flowers-val-0.tar/0.png": "0" });
    expect(await classesOf(folder, "test")).toEqual({ "test/0.tar/0.png": "1" });
  });

  it("asks for one to train on", async () => {
    const sample = { "0.png": RED, "0.cls": "0", "1.png": RED, "1.cls": "1" };
    const folder = await write({ "val-0.tar": sample, "test-0.tar": sample });
    await expect(open(folder)).rejects.toThrow(/one with train in its name.*Received: test-0.tar, val-0.tar/);
  });

  it("names what is missing, doubled or broken, and goes on", async () => {
    const tar = encodeTar([
      { name: "1.png", content: RED },
      { name: "1.cls", content: "0" },
      { name: "2.png", content: RED },
      { name: "2.cls", content: "1" },
      { name: "2.jpg", content: BLUE },
      { name: "2.mask.png", content: RED },
      { name: "alone.png", content: RED },
      { name: "unknown.png", content: RED },
      { name: "unknown.cls", content: "-1" },
      { name: "torn.png", content: RED },
      { name: "torn.json", content: '{"label"' },
      { name: "cut.png", content: RED.subarray(0, 50) },
      { name: "cut.cls", content: "1" },
      { name: "gone.cls", content: "1" },
      { name: "../up.png", content: RED },
      { name: "../up.cls", content: "1" },
      { name: "link.png", type: "2" },
      { name: "._1.png", content: "of a Mac" },
      { name: "1.png", content: RED },
    ]);
    const { splits, badFiles } = await open(join(await write({ "x.tar": tar }), "x.tar"));
    expect(splits.train.ids).toEqual(["1.png", "2.png"]);
    expect(
      Object.fromEntries(badFiles.map(({ path, kind, reason }) => [path, `${kind}: ${reason}`])),
    ).toEqual({
      "../up.png": 'stray: has ".." in its name',
      "1.png": "repeated: stands again later in the archive, and there it counts",
      "2.jpg": "repeated: is of a sample with a picture, 2.png",
      "alone.png": "stray: has no label",
      "cut.png": expect.stringContaining("broken: ") as string,
      "gone.cls": "stray: has no picture",
      "link.png": "broken: is a link, which an archive has no picture for",
      "torn.png": "stray: has no label",
      "unknown.png": "stray: has no label",
    });
  });

  it("refuses many samples without labels, or with pictures that are not read", async () => {
    const good = { "1.png": RED, "1.cls": "0", "2.png": BLUE, "2.cls": "1" };
    const openTar = async (files: Record<string, string | Uint8Array>, maxBadFraction: number) =>
      open(join(await write({ "x.tar": { ...good, ...files } }), "x.tar"), { maxBadFraction });
    const unlabelled = { "3.png": RED, "4.jpg": BLUE };
    await expect(openTar(unlabelled, 0.4)).rejects.toThrow(
      "Received: 2 of 4 (50 %).\n  3.png: has no label\n  4.jpg: has no label",
    );
    expect((await openTar(unlabelled, 0.5)).splits.train.ids).toEqual(["1.png", "2.png"]);
    const unread = { "3.heic": "x", "3.cls": "1", "2.bmp": "of a sample with a picture" };
    await expect(openTar(unread, 0.3)).rejects.toThrow(
      "Received: 1 of 3 (33.3 %).\n  3.heic: a picture in a format that is not read (.heic)",
    );
    expect((await openTar(unread, 0.34)).badFiles.map(({ path }) => path)).toEqual(["3.heic"]);
  });

  it("refuses one class, and pictures without labels or class folders", async () => {
    const one = await write({ "x.tar": { "1.png": RED, "1.cls": "7" } });
    await expect(open(one)).rejects.toThrow(/labels of two classes or more.*Received: one, 7/);
    const none = await write({ "x.tar": { "1.png": RED, "2.png": RED } });
    await expect(open(none)).rejects.toThrow(
      /Expected pictures in .* with labels.*2 that have none, the first 1.png/,
    );
    const other = await write({ "x.tar": { "1.txt": "x" } });
    await expect(open(other)).rejects.toThrow("Received: 1 files, such as 1.txt");
  });
});

describe("a tar of class folders", () => {
  const FILES = {
    "cat/1.png": RED,
    "cat/2.jpg": BLUE,
    "dog/1.png": RED,
    "cat/notes.txt": "x",
    "stray.png": RED,
  };

  it("is the data set that its folder would be", async () => {
    const folder = await writeFiles(await temporaryFolder(), FILES);
    const tars = await write({ "pets.tar": FILES });
    const [unpacked, packed] = [await open(folder), await open(join(tars, "pets.tar"))];
    expect(packed.contentHash).toBe(unpacked.contentHash);
    expect(packed.classNames).toEqual(["cat", "dog"]);
    expect(packed.badFiles).toEqual(unpacked.badFiles);
    expect(packed.splits.train.ids).toEqual(["cat/1.png", "cat/2.jpg", "dog/1.png"]);
  });

  it("may have splits, and one folder around all", async () => {
    const folder = await writeFiles(join(await temporaryFolder(), "pets"), {
      "train/cat/1.png": RED,
      "train/dog/1.png": RED,
      "val/cat/2.png": RED,
    });
    const file = join(await temporaryFolder(), "pets.tar");
    await packDataset(folder, file);
    const { splits, classNames, badFiles } = await open(file);
    expect({ classNames, badFiles }).toEqual({ classNames: ["cat", "dog"], badFiles: [] });
    expect(splits.train.ids).toEqual(["pets/train/cat/1.png", "pets/train/dog/1.png"]);
    expect(splits.validation?.ids).toEqual(["pets/val/cat/2.png"]);
  });

  it("has its splits in any spelling, and needs one to train on", async () => {
    const files = { "Training/cat/1.png": RED, "Training/dog/1.png": RED, "Testing/cat/2.png": RED };
    const { splits, classNames } = await open(join(await write({ "x.tar": files }), "x.tar"));
    expect(classNames).toEqual(["cat", "dog"]);
    expect(splits.test?.ids).toEqual(["Testing/cat/2.png"]);
    const none = await write({ "x.tar": { "val/cat/1.png": RED, "test/dog/1.png": RED } });
    await expect(open(join(none, "x.tar"))).rejects.toThrow(
      /Expected a folder train\/.*Received: val\/, test\//,
    );
  });

  it("may be one of a split", async () => {
    const folder = await write({
      "train.tar": { "cat/1.png": RED, "dog/1.png": RED },
      "val.tar": { "cat/1.png": BLUE },
    });
    expect(await classesOf(folder)).toEqual({ "train.tar/cat/1.png": "cat", "train.tar/dog/1.png": "dog" });
    expect(await classesOf(folder, "validation")).toEqual({ "val.tar/cat/1.png": "cat" });
  });

  it("beside its unpacked folders is passed over", async () => {
    const folder = await write({ "pets.tar": FILES, "cat/1.png": RED, "dog/1.png": RED });
    expect(await classesOf(folder)).toEqual({ "cat/1.png": "cat", "dog/1.png": "dog" });
  });
});

describe("pictures in a tar", () => {
  const COUNT = 40;

  async function manySamples(): Promise<string> {
    const files: Record<string, string | Uint8Array> = {};
    for (let i = 0; i < COUNT; i++) {
      files[`${i}.png`] = await encodePicture([6 * i, 0, 0], { height: 2 + (i % 2), width: 2 });
      files[`${i}.cls`] = String(i % 2);
    }
    return join(await write({ "x.tar": files }), "x.tar");
  }

  it("are loaded by workers, resized, and shown small", async () => {
    const dataset = await open(await manySamples(), { imageSize: [2, 2] });
    const loader = await createLoader(dataset.splits.train, {
      batchSize: 8,
      workers: 2,
      shuffle: false,
      rng: Rng.fromSeed(0),
      transforms: [],
    });
    const reds = new Map<string, number>();
    for await (const { images, ids } of loader.epoch(0)) {
      ids.forEach((id, i) => reds.set(id, Math.round((images[i * 12] ?? 0) * 255)));
    }
    await loader.close();
    expect(Object.fromEntries(reds)).toEqual(
      Object.fromEntries(Array.from({ length: COUNT }, (_, i) => [`${i}.png`, 6 * i])),
    );
    const packs = [];
    for await (const { pictures } of packThumbnails(dataset)) packs.push(...pictures);
    expect(packs).toHaveLength(COUNT);
  });

  it("are held back by their ids, and kept together by `group`", async () => {
    const source = await manySamples();
    const { splits } = await open(source, { validationFraction: 0.4, group: "^(\\d)" });
    const groupsOf = (ids: readonly string[] = []) => new Set(ids.map((id) => id[0]));
    const [train, validation] = [groupsOf(splits.train.ids), groupsOf(splits.validation?.ids)];
    expect(validation.size).toBeGreaterThan(0);
    expect([...validation].filter((group) => train.has(group))).toEqual([]);
  });

  it("are read again only when the tar has changed", async () => {
    const tar = encodeTarOf({ "1.cls": "0", "1.png": RED, "2.png": BLUE, "2.cls": "1" });
    const { length } = tar;
    const file = join(await write({ "x.tar": tar }), "x.tar");
    const home = await temporaryFolder();
    const stamped = new Date(1_600_000_000_000);
    await utimes(file, stamped, stamped);
    const seen: DatasetProgress[] = [];
    const onProgress = (progress: DatasetProgress) => void seen.push(progress);
    const spec = { source: file, validationFraction: 0, testFraction: 0 };
    const { contentHash } = await openDataset(spec, { home, onProgress });
    expect(seen).toContainEqual({ phase: "check", what: file, done: 513, total: length, unit: "bytes" });
    seen.length = 0;
    await openDataset(spec, { home, onProgress });
    expect(seen).toEqual([]);
    // Damage that leaves size and time as they were is not seen: nothing was read again.
    await writeFile(file, Buffer.alloc(length));
    await utimes(file, stamped, stamped);
    expect((await open(file, {}, home)).contentHash).toBe(contentHash);
    await utimes(file, new Date(), new Date());
    await expect(open(file, {}, home)).rejects.toThrow(DatasetFormatError);
  });

  it.each(["x.tar.gz", "x.tgz", "x.tar.zst"])("cannot be read out of %s", async (name) => {
    const folder = await write({ [name]: "compressed" });
    for (const source of [folder, join(folder, name)]) {
      await expect(open(source)).rejects.toThrow(/compressed as a whole. Decompress it to a .tar/);
    }
  });
});
