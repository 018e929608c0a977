import { rm } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { expect, it } from "vitest";
import { encodePicture, writeFiles } from "../../test/pictures.js";
import { writeIdxFolder } from "../../test/record-files.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { openDataset, packThumbnails, type PackThumbnailsOptions, type ThumbnailPack } from "../index.js";

async function collect(source: string, options: PackThumbnailsOptions = {}): Promise<ThumbnailPack[]> {
  const dataset = await openDataset({ source }, { home: await temporaryFolder() });
  const packs: ThumbnailPack[] = [];
  for await (const pack of packThumbnails(dataset, options)) packs.push(pack);
  return packs;
}

/** WebP by picture. */
const picturesOf = (packs: readonly ThumbnailPack[]) =>
  new Map(
    packs.flatMap(({ bytes, pictures }) =>
      pictures.map(({ pictureId, offset, sizeBytes }) => [
        pictureId,
        bytes.subarray(offset, offset + sizeBytes),
      ]),
    ),
  );

const red = [200, 30, 30] as const;
const blue = [30, 30, 200] as const;

it("makes every picture small, and none larger", async () => {
  const folder = await writeFiles(await temporaryFolder(), {
    "train/red/wide.png": await encodePicture(red, { width: 600, height: 300 }),
    "train/red/tiny.png": await encodePicture(red, { width: 5, height: 3 }),
    "train/blue/tall.jpg": await encodePicture(blue, { width: 100, height: 400, format: "jpeg" }),
    "test/blue/64.png": await encodePicture(blue, { width: 64, height: 64 }),
  });
  const packs = await collect(folder);
  expect(packs).toHaveLength(1);
  const sizes: Record<string, unknown> = {};
  for (const [id, bytes] of picturesOf(packs)) {
    const { format, width, height } = await sharp(bytes).metadata();
    sizes[id] = [format, width, height];
  }
  expect(sizes).toEqual({
    "train/red/wide.png": ["webp", 128, 64],
    "train/red/tiny.png": ["webp", 5, 3],
    "train/blue/tall.jpg": ["webp", 32, 128],
    "test/blue/64.png": ["webp", 64, 64],
  });
  expect(packs[0]?.pictures).toContainEqual(
    expect.objectContaining({ pictureId: "test/blue/64.png", split: "test", label: 0 }),
  );
});

it("loses nothing of small pictures, also of those that lie decoded", async () => {
  const folder = await writeIdxFolder(await temporaryFolder(), { train: [0, 1, 0, 1], t10k: [1] });
  const pictures = picturesOf(await collect(folder));
  const test = pictures.get("test/00000");
  const { data, info } = await sharp(test).raw().toBuffer({ resolveWithObject: true });
  expect([info.height, info.width]).toEqual([2, 3]);
  // Picture 0 of the second split, as `writeIdxFolder` says; grey became colour.
  const grey = [100, 101, 102, 103, 104, 105];
  expect([...data]).toEqual(grey.flatMap((value) => [value, value, value]));
});

it("takes all of a small data set, and of a large one what is judged and some of each class", async () => {
  const labels = Array.from({ length: 300 }, (_, i) => i % 3);
  const folder = await writeIdxFolder(await temporaryFolder(), {
    train: labels,
    val: [0, 1],
    t10k: [2, 1, 0],
  });
  const bySplit = (packs: readonly ThumbnailPack[]) => {
    const counts: Record<string, number> = {};
    for (const { split, label } of packs.flatMap(({ pictures }) => pictures)) {
      counts[split] = (counts[split] ?? 0) + 1;
      if (split === "train") counts[`class ${label}`] = (counts[`class ${label}`] ?? 0) + 1;
    }
    return counts;
  };
  expect(bySplit(await collect(folder))).toMatchObject({ train: 300, validation: 2, test: 3 });
  const some = await collect(folder, { most: 4, perClass: 10 });
  expect(bySplit(some)).toEqual({
    test: 3,
    validation: 1,
    train: 30,
    "class 0": 10,
    "class 1": 10,
    "class 2": 10,
  });
  expect(await collect(folder, { most: 4, perClass: 10 })).toEqual(some);
});

it("cuts packs, and says how far it is", async () => {
  const labels = Array.from({ length: 200 }, (_, i) => i % 2);
  const folder = await writeIdxFolder(await temporaryFolder(), { train: labels });
  const progress: number[][] = [];
  const onProgress = (done: number, total: number) => void progress.push([done, total]);
  const packs = await collect(folder, { packBytes: 2000, onProgress });
  expect(packs.length).toBeGreaterThan(3);
  for (const { bytes, pictures } of packs) {
    expect(bytes.length).toBeLessThanOrEqual(2000);
    expect(pictures.at(-1)).toMatchObject({ offset: bytes.length - pictures.at(-1)!.sizeBytes });
  }
  expect(picturesOf(packs).size).toBe(200);
  expect(progress.at(-1)).toEqual([200, 200]);
});

it("passes over what has gone meanwhile, and ends when it is told to", async () => {
  const folder = await writeFiles(await temporaryFolder(), {
    "red/a.png": await encodePicture(red),
    "blue/b.png": await encodePicture(blue),
    "blue/c.png": await encodePicture(blue),
  });
  const data = { source: folder, testFraction: 0, validationFraction: 0 };
  const dataset = await openDataset(data, { home: await temporaryFolder() });
  await rm(join(folder, "blue/c.png"));
  const ids = [];
  for await (const { pictures } of packThumbnails(dataset))
    ids.push(...pictures.map(({ pictureId }) => pictureId));
  expect(ids.sort()).toEqual(["blue/b.png", "red/a.png"]);
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(packThumbnails(dataset, { signal }).next()).rejects.toThrow("enough");
});
