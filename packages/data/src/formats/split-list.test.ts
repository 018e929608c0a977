import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { collect, open as openLoader } from "../../test/loaders.js";
import { encodeParquet } from "../../test/parquet-files.js";
import { encodePicture, writeFiles } from "../../test/pictures.js";
import { writeIdxFolder } from "../../test/record-files.js";
import { encodeTarOf } from "../../test/tar-files.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { openDataset, type DataSpecInput, type ImageDataset } from "../index.js";
import { groupCopies } from "../inspection/inspect-dataset.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import { AnnotationsHashMismatchError } from "../annotations-hash.js";
import { writeSplitList } from "./write-split-list.js";

const BOM = "\uFEFF";

async function open(spec: DataSpecInput, home?: string) {
  return openDataset(
    { validationFraction: 0, testFraction: 0, ...spec },
    { home: home ?? (await temporaryFolder()) },
  );
}

/** A tar of 40 pictures in two class folders, whose red tells them apart. */
async function writeTar(extra: Record<string, string | Uint8Array> = {}) {
  const pictures = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      return [`${i % 2 ? "oak, old" : "ash"}/${i}.png`, await encodePicture([5 * i, 0, 0])] as const;
    }),
  );
  const folder = await writeFiles(await temporaryFolder(), {
    "leaves.tar": encodeTarOf({ ...Object.fromEntries(pictures), ...extra }),
  });
  return { folder, source: join(folder, "leaves.tar") };
}

/** Three pictures to learn from, of which the second shows 6, and two to judge on, of which the first shows 100. */
const writeDigits = async () => writeIdxFolder(await temporaryFolder(), { train: [0, 1, 0], t10k: [1, 0] });

async function writeList(text: string, name = "list.csv"): Promise<string> {
  const file = join(await temporaryFolder(), name);
  await writeFile(file, text);
  return file;
}

const idsOf = ({ splits }: ImageDataset) => ({
  train: splits.train.ids,
  validation: splits.validation?.ids,
  test: splits.test?.ids,
});

describe("a list of splits", () => {
  it.each(["splits.csv", "splits.jsonl"])("hands on what was held back of a tar: %s", async (name) => {
    const { folder, source } = await writeTar();
    const held = await open({ source, validationFraction: 0.3, testFraction: 0.2, splitSeed: 4 });
    const splits = join(folder, name);
    await writeSplitList(held, splits);
    const again = await open({ source, splits, validationFraction: 0.5 });
    expect(idsOf(again)).toEqual(idsOf(held));
    expect(again.splits.train.labels).toEqual(held.splits.train.labels);
    expect(again.contentHash).toBe(held.contentHash);
    expect(again.holding).toBeUndefined();
    const card = await again.card();
    expect(card.warnings).toEqual([]);
    expect(card.splits["validation"]).not.toHaveProperty("chosenBy");
    expect(held.splits.validation?.length).toBeGreaterThan(3);
  });

  it("moves pictures across the splits that IDX files have, and their pixels with them", async () => {
    const source = await writeDigits();
    const splits = await writeList("id,split\ntrain/00001,test\ntest/00000,train\ntest/00001,val\n");
    const dataset = await open({ source, splits });
    expect(idsOf(dataset)).toEqual({
      train: ["train/00000", "train/00002", "test/00000"],
      validation: ["test/00001"],
      test: ["train/00001"],
    });
    const { train, test } = dataset.splits;
    expect([...train.labels]).toEqual([0, 0, 1]);
    expect([...(await train.readImages([2])).images]).toEqual([100, 101, 102, 103, 104, 105]);
    expect([...(await test!.readImages([0])).images]).toEqual([6, 7, 8, 9, 10, 11]);
    expect(dataset.contentHash).toBe((await open({ source })).contentHash);
    const resized = await open({ source, splits, imageSize: [4, 6], limit: { train: 2 } });
    expect(resized.imageShape).toEqual([4, 6, 1]);
    expect((await resized.splits.test!.readImages([0])).images[0]).toBe(6);
    expect(resized.splits.train.length).toBe(2);
  });

  it("moves pictures across Parquet files, for workers and the caches too", async () => {
    const sample = async (red: number, label: number) => ({
      image: { bytes: await encodePicture([red, 0, 0]), path: null },
      label,
    });
    const folder = await writeFiles(await temporaryFolder(), {
      "train-0.parquet": encodeParquet([await sample(10, 0), await sample(20, 1), await sample(30, 0)]),
      "test-0.parquet": encodeParquet([await sample(40, 1), await sample(50, 0)]),
    });
    const splits = await writeList(
      "id,split,label\ntest-0.parquet/00000,train,1\ntrain-0.parquet/00000,test,0\n",
    );
    const home = await temporaryFolder();
    // With and without resizing, and once more from what the home keeps of them.
    for (const size of [{}, { imageSize: [2, 2] }, { imageSize: [2, 2] }] as Partial<DataSpecInput>[]) {
      const { train, test } = (await open({ source: folder, splits, ...size }, home)).splits;
      expect(train.ids).toEqual(["train-0.parquet/00001", "train-0.parquet/00002", "test-0.parquet/00000"]);
      expect(test?.ids).toEqual(["train-0.parquet/00000", "test-0.parquet/00001"]);
      const loader = await openLoader(train, { shuffle: false, workers: 1 });
      const [batch] = await collect(loader.epoch(0));
      const values = (batch?.images.length ?? 0) / 3;
      expect([0, 1, 2].map((i) => Math.round((batch?.images[i * values] ?? 0) * 255))).toEqual([20, 30, 40]);
      expect([...(batch?.labels ?? [])]).toEqual([1, 0, 1]);
      expect((await test!.readImages([1])).images[0]).toBe(50);
    }
  });

  it("leaves pictures that it gives no split where they are, and counts those that it does not list", async () => {
    const source = await writeDigits();
    const dataset = await open({
      source,
      splits: await writeList("id,split,group\ntrain/00001,,a\ntrain/00002,val,a\n"),
    });
    expect(idsOf(dataset)).toEqual({
      train: ["train/00000", "train/00001"],
      validation: ["train/00002"],
      test: ["test/00000", "test/00001"],
    });
    expect((await dataset.card()).warnings).toEqual([
      "3 pictures are not in list.csv, such as train/00000: without a split there, 1 in train, 2 in test",
      "1 group is in several splits that the data set or a list gives, such as a in train and validation: what is judged on groups " +
        "that were learnt from looks better than it is",
    ]);
  });

  it("keeps groups together that it names, and warns of none beside them", async () => {
    const { source } = await writeTar();
    const ids = (await open({ source })).splits.train.ids;
    const rows = ids.slice(0, 30).map((id, i) => JSON.stringify({ id, group: Math.floor(i / 3) }));
    const dataset = await open({
      source,
      splits: await writeList(rows.join("\n"), "groups.jsonl"),
      validationFraction: 0.3,
      testFraction: 0.3,
    });
    const splitOf = new Map(dataset.splitList().flatMap(({ name, ids: own }) => own.map((id) => [id, name])));
    for (let first = 0; first < 30; first += 3) {
      const members = ids.slice(first, first + 3).map((id) => splitOf.get(id));
      expect(new Set(members).size, String(first)).toBe(1);
    }
    expect(new Set(splitOf.values()).size).toBe(3);
    expect(dataset.warnings).toEqual([]);
  });

  it("keeps copies in a tar in one split, by what `groupCopies` finds", async () => {
    const copies = await Promise.all(
      [0, 1, 2, 3, 4, 5].map(
        async (i) => [`ash/copy ${i}.png`, await encodePicture([10 * i, 0, 0])] as const,
      ),
    );
    const { folder, source } = await writeTar(Object.fromEntries(copies));
    const home = await temporaryFolder();
    const spec = { source, validationFraction: 0.4, testFraction: 0.3 };
    const held = await open(spec, home);
    const groups = await groupCopies(held, { home, minSimilarity: 1 });
    const splits = join(folder, "splits.csv");
    await writeSplitList(held, splits, { groups });
    expect(await readFile(splits, "utf8")).not.toMatch(/,(validation|test),/);
    const apart = (dataset: ImageDataset) => {
      const splitOf = new Map(dataset.splitList().flatMap(({ name, ids }) => ids.map((id) => [id, name])));
      return copies.filter(([id], i) => splitOf.get(id) !== splitOf.get(`ash/${2 * i}.png`)).length;
    };
    expect(apart(held)).toBeGreaterThan(0);
    const grouped = await open({ ...spec, splits }, home);
    expect(apart(grouped)).toBe(0);
    expect(grouped.splitList().map(({ name }) => name)).toEqual(["train", "validation", "test"]);
  });

  it("is laid over folders and manifests, too", async () => {
    const source = await writeFiles(await temporaryFolder(), {
      "test/ash/1.png": await encodePicture([1, 0, 0]),
      "train/ash/1.png": await encodePicture([2, 0, 0]),
      "train/oak/1.png": await encodePicture([3, 0, 0]),
      "manifest.csv": "path,label,group\ntrain/ash/1.png,ash,a\ntrain/oak/1.png,oak,b\n",
    });
    const splits = await writeList("id,split\ntrain/oak/1.png,test\n");
    const dataset = await open({ source, splits });
    expect(idsOf(dataset)).toMatchObject({ train: ["train/ash/1.png"], test: ["train/oak/1.png"] });
    expect(dataset.groupOf("train/oak/1.png")).toBe("b");
  });

  it.each([
    ["list.csv", `${BOM}id,split,label\r\n"ash/0.png",test,ash\r\n\r\n"oak, old/1.png",val,"oak, old"\r\n`],
    [
      "list.jsonl",
      `${BOM}{"id":"ash/0.png","split":"test"}\r\n\r\n{"id":"oak, old/1.png","split":"VAL","label":"oak, old"}\r\n`,
    ],
  ])("may have been through other programs: %s", async (name, text) => {
    const { source } = await writeTar();
    const dataset = await open({ source, splits: await writeList(text, name) });
    expect(idsOf(dataset)).toMatchObject({ validation: ["oak, old/1.png"], test: ["ash/0.png"] });
  });

  it("may list pictures that cannot be used, which the card tells", async () => {
    const { source } = await writeTar({ "ash/broken.png": "no picture" });
    const splits = await writeList("id,split\nash/broken.png,test\nash/0.png,test\n");
    const { warnings, splits: opened } = await open({ source, splits, maxBadFraction: 1 });
    expect(opened.test?.ids).toEqual(["ash/0.png"]);
    expect(warnings).toContain("1 picture of list.csv cannot be used: ash/broken.png");
  });

  it.each([
    [
      "an id that is not there",
      "id,split\nash/0.png,val\nash/1.png,val\na,test\nb,test\nc,\nd,test\ne,test\n",
      /Received: 6 of 7 that are none, the first in line 3: ash\/1\.png, a, b, c, d and 1 more\. Its ids are like ash\/0\.png\./,
    ],
    [
      "another label",
      "id,label,split\nash/0.png,oak,val\n",
      /Expected ash as label of ash\/0\.png in line 2 of .*Received: oak\./,
    ],
    [
      "an id twice",
      "id,split\nash/0.png,val\nash/2.png,val\nash/0.png,test\n",
      /Received: ash\/0\.png in lines 2 and 4\./,
    ],
    [
      "no such split",
      "id,split\nash/0.png,holdout\n",
      /Expected one of train, .* in line 2 of .*Received: holdout\./,
    ],
    ["no id", "path,split\nash/0.png,val\n", /Expected an id in line 2 of .*Received: only path, split\./],
    ["neither splits nor groups", "id,set\nash/0.png,val\n", /Received: neither in 1 line\./],
    ["nothing at all", "", /Received: neither in 0 lines\./],
  ])("is refused with %s", async (_, text, message) => {
    const { source } = await writeTar();
    const opening = open({ source, splits: await writeList(text) });
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toBeInstanceOf(DatasetFormatError);
  });

  it("is refused where it is not there, is no list, or leaves nothing to train on", async () => {
    const source = await writeDigits();
    await expect(open({ source, splits: join(source, "gone.csv") })).rejects.toThrow(
      /Expected the list of splits at .*gone\.csv that `splits` names\. Received: ENOENT.*\. Correct the path, or put the list back there, where/,
    );
    await expect(open({ source, splits: join(source, "splits.txt") })).rejects.toThrow(
      /Expected a list of splits whose name ends in \.csv or \.jsonl/,
    );
    const all = ["00000", "00001", "00002"].map((number) => `train/${number},test\n`);
    await expect(open({ source, splits: await writeList(`id,split\n${all.join("")}`) })).rejects.toThrow(
      /Expected training pictures in .*Received: none/,
    );
  });

  it("is the same in another order and format, and refused once it says something else", async () => {
    const source = await writeDigits();
    const first = await open({
      source,
      splits: await writeList("id,split,group\ntrain/00001,val,\ntrain/00000,,a\n"),
    });
    const { annotationsHash } = first;
    expect(annotationsHash).toMatch(/^[0-9a-f]{64}$/);
    expect((await open({ source })).annotationsHash).not.toBe(annotationsHash);
    const same = '{"group":"a","id":"train/00000"}\n{"id":"train/00001","split":"validation","label":1}\n';
    const again = await open({ source, annotationsHash, splits: await writeList(same, "same.jsonl") });
    expect(idsOf(again)).toEqual(idsOf(first));
    for (const text of [
      "train/00001,test,\ntrain/00000,,a",
      "train/00001,val,\ntrain/00000,,b",
      "train/00001,val,",
    ]) {
      const splits = await writeList(`id,split,group\n${text}\n`);
      await expect(open({ source, annotationsHash, splits })).rejects.toThrow(AnnotationsHashMismatchError);
    }
    await expect(open({ source, annotationsHash })).rejects.toThrow(AnnotationsHashMismatchError);
  });
});

describe("writeSplitList", () => {
  it("writes a line for each picture, sorted by id, with the data set's own groups", async () => {
    const source = await writeDigits();
    const list = await writeList('id,group\ntrain/00002,"a, b"\n');
    const dataset = await open({ source, splits: list });
    const file = join(await temporaryFolder(), "splits.csv");
    await writeSplitList(dataset, file);
    expect(await readFile(file, "utf8")).toBe(
      'id,label,split,group\ntest/00000,1,test,\ntest/00001,0,test,\ntrain/00000,0,train,\ntrain/00001,1,train,\ntrain/00002,0,train,"a, b"\n',
    );
  });

  it("refuses names by which it would be taken for something else", async () => {
    const dataset = await open({ source: await writeDigits() });
    await expect(writeSplitList(dataset, "splits.xlsx")).rejects.toThrow("ends in .csv or .jsonl");
    await expect(writeSplitList(dataset, join("x", "manifest.csv"))).rejects.toThrow(
      "Expected another name for a list of splits.",
    );
  });
});
