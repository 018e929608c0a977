import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { create } from "tar";
import { describe, expect, it } from "vitest";
import { encodePicture, writeFiles } from "../../test/pictures.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { createSplit } from "../create-split.js";
import { ImageDataset } from "../image-dataset.js";
import { openDataset, type DataSpecInput } from "../open-dataset.js";
import { readRows } from "./list-rows.js";
import { listManifest } from "./manifest.js";
import { writeManifest } from "./write-manifest.js";

const NAMES = ["plain", 'quote" comma,', " blank at the ends ", "ünïcode"];

async function setUp() {
  const pictures = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      const name = `${NAMES[i % 4]}/${NAMES[(i + 1) % 4]} ${i}.png`;
      return [name, await encodePicture([i, 0, 0])] as const;
    }),
  );
  const source = await writeFiles(await temporaryFolder(), Object.fromEntries(pictures));
  const home = await temporaryFolder();
  return { source, open: (spec: DataSpecInput) => openDataset({ ...spec, splitSeed: 3 }, { home }) };
}

async function groupsIn(manifest: string): Promise<Map<string, string | undefined>> {
  return new Map((await listManifest(manifest)).pictures.map(({ path, group }) => [path, group]));
}

/** Of each split, ids with class names. */
function membersOf(dataset: ImageDataset) {
  return dataset
    .splitList()
    .map(({ name, ids, labels }) => [
      name,
      ids.map((id, i) => `${id}: ${dataset.classNames[labels[i]!]}`).sort(),
    ]);
}

describe("writeManifest", () => {
  it.each(["splits.csv", "splits.jsonl"])(
    "writes what opens with the same splits and labels: %s",
    async (name) => {
      const { source, open } = await setUp();
      const dataset = await open({ source, validationFraction: 0.3, testFraction: 0.2 });
      const file = join(source, name);
      await writeManifest(dataset, file);
      const again = await open({ source: file, validationFraction: 0.5, testFraction: 0.5 });
      expect(membersOf(again)).toEqual(membersOf(dataset));
      expect(dataset.splits.validation?.length).toBeGreaterThan(3);
    },
  );

  it.skipIf(process.platform === "win32")(
    "writes names with a backslash, which open as they are",
    async () => {
      const png = await encodePicture([1, 2, 3]);
      const source = await writeFiles(await temporaryFolder(), {
        "left/we\\ird.png": png,
        "left/plain.png": png,
        "right/1.png": png,
        "right/2.png": png,
      });
      const home = await temporaryFolder();
      const dataset = await openDataset({ source }, { home });
      for (const file of [join(source, "inside.csv"), join(await temporaryFolder(), "outside.jsonl")]) {
        await writeManifest(dataset, file);
        const again = await openDataset({ source: file, maxBadFraction: 0 }, { home });
        expect(again.badFiles).toEqual([]);
        expect(again.splitList().flatMap(({ ids }) => ids).length).toBe(4);
      }
    },
  );

  it("names pictures elsewhere by their absolute path", async () => {
    const { source, open } = await setUp();
    const file = join(await temporaryFolder(), "splits.csv");
    await writeManifest(await open({ source }), file);
    const again = await open({ source: file });
    expect(again.splitList().flatMap(({ ids }) => ids)).toContain(join(source, 'plain/quote" comma, 0.png'));
  });

  it("leaves held-back pictures to be held back anew, group by group", async () => {
    const { source, open } = await setUp();
    const dataset = await open({ source, validationFraction: 0.3, testFraction: 0.3 });
    const ids = dataset.splitList().flatMap((split) => split.ids);
    const groups = new Map(ids.slice(0, 30).map((id, i) => [id, `group ${Math.floor(i / 3)}`]));
    const file = join(source, "grouped.csv");
    await writeManifest(dataset, file, { groups });
    expect(await readFile(file, "utf8")).not.toMatch(/,(validation|test),/);
    const again = await open({ source: file, validationFraction: 0.3, testFraction: 0.3 });
    const splitOf = new Map(again.splitList().flatMap((split) => split.ids.map((id) => [id, split.name])));
    for (const group of new Set(groups.values())) {
      const members = [...groups].filter(([, name]) => name === group).map(([id]) => splitOf.get(id));
      expect(new Set(members).size, group).toBe(1);
    }
  });

  it("keeps the data set's own groups, and joins them where copies do", async () => {
    const { source, open } = await setUp();
    // Two pictures a group, by their numbers.
    const groupOf = (id: string) => `pair ${Math.floor(Number(/(\d+)\.png$/.exec(id)?.[1]) / 2)}`;
    const dataset = await openDataset({ source, splitSeed: 3 }, { home: await temporaryFolder(), groupOf });
    const idOf = new Map(
      dataset.splitList().flatMap(({ ids }) => ids.map((id) => [Number(/(\d+)\.png$/.exec(id)![1]), id])),
    );
    const plain = join(source, "plain.csv");
    await writeManifest(dataset, plain);
    expect((await groupsIn(plain)).get(idOf.get(7)!)).toBe("pair 3");
    // 1 is a copy of 2, and 2 of 5.
    const groups = new Map([1, 2, 5].map((number) => [idOf.get(number)!, idOf.get(1)!]));
    const joined = join(source, "joined.csv");
    await writeManifest(dataset, joined, { groups });
    const found = await groupsIn(joined);
    const [first, ...others] = [0, 1, 2, 3, 4, 5].map((number) => found.get(idOf.get(number)!));
    expect(new Set(others)).toEqual(new Set([first]));
    expect(found.get(idOf.get(7)!)).toBe("pair 3");
    expect(new Set(found.values()).size).toBe(20 - 2);
    expect((await open({ source: joined })).splits.train.length).toBeGreaterThan(0);
  });

  it("says what it cannot write", async () => {
    const { source, open } = await setUp();
    await expect(writeManifest(await open({ source }), join(source, "splits.xlsx"))).rejects.toThrow(
      "Expected a file name that ends in .csv or .jsonl. Received:",
    );
    const shape = { count: 1, height: 1, width: 1, channels: 1 };
    const train = createSplit({ name: "train", images: new Uint8Array(1), shape, labels: [0] });
    const inMemory = new ImageDataset({
      ...{
        name: "arrays",
        source: "arrays",
        contentHash: "",
        annotationsHash: "",
        classNames: ["a"],
        splits: { train },
      },
      ...{ ownSplits: ["train"], heldBackBy: "hash", badFiles: [], warnings: [] },
    });
    const tar = join(await temporaryFolder(), "photos.tar");
    await create({ file: tar, cwd: source }, NAMES);
    await expect(writeManifest(await open({ source: tar }), join(source, "splits.csv"))).rejects.toThrow(
      "Received: photos, whose pictures lie together in larger files.",
    );
    await expect(writeManifest(inMemory, join(source, "splits.csv"))).rejects.toThrow(
      "Expected pictures that are files of their own, for a manifest. Received: arrays",
    );
  });
});

describe("a manifest to relabel by", () => {
  const MANIFEST = "path,label,camera\n1.png,cat,left\n2.png,dog,right\n3.png,dog,left\n4.png,cat,left\n";
  const REVIEW = new Map([
    ["1.png", { quality: 0.9 }],
    ["2.png", { quality: 0.125, suggestion: "cat" }],
    ["3.png", { quality: 0.5 }],
  ]);

  async function review() {
    const pictures = await Promise.all(
      [1, 2, 3, 4].map(async (i) => [`${i}.png`, await encodePicture([i, 0, 0])] as const),
    );
    const source = await writeFiles(await temporaryFolder(), {
      ...Object.fromEntries(pictures),
      "photos.csv": MANIFEST,
    });
    const home = await temporaryFolder();
    const open = (name: string) =>
      openDataset({ source: join(source, name), validationFraction: 0, testFraction: 0 }, { home });
    const dataset = await open("photos.csv");
    await writeManifest(dataset, join(source, "relabel.csv"), { review: REVIEW });
    return { source, open, dataset };
  }

  it("has the worst first, an empty column for the decision, and the data set's own columns", async () => {
    const { source } = await review();
    expect(await readFile(join(source, "relabel.csv"), "utf8")).toBe(
      [
        "path,label,relabel,suggestion,quality,split,group,camera",
        "2.png,dog,,cat,0.1250,train,,right",
        "3.png,dog,,,0.5000,train,,left",
        "1.png,cat,,,0.9000,train,,left",
        "4.png,cat,,,,train,,left",
        "",
      ].join("\n"),
    );
  });

  it("is the same data set before it is edited, and has the corrected label once it is", async () => {
    const { source, open, dataset } = await review();
    const unedited = await open("relabel.csv");
    expect(unedited.contentHash).toBe(dataset.contentHash);
    expect(unedited.splits.train.fileAt(0)?.attributes).toEqual({ camera: "left" });
    const text = await readFile(join(source, "relabel.csv"), "utf8");
    await writeFile(join(source, "relabel.csv"), text.replace("2.png,dog,,", "2.png,dog,cat,"));
    const { splits, classNames, contentHash } = await open("relabel.csv");
    expect(splits.train.ids.map((id, i) => `${id} ${classNames[splits.train.labels[i]!]}`)).toEqual([
      "1.png cat",
      "2.png cat",
      "3.png dog",
      "4.png cat",
    ]);
    expect(contentHash).not.toBe(dataset.contentHash);
  });

  it.each(["again.csv", "again.jsonl"])(
    "keeps columns of the data set's own that are called as the review's, in %s",
    async (name) => {
      const { source, open } = await review();
      const own =
        "path,label,suggestion,quality,review_quality\n1.png,cat,shave it,,0.3\n2.png,dog,,sharp,\n";
      await writeFile(join(source, "own.csv"), own);
      const dataset = await open("own.csv");
      const written = await writeManifest(dataset, join(source, name), { review: REVIEW });
      // Both of a kind, though only one of review_… is taken.
      const columns = { suggestion: "review_suggestion_2", quality: "review_quality_2" };
      expect(written).toEqual({ columns });
      const rows = (await readRows(join(source, name))).map(({ fields }) => fields);
      expect(rows[0]).toMatchObject({
        path: "2.png",
        quality: "sharp",
        relabel: "",
        review_suggestion_2: "cat",
        review_quality_2: "0.1250",
      });
      expect(rows[1]).toMatchObject({ path: "1.png", suggestion: "shave it", review_quality: "0.3" });
      const again = await open(name);
      const attributes = again.splits.train.ids.map((_, i) => again.splits.train.fileAt(i)?.attributes);
      expect(attributes).toEqual([{ suggestion: "shave it", review_quality: "0.3" }, { quality: "sharp" }]);
      // And what is written of that again has the same names, and not one more.
      expect(await writeManifest(again, join(source, name), { review: REVIEW })).toEqual({ columns });
    },
  );

  it("keeps a column that is called as one of the review's beside a relabel of the data set's own", async () => {
    const { source, open } = await review();
    await writeFile(
      join(source, "own.csv"),
      "path,label,relabel,quality\n1.png,cat,,sharp\n2.png,dog,cat,\n3.png,dog,,\n",
    );
    const { splits } = await open("own.csv");
    expect(splits.train.fileAt(0)?.attributes).toEqual({ quality: "sharp" });
  });

  it("is refused where pictures have any number of labels, which one name cannot correct", async () => {
    const { source } = await review();
    const file = join(source, "sets.csv");
    await writeFile(file, "path,label,relabel\n1.png,cat|dog,dog\n");
    await expect(listManifest(file, { multiLabel: {} })).rejects.toThrow(
      /no relabel, with multiLabel.*Received: dog/,
    );
  });
});
