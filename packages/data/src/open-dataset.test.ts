import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DatasetCard } from "@convkit/schema";
import { describe, expect, it } from "vitest";
import { encodePicture, writeFiles } from "../test/pictures.js";
import { encodeCifar, encodeIdx, writeIdxFolder } from "../test/record-files.js";
import { temporaryFolder } from "../test/temporary-folder.js";
import { DatasetFormatError } from "./formats/dataset-format-error.js";
import {
  ContentHashMismatchError,
  DatasetNotFoundError,
  openDataset,
  type DataSpecInput,
} from "./open-dataset.js";

async function open(spec: DataSpecInput) {
  return openDataset(spec, { home: await temporaryFolder() });
}

const LABELS = Array.from({ length: 200 }, (_, i) => i % 4);

describe("openDataset of a path", () => {
  it("opens IDX files and splits validation pictures off by the hash of their ids", async () => {
    const source = await writeIdxFolder(await temporaryFolder(), { train: LABELS, t10k: [0, 1, 2] });
    const dataset = await open({ source, validationFraction: 0.25, splitSeed: 5 });
    const { train, validation, test } = dataset.splits;
    expect(train.length + (validation?.length ?? 0)).toBe(200);
    expect(Math.abs((validation?.length ?? 0) - 50)).toBeLessThan(5 * Math.sqrt(200 * 0.1875));
    expect(test?.length).toBe(3);
    expect(dataset.imageShape).toEqual([2, 3, 1]);
    const again = await open({ source, validationFraction: 0.25, splitSeed: 5 });
    expect(again.splits.validation?.ids).toEqual(validation?.ids);
    expect(again.contentHash).toBe(dataset.contentHash);
    expect((await open({ source, splitSeed: 6 })).splits.validation?.ids).not.toEqual(validation?.ids);
  });

  it("leaves a data set's own validation pictures alone", async () => {
    const source = await writeIdxFolder(await temporaryFolder(), { train: LABELS, val: [1, 2] });
    const { splits } = await open({ source, validationFraction: 0.5 });
    expect(splits.validation?.ids).toEqual(["validation/00000", "validation/00001"]);
    expect(splits.train.length + (splits.test?.length ?? 0)).toBe(200);
  });

  it("holds test pictures back where there are none, before it chooses validation pictures", async () => {
    const source = await writeIdxFolder(await temporaryFolder(), { train: LABELS });
    const { train, validation, test } = (await open({ source })).splits;
    expect(test?.name).toBe("test");
    expect(Math.abs((test?.length ?? 0) - 20)).toBeLessThan(5 * Math.sqrt(200 * 0.09));
    expect(new Set([train, validation, test].flatMap((split) => [...(split?.ids ?? [])])).size).toBe(200);
    const without = (await open({ source, testFraction: 0 })).splits;
    expect(without.test).toBeUndefined();
    expect(without.validation?.ids.filter((id) => !test?.ids.includes(id))).toEqual(validation?.ids);
  });

  it("takes turns with folds, and holds back exact parts if asked; the card says how", async () => {
    const source = await writeIdxFolder(await temporaryFolder(), { train: LABELS });
    const spec = { source, testFraction: 0.2, stratify: true };
    const folds = await Promise.all([0, 1, 2, 3].map((fold) => open({ ...spec, folds: 4, fold })));
    const validating = folds.flatMap(({ splits }) => splits.validation?.ids ?? []);
    const [first] = folds;
    expect(new Set(validating).size).toBe(160);
    expect(validating.filter((id) => first?.splits.test?.ids.includes(id))).toEqual([]);
    expect((await first?.card())?.splits).toMatchObject({
      validation: { count: 40, perClass: [10, 10, 10, 10], chosenBy: "stratified" },
      test: { count: 40, perClass: [10, 10, 10, 10], chosenBy: "stratified" },
    });
    const own = await writeIdxFolder(await temporaryFolder(), { train: LABELS, t10k: [0, 1] });
    const { splits } = await (await open({ source: own })).card();
    expect(splits["validation"]?.chosenBy).toBe("hash");
    expect(splits["test"]).toEqual({ count: 2, perClass: [1, 1, 0, 0] });
  });

  it("refuses folds beside validation pictures, and exact parts beside groups", async () => {
    const source = await writeIdxFolder(await temporaryFolder(), { train: LABELS, val: [0, 1] });
    await expect(open({ source, folds: 3 })).rejects.toThrow(/validation pictures of its own/);
    await expect(open({ source, stratify: true, group: "(.)$" })).rejects.toThrow(
      /groups, which stay together/,
    );
    await expect(open({ source, fold: 3, folds: 3 })).rejects.toThrow(/fold below the number of folds/);
  });

  it("keeps groups together, by a pattern or by a function", async () => {
    const source = await writeIdxFolder(await temporaryFolder(), { train: LABELS });
    const spec = { source, validationFraction: 0.3, testFraction: 0.3 };
    const groupOf = (id: string) => id.slice(0, -1);
    // The last ten pictures are in no group of the pattern, and so each is one of its own.
    const byPattern = await open({ ...spec, group: "^(train/00(?:0\\d|1[0-8]))\\d$" });
    const byFunction = await openDataset(spec, { home: await temporaryFolder(), groupOf });
    for (const { splits } of [byPattern, byFunction]) {
      const groups = [splits.train, splits.validation, splits.test].map(
        (split) => new Set(split?.ids.filter((id) => !id.startsWith("train/0019")).map(groupOf)),
      );
      expect(groups.every(({ size }) => size > 1)).toBe(true);
      expect(new Set(groups.flatMap((group) => [...group])).size).toBe(
        groups.reduce((sum, { size }) => sum + size, 0),
      );
    }
  });

  it("warns of a group that a pattern finds in training and test pictures", async () => {
    const picture = await encodePicture([255, 0, 0]);
    const source = await writeFiles(await temporaryFolder(), {
      "train/cat/film1_1.png": picture,
      "train/dog/film2_1.png": picture,
      "test/dog/film2_2.png": picture,
      "test/cat/film3_1.png": picture,
      "test/cat/other.png": picture,
    });
    expect((await open({ source, group: "/(film\\d+)_" })).warnings).toEqual([
      expect.stringMatching(/^1 group is in several splits .* film2 in train and test: /),
    ]);
    expect((await open({ source })).warnings).toEqual([]);
  });

  it("warns of classes that are judged and not learnt, and of those without a picture, naming a few", async () => {
    const picture = await encodePicture([255, 0, 0]);
    const rows = [
      ...["ant", "bee"].map((name) => [name, "train"] as const),
      ...["cow", "dog", "eel", "fox", "gnu"].map((name) => [name, "test"] as const),
      ["owl", "val"] as const,
    ];
    const source = await writeFiles(await temporaryFolder(), {
      ...Object.fromEntries(rows.map(([name, split]) => [`${split}/${name}/1.png`, picture])),
      "train/yak/1.png": "broken",
    });
    expect((await (await open({ source, maxBadFraction: 1 })).card()).warnings).toEqual([
      "6 classes have no training picture, only such for validation or test, and cannot be learnt: cow, dog, eel, fox and 2 more",
      "1 class has no picture that can be used: yak",
    ]);
    // What a limit leaves out is not missed.
    const digits = await writeIdxFolder(await temporaryFolder(), { train: LABELS, val: [0], t10k: [1] });
    expect((await open({ source: digits, limit: { train: 1 } })).warnings).toEqual([]);
  });

  it("warns of a split that was asked for and came out empty, where a picture of it was to be expected", async () => {
    const groups = Array.from({ length: 60 }, (_, i) => (i < 30 ? "a" : "b"));
    const source = await writeIdxFolder(await temporaryFolder(), { train: groups.map((_, i) => i % 2) });
    const groupOf = (id: string) => groups[Number(id.slice(-5))] as string;
    const home = await temporaryFolder();
    const opened = await openDataset(
      { source, testFraction: 0.1, validationFraction: 0.02 },
      { home, groupOf },
    );
    expect(opened.splits.test).toBeUndefined();
    expect(opened.warnings).toEqual([
      "No test picture was held back: of 60 training pictures, none fell to the part of 0.1 that was asked for; a larger " +
        "part or another splitSeed may give some",
      "No validation picture was held back: of 60 training pictures, none fell to the part of 0.02 that was asked for; a " +
        "larger part or another splitSeed may give some",
    ]);
    const few = await writeIdxFolder(await temporaryFolder(), { train: [0, 1, 0, 1] });
    expect((await open({ source: few, testFraction: 0.1, validationFraction: 0 })).warnings).toEqual([]);
  });

  it("refuses to learn from one class, also where the pictures of the other are broken", async () => {
    const picture = await encodePicture([255, 0, 0]);
    const source = await writeFiles(await temporaryFolder(), {
      "cat/1.png": "broken",
      "cat/2.png": "broken",
      "dog/1.png": picture,
      "dog/2.png": picture,
    });
    await expect(open({ source, maxBadFraction: 1 })).rejects.toThrow(
      /Received: those of one, dog, and none of cat; 2 files are left out, the first cat\/1\.png: .*unsupported/,
    );
    await expect(open({ source })).rejects.toThrow("Received: 2 of 4 (50 %)");
    const digits = await writeIdxFolder(await temporaryFolder(), { train: [2, 2], t10k: [0, 1] });
    await expect(open({ source: digits })).rejects.toThrow("those of one, 2, and none of 0, 1. Add");
    // A list may deal them out anew.
    const splits = join(await writeFiles(digits, { "all.csv": "id,split\ntest/00000,train\n" }), "all.csv");
    const dealt = await open({ source: digits, splits, validationFraction: 0 });
    expect([...dealt.splits.train.labels].sort()).toEqual([0, 2, 2]);
  });

  it("asks for the folder above where only one class was found, and for the one below where it holds several", async () => {
    const picture = await encodePicture([255, 0, 0]);
    const photos = await writeFiles(await temporaryFolder(), {
      "flowers/rose/1.png": picture,
      "flowers/tulip/2.png": picture,
    });
    await expect(open({ source: photos })).rejects.toThrow(
      `one class folder, flowers, with rose, tulip in it. Name the folder that holds the class folders: ${join(photos, "flowers")}`,
    );
    await expect(
      open({ source: join(photos, "flowers", "rose", "..", "..", "flowers") }),
    ).resolves.toBeDefined();
    const single = await writeFiles(await temporaryFolder(), {
      "rose/1.png": picture,
      "rose/2.png": picture,
    });
    await expect(open({ source: single })).rejects.toThrow(
      "one class folder, rose. Name the folder that holds",
    );
  });

  it("resizes no picture in memory that a limit leaves out", async () => {
    const source = await writeIdxFolder(await temporaryFolder(), { train: LABELS, t10k: [0, 1] });
    const spec = { source, validationFraction: 0, limit: { train: 2 } };
    const { splits } = await open({ ...spec, imageSize: [3000, 3000] });
    expect(splits.train.length).toBe(2);
    const { source: pictures } = splits.train;
    // 1,200 bytes of 200 pictures of 2×3 pixels, not 1.8 GB.
    expect(pictures.kind === "memory" && pictures.pixels.byteLength).toBe(1200);
    const { images } = await splits.train.readImages([1]);
    const { images: small } = await (await open(spec)).splits.train.readImages([1]);
    expect([images[0], images.at(-1)]).toEqual([small[0], small.at(-1)]);
  });

  it("limits each split, and resizes", async () => {
    const source = await writeIdxFolder(await temporaryFolder(), { train: LABELS, t10k: [0, 1, 2] });
    const dataset = await open({ source, limit: { train: 20, test: 2, validation: 5 }, imageSize: [4, 4] });
    const { train, validation, test } = dataset.splits;
    expect([train.length, validation?.length, test?.length]).toEqual([20, 5, 2]);
    expect((await train.readImages([0])).shape).toEqual({ count: 1, height: 4, width: 4, channels: 1 });
    expect(dataset.imageShape).toEqual([4, 4, 1]);
  });

  it("opens CIFAR's files, also inside the folder of the official archive", async () => {
    const source = await temporaryFolder();
    await writeFiles(join(source, "cifar-10-batches-bin"), {
      "data_batch_1.bin": encodeCifar([0, 1, 2, 3]),
      "test_batch.bin": encodeCifar([1]),
      "batches.meta.txt": "a\nb\nc\nd\n",
    });
    const dataset = await open({ source, validationFraction: 0 });
    expect(dataset.classNames).toEqual(["a", "b", "c", "d"]);
    expect(dataset.splits.validation).toBeUndefined();
    const inner = await open({ source: join(source, "cifar-10-batches-bin"), validationFraction: 0 });
    expect(inner.contentHash).toBe(dataset.contentHash);
  });

  it("measures and decodes a picture of very many pixels without holding all of it, and says so", async () => {
    const flat = (edge: number, value: number) =>
      encodePicture([value, value, 51], { width: edge, height: edge });
    const source = await writeFiles(await temporaryFolder(), {
      "a/huge.png": await flat(9000, 255),
      "b/small.png": await flat(10, 0),
    });
    const spec = { source, validationFraction: 0, testFraction: 0 };
    const peakKiB = process.resourceUsage().maxRSS;
    const whole = await (await open(spec)).card();
    expect(whole.mean?.map((mean) => Number(mean.toFixed(6)))).toEqual([0.5, 0.5, 0.2]);
    // As a whole it has 232 MiB.
    expect(process.resourceUsage().maxRSS - peakKiB).toBeLessThan(150 * 1024);
    expect(whole.decoding).toBeUndefined();
    expect((await (await open({ ...spec, imageSize: [8, 8] })).card()).decoding).toBe("dct-scaled");
  });

  it("says on the card whether large JPEGs were scaled by their decoder", async () => {
    const source = await writeFiles(await temporaryFolder(), {
      "red/1.jpg": await encodePicture([255, 0, 0], { width: 60, height: 60, format: "jpeg" }),
      "blue/1.jpg": await encodePicture([0, 0, 255], { width: 59, height: 60, format: "jpeg" }),
    });
    const decodingAt = async (imageSize: [number, number]) =>
      (await (await open({ source, imageSize, validationFraction: 0, testFraction: 0 })).card()).decoding;
    expect(await decodingAt([8, 8])).toBe("dct-scaled");
    expect(await decodingAt([9, 9])).toBe("full");
    expect(
      (await (await open({ source, validationFraction: 0, testFraction: 0 })).card()).decoding,
    ).toBeUndefined();
    // A PNG is decoded whole whatever its size is, and whatever it is called.
    const pngs = await writeFiles(await temporaryFolder(), {
      "red/1.png": await encodePicture([255, 0, 0], { width: 60, height: 60 }),
      "blue/1.jpg": await encodePicture([0, 0, 255], { width: 60, height: 60 }),
    });
    const ofPngs = { source: pngs, imageSize: [8, 8] as [number, number], validationFraction: 0 };
    expect((await (await open({ ...ofPngs, testFraction: 0 })).card()).decoding).toBe("full");
    const memory = await open({ source: await writeIdxFolder(await temporaryFolder(), { train: LABELS }) });
    expect((await memory.card()).decoding).toBeUndefined();
  });

  it("crops or pads pictures of another shape than imageSize where the config says so, and notes it on the card", async () => {
    const source = await writeFiles(await temporaryFolder(), {
      "red/1.png": await encodePicture([255, 0, 0], { width: 8, height: 4 }),
      "blue/1.png": await encodePicture([0, 0, 255], { width: 4, height: 4 }),
    });
    const spec = { source, imageSize: [2, 2] as [number, number], validationFraction: 0, testFraction: 0 };
    const red = async (imageFit?: "stretch" | "crop" | "pad") => {
      const dataset = await open({ ...spec, imageFit });
      const { images } = await dataset.splits.train.readImages([
        dataset.splits.train.ids.indexOf("red/1.png"),
      ]);
      return [(await dataset.card()).imageFit, [...images].filter((_, i) => i % 3 === 0)];
    };
    expect(await red()).toEqual([undefined, [255, 255, 255, 255]]);
    expect(await red("stretch")).toEqual([undefined, [255, 255, 255, 255]]);
    expect(await red("crop")).toEqual(["crop", [255, 255, 255, 255]]);
    expect(await red("pad")).toEqual(["pad", [255, 255, 0, 0]]);
    // Of one size as they are, they are brought to none, but others that the network is shown later will be.
    const squares = await writeFiles(await temporaryFolder(), {
      "red/1.png": await encodePicture([255, 0, 0]),
      "blue/1.png": await encodePicture([0, 0, 255]),
    });
    const alike = await open({ source: squares, imageFit: "crop", validationFraction: 0, testFraction: 0 });
    expect(await alike.card()).toMatchObject({ imageShape: [4, 4, 3], imageFit: "crop" });
    // Pictures that are numbers in a file, too: 2 × 3 lie in the middle of 2 × 8.
    const digits = await writeIdxFolder(await temporaryFolder(), { train: LABELS });
    const memory = await open({ source: digits, imageSize: [2, 8], imageFit: "pad" });
    expect((await memory.card()).imageFit).toBe("pad");
    const { images } = await memory.splits.train.readImages([0]);
    expect([...images].filter((_, i) => i % 8 < 2 || i % 8 > 4)).toEqual(new Array(10).fill(0));
  });

  it("says so where all pictures are in formats that are not read", async () => {
    const source = await writeFiles(await temporaryFolder(), {
      "cat/1.HEIC": "x",
      "dog/2.heic": "x",
      "3.bmp": "x",
      "notes.txt": "x",
    });
    await expect(open({ source })).rejects.toThrow(
      `pictures in ${source}. Received: 3 in formats that are not read (.bmp, .heic). Convert them, to JPEG or PNG.`,
    );
  });

  it("opens folders of pictures and describes them on a card", async () => {
    const source = await writeFiles(await temporaryFolder(), {
      "train/red/1.png": await encodePicture([255, 0, 0], { width: 3 }),
      "train/red/broken.png": "",
      "train/blue/1.png": await encodePicture([0, 0, 255]),
      "test/blue/2.png": await encodePicture([0, 0, 255]),
    });
    const spec = { source, validationFraction: 0, maxBadFraction: 0.3 };
    const mixed = await open(spec);
    expect(mixed.imageShape).toBeNull();
    // 4×4 of blue and 4×3 of red: each picture weighs the same.
    expect(await mixed.card()).toMatchObject({ mean: [0.5, 0, 0.5], std: [0.5, 0, 0.5] });
    const dataset = await open({ ...spec, imageSize: [2, 2] });
    const card = await dataset.card();
    expect(DatasetCard.parse(card)).toEqual(card);
    expect(card).toMatchObject({
      source,
      classNames: ["blue", "red"],
      contentHash: mixed.contentHash,
      imageShape: [2, 2, 3],
      splits: { train: { count: 2, perClass: [1, 1] }, test: { count: 1, perClass: [1, 0] } },
      mean: [0.5, 0, 0.5],
      std: [0.5, 0, 0.5],
      badFiles: [{ path: "train/red/broken.png", reason: expect.stringMatching(/.+/) as string }],
    });
  });
});

describe("openDataset refuses", () => {
  it("what is neither a name nor a path, naming the names", async () => {
    await expect(open({ source: "cifar-10" })).rejects.toThrow(DatasetNotFoundError);
    await expect(open({ source: "cifar-10" })).rejects.toThrow(/mnist, fashion-mnist, cifar10/);
  });

  it("a root for a path, and a root that is not there", async () => {
    const source = await writeIdxFolder(await temporaryFolder(), { train: LABELS });
    await expect(open({ source, root: source })).rejects.toThrow(DatasetNotFoundError);
    await expect(open({ source: "mnist", root: join(source, "nowhere") })).rejects.toThrow(
      DatasetNotFoundError,
    );
  });

  it("other pictures than the name or the config stands for", async () => {
    const source = await writeIdxFolder(await temporaryFolder(), { train: LABELS });
    await expect(open({ source: "mnist", root: source })).rejects.toThrow(ContentHashMismatchError);
    await expect(open({ source: "mnist", root: source })).rejects.toThrow(
      /official mnist .* give the folder as `source`/,
    );
    const { contentHash } = await open({ source });
    expect((await open({ source, contentHash })).contentHash).toBe(contentHash);
    await expect(open({ source, contentHash: "0".repeat(64) })).rejects.toThrow(ContentHashMismatchError);
  });

  it.each([
    ["an empty folder", {}, /nothing in it/],
    ["an archive", { "photos.zip": "PK" }, /with photos.zip/],
    [
      "pictures without class folders",
      { "a.png": "x", "b.png": "y" },
      /one folder of JPEG or PNG files per class/,
    ],
  ])("%s, saying what it can open", async (_what, files, message) => {
    const source = await writeFiles(await temporaryFolder(), files);
    await expect(open({ source })).rejects.toThrow(DatasetFormatError);
    await expect(open({ source })).rejects.toThrow(message);
  });

  it("a file that is no IDX file of pictures", async () => {
    const source = join(await writeFiles(await temporaryFolder(), { "photos.zip": "PK" }), "photos.zip");
    await expect(open({ source })).rejects.toThrow(/Received: the file .*photos.zip/);
  });

  it("a pattern that finds a group in no id", async () => {
    const source = await writeIdxFolder(await temporaryFolder(), { train: LABELS });
    await expect(open({ source, group: "(patient\\d+)_" })).rejects.toThrow(
      /200 ids without, the first train\/00000/,
    );
  });

  it("to hold back every picture", async () => {
    const source = await writeIdxFolder(await temporaryFolder(), { train: [0, 1] });
    const spec = { source, validationFraction: 0.999, testFraction: 0.999 };
    await expect(open(spec)).rejects.toThrow(/Received: 2, which `testFraction` and/);
  });

  it("a data set without a usable training picture", async () => {
    const broken = await writeFiles(await temporaryFolder(), { "cat/1.png": "no picture" });
    await expect(open({ source: broken })).rejects.toThrow(/Received: 1 of 1 \(100 %\)\.\n {2}cat\/1\.png: /);
    await expect(open({ source: broken, maxBadFraction: 1 })).rejects.toThrow(
      /Expected training pictures .* 1 files that cannot be used, the first cat\/1\.png: /,
    );
    const empty = await temporaryFolder();
    await mkdir(empty, { recursive: true });
    await writeFiles(empty, {
      "train-images-idx3-ubyte": encodeIdx([0, 2, 2], []),
      "train-labels-idx1-ubyte": encodeIdx([0], []),
    });
    await expect(open({ source: empty })).rejects.toThrow(/Expected training pictures/);
  });
});
