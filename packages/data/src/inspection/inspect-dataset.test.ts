import { readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Rng } from "@convkit/random";
import { BoundedInspection } from "@convkit/schema";
import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import { encodePicture, writeFiles } from "../../test/pictures.js";
import { encodePax, encodeTar } from "../../test/tar-files.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { openDataset, type DataSpecInput } from "../open-dataset.js";
import type { DatasetProgress } from "../progress.js";
import { boundCard, boundInspection } from "./bound-inspection.js";
import { dataSheet } from "./data-sheet.js";
import { groupCopies, inspectDataset } from "./inspect-dataset.js";

/** A picture like a photograph: soft blots of colour. */
async function photo(seed: number, { height = 60, width = 80 } = {}): Promise<Sharp> {
  const rng = Rng.fromSeed(seed);
  const blots = Uint8Array.from({ length: 8 * 6 * 3 }, () => Math.floor(rng.uniform() * 256));
  const pixels = await sharp(blots, { raw: { width: 8, height: 6, channels: 3 } })
    .resize(width, height, { kernel: "cubic", fit: "fill" })
    .png()
    .toBuffer();
  return sharp(pixels);
}

async function files() {
  const [one, two, three, four, five] = await Promise.all([1, 2, 3, 4, 5].map((seed) => photo(seed)));
  const png = await three!.png().toBuffer();
  return {
    "train/cat/one.png": await one!.png().toBuffer(),
    "train/cat/two.png": await two!.png().toBuffer(),
    "train/cat/three.png": png,
    "train/dog/also three.png": png,
    "train/dog/four.png": await four!.png().toBuffer(),
    "test/cat/half of one.jpg": await one!.clone().resize(40, 30).jpeg({ quality: 70 }).toBuffer(),
    "test/dog/three again.png": png,
    "test/dog/five.png": await five!.png().toBuffer(),
  };
}

async function setUp(more: Record<string, Uint8Array> = {}) {
  const source = await writeFiles(await temporaryFolder(), { ...(await files()), ...more });
  const home = await temporaryFolder();
  const open = (spec: Partial<DataSpecInput> = {}) =>
    openDataset({ source, validationFraction: 0, ...spec }, { home });
  const progress: DatasetProgress[] = [];
  const inspect = async (spec?: Partial<DataSpecInput>) =>
    inspectDataset(await open(spec), { home, onProgress: (said) => progress.push(said) });
  return { source, home, open, inspect, progress };
}

describe("inspectDataset", () => {
  it("finds copies, those that leak into the test and those under two labels", async () => {
    const { inspect } = await setUp();
    const { duplicates, leakage } = await inspect();
    expect(duplicates.groups).toEqual([
      {
        kind: "exact",
        count: 3,
        pictures: [
          { id: "train/cat/three.png", split: "train", className: "cat", similarity: 1 },
          { id: "train/dog/also three.png", split: "train", className: "dog", similarity: 1 },
          { id: "test/dog/three again.png", split: "test", className: "dog", similarity: 1 },
        ],
        isLeak: true,
        isConflict: true,
      },
      {
        kind: "near",
        count: 2,
        pictures: [
          { id: "train/cat/one.png", split: "train", className: "cat", similarity: 1 },
          {
            id: "test/cat/half of one.jpg",
            split: "test",
            className: "cat",
            similarity: expect.closeTo(1, 1) as number,
          },
        ],
        isLeak: true,
        isConflict: false,
      },
    ]);
    expect(duplicates).toMatchObject({ groupCount: 2, pictureCount: 3, conflictCount: 1 });
    expect(leakage).toEqual([{ split: "test", into: "train", exact: 1, near: 1 }]);
  });

  it("finds a copy that is turned by its EXIF", async () => {
    const turned = await (await photo(4)).rotate(270).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const { inspect } = await setUp({ "test/dog/turned.jpg": turned });
    const { duplicates } = await inspect();
    expect(duplicates.groups.map(({ pictures }) => pictures.map(({ id }) => id))).toContainEqual([
      "train/dog/four.png",
      "test/dog/turned.jpg",
    ]);
  });

  it("measures sizes as a viewer shows them", async () => {
    const { inspect } = await setUp({
      "test/dog/tall.png": await encodePicture([1, 2, 3], { height: 300, width: 100 }),
    });
    const { sizes } = await inspect({ imageSize: [8, 8] });
    expect(sizes.height).toEqual({ min: 30, median: 60, max: 300 });
    expect(sizes.width).toEqual({ min: 40, median: 80, max: 100 });
    expect(sizes.mostFrequent).toEqual([
      { height: 60, width: 80, count: 7 },
      { height: 30, width: 40, count: 1 },
      { height: 300, width: 100, count: 1 },
    ]);
    expect(sizes.shorterEdge).toEqual([
      { from: 24, to: 32, count: 1 },
      { from: 32, to: 48, count: 0 },
      { from: 48, to: 64, count: 7 },
      { from: 64, to: 96, count: 0 },
      { from: 96, to: 128, count: 1 },
    ]);
    expect(sizes.aspectRatio.filter(({ count }) => count > 0)).toEqual([
      { from: 1 / 3, to: 1 / 2, count: 1 },
      { from: 1.25, to: 1.4, count: 8 },
    ]);
  });

  it("decodes only what is new the second time, and all of it where what it kept is torn", async () => {
    const { inspect, source, home, progress } = await setUp();
    const first = await inspect();
    const compared = () => progress.splice(0).filter(({ phase }) => phase === "compare").length;
    expect(compared()).toBe(8);
    expect(await inspect()).toEqual(first);
    expect(compared()).toBe(0);
    await writeFile(join(source, "test/dog/six.png"), await (await photo(6)).png().toBuffer());
    await rm(join(source, "test/dog/five.png"));
    const { duplicates } = await inspect();
    expect(duplicates).toEqual(first.duplicates);
    expect(compared()).toBe(1);
    const folder = join(home, "datasets", ".index");
    const [prints] = (await readdir(folder)).filter((name) => name.endsWith(".prints"));
    const path = join(folder, prints!);
    await truncate(path, (await readFile(path)).length - 1);
    expect((await inspect()).duplicates).toEqual(first.duplicates);
    expect(compared()).toBe(8);
  });

  it("goes on from where it was stopped", async () => {
    const more = await Promise.all(
      Array.from({ length: 32 }, async (_, i) => [
        `train/dog/more ${i}.png`,
        await (await photo(100 + i)).png().toBuffer(),
      ]),
    );
    const { source, home } = await setUp(Object.fromEntries(more) as Record<string, Buffer>);
    const total = 8 + 32;
    const stopAt = (phase: DatasetProgress["phase"], done: number) => {
      const stopping = new AbortController();
      const onProgress = (said: DatasetProgress) => {
        if (said.phase === phase && said.phase !== "wait" && said.done === done)
          stopping.abort(new Error("enough"));
      };
      return { home, signal: stopping.signal, onProgress };
    };
    await expect(openDataset({ source }, stopAt("check", 20))).rejects.toThrow("enough");
    const said: DatasetProgress[] = [];
    const dataset = await openDataset({ source }, { home, onProgress: (one) => said.push(one) });
    expect(said.length).toBeLessThanOrEqual(total - 20);
    await expect(inspectDataset(dataset, stopAt("compare", 20))).rejects.toThrow("enough");
    said.length = 0;
    await inspectDataset(dataset, { home, onProgress: (one) => said.push(one) });
    expect(said.length).toBeLessThanOrEqual(total - 20);
    expect(said.length).toBeGreaterThan(0);
  });

  it("lists all copies, of which the first may travel", async () => {
    const png = await (await photo(9)).png().toBuffer();
    const frames = Array.from({ length: 120 }, (_, i) => [`train/cat/frame ${1000 + i}.png`, png] as const);
    const { inspect } = await setUp(Object.fromEntries(frames));
    const inspection = await inspect();
    const film = inspection.duplicates.groups.find(({ count }) => count === 120);
    expect(film).toMatchObject({ kind: "exact" });
    expect(film!.pictures.map(({ id }) => id)).toEqual(frames.map(([id]) => id));

    expect(BoundedInspection.safeParse(inspection).success).toBe(false);
    const pair = inspection.duplicates.groups[0]!;
    const many = { ...inspection.duplicates, groups: [film!, ...new Array<typeof pair>(700).fill(pair)] };
    const badFiles = Array.from({ length: 1500 }, (_, i) => ({ path: `${i}.png`, reason: "is empty" }));
    const bounded = boundInspection({
      ...inspection,
      card: { ...inspection.card, badFiles },
      duplicates: many,
    });
    expect(bounded.card).toEqual({
      ...inspection.card,
      badFiles: badFiles.slice(0, 1000),
      badFileCount: 1500,
    });
    expect(boundInspection(inspection).card).toEqual(inspection.card);
    // As it came from elsewhere, it is not counted anew.
    expect(dataSheet(bounded)).toContain("And 1,480 files more.");
    expect(boundCard(bounded.card)).toEqual(bounded.card);
    const warned = { ...inspection.card, warnings: Array.from({ length: 1200 }, (_, i) => `warning ${i}`) };
    const { warnings } = boundCard(warned);
    expect(warnings).toHaveLength(100);
    expect(warnings.slice(98)).toEqual(["warning 98", "There are 1,101 warnings more"]);
    expect(boundCard({ ...warned, warnings: warned.warnings.slice(0, 100) }).warnings[99]).toBe("warning 99");
    expect(bounded.duplicates.groups).toHaveLength(500);
    expect(bounded.duplicates.groups[0]).toEqual({ ...film, pictures: film!.pictures.slice(0, 20) });
    expect(bounded.duplicates.groupCount).toBe(3);
    expect(BoundedInspection.safeParse(bounded).success).toBe(true);
  });

  it("takes names of any length, which are cut to travel", async () => {
    const png = await (await photo(9)).png().toBuffer();
    const other = await (await photo(10)).png().toBuffer();
    const long = `cat/${"ü".repeat(4500)}.png`;
    const source = join(await temporaryFolder(), "photos.tar");
    await writeFile(
      source,
      encodeTar([
        { name: "PaxHeader", type: "x", content: encodePax("path", long) },
        { name: "cat/long.png", content: png },
        { name: "cat/short.png", content: png },
        { name: "dog/1.png", content: other },
      ]),
    );
    const home = await temporaryFolder();
    const dataset = await openDataset({ source, validationFraction: 0, testFraction: 0 }, { home });
    const inspection = await inspectDataset(dataset, { home });
    const idsOf = ({ duplicates }: typeof inspection) => duplicates.groups[0]?.pictures.map(({ id }) => id);
    expect(idsOf(inspection)).toEqual(["cat/short.png", long]);
    const bounded = boundInspection(inspection);
    expect(idsOf(bounded)).toEqual(["cat/short.png", `${long.slice(0, 4095)}…`]);
    expect(BoundedInspection.safeParse(bounded).success).toBe(true);
  });

  it("says what made the splits that it judged, where the data set does not say them itself", async () => {
    const { inspect } = await setUp();
    expect((await inspect()).holding).toBeUndefined();
    const group = String.raw`/(\w+)\.png$`;
    expect((await inspect({ validationFraction: 0.5, folds: 2, fold: 1, group })).holding).toEqual({
      validationFraction: 0.5,
      testFraction: 0.1,
      splitSeed: 0,
      folds: 2,
      fold: 1,
      stratify: false,
      group,
    });
  });

  it("stops when it is told to", async () => {
    const { open, home } = await setUp();
    const signal = AbortSignal.abort();
    await expect(inspectDataset(await open(), { home, signal })).rejects.toThrow(/abort/i);
  });

  it("says what a similarity is", async () => {
    const { open, home } = await setUp();
    await expect(inspectDataset(await open(), { home, minSimilarity: 95 })).rejects.toThrow(
      "Expected a similarity above 0 and up to 1. Received: 95.",
    );
  });
});

describe("groupCopies", () => {
  it("names each group by its first picture", async () => {
    const { open, home } = await setUp();
    expect(Object.fromEntries(await groupCopies(await open(), { home }))).toEqual({
      "train/cat/one.png": "train/cat/one.png",
      "test/cat/half of one.jpg": "train/cat/one.png",
      "train/cat/three.png": "train/cat/three.png",
      "train/dog/also three.png": "train/cat/three.png",
      "test/dog/three again.png": "train/cat/three.png",
    });
  });
});
