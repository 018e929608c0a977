import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { open, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { writeFiles } from "../../test/pictures.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { openDataset, type OpenDatasetOptions } from "../open-dataset.js";

const SIZE = [5, 6] as const;
const RECORD_BYTES = 5 * 6 * 3 + 8;
const COUNT = 24;

/** Photos of noise: class a even, class b odd. */
async function photos(seed = 0): Promise<string> {
  const files: Record<string, Buffer> = {};
  for (let i = 0; i < COUNT; i++) {
    const pixels = Buffer.from(
      Array.from({ length: 12 * 10 * 3 }, (_, k) => (k * 7919 + i * 104_729 + seed * 31) % 251),
    );
    files[`${i % 2 === 0 ? "a" : "b"}/${String(i).padStart(3, "0")}.jpg`] = await sharp(pixels, {
      raw: { height: 10, width: 12, channels: 3 },
    })
      .jpeg()
      .toBuffer();
  }
  return writeFiles(await temporaryFolder(), files);
}

const opened = (source: string, options: OpenDatasetOptions) =>
  openDataset({ source, imageSize: [...SIZE], validationFraction: 0, testFraction: 0 }, options);

/** Pixels of all pictures, in the order of their ids. */
async function pixelsOf(dataset: Awaited<ReturnType<typeof opened>>): Promise<Uint8Array> {
  const { train } = dataset.splits;
  return (await train.readImages(Array.from({ length: train.length }, (_, i) => i))).images;
}

const decoded = async (source: string) =>
  pixelsOf(await opened(source, { home: await temporaryFolder(), mostCacheBytes: 0 }));

const cacheFolder = (home: string) => join(home, "datasets", ".cache");

async function cacheFiles(home: string): Promise<string[]> {
  const names = await readdir(cacheFolder(home));
  return names.filter((name) => name.endsWith(".pixels")).map((name) => join(cacheFolder(home), name));
}

async function theCacheFile(home: string): Promise<string> {
  const [file, ...others] = await cacheFiles(home);
  expect(others).toEqual([]);
  return file as string;
}

const DIST = new URL("../../dist/index.js", import.meta.url).href;
const RANDOM = fileURLToPath(import.meta.resolve("@convkit/random"));

/** A process that reads all pictures by worker threads, a batch of 2 at a time, and prints a line a batch. */
function readerProcess(source: string, home: string): ChildProcess {
  const child = spawn(
    process.execPath,
    [
      "--input-type=module",
      "--eval",
      `import { createLoader, openDataset } from ${JSON.stringify(DIST)};
      import { Rng } from ${JSON.stringify(RANDOM)};
      const spec = { source: ${JSON.stringify(source)}, imageSize: [${SIZE}], validationFraction: 0, testFraction: 0 };
      const { splits } = await openDataset(spec, { home: ${JSON.stringify(home)} });
      const loader = await createLoader(splits.train, { batchSize: 2, transforms: [], rng: Rng.fromSeed(0), workers: 2 });
      for await (const batch of loader.epoch(0)) console.log(batch.ids.length);
      await loader.close();`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function readByOthers(source: string, home: string): Promise<void> {
  const child = readerProcess(source, home);
  child.stdout?.resume();
  expect(await once(child, "exit")).toEqual([0, null]);
}

describe("the disk cache", () => {
  it("gives the pixels that decoding gives, to whoever opens the data set again, without decoding", async () => {
    const source = await photos();
    const home = await temporaryFolder();
    const expected = await decoded(source);
    expect(await pixelsOf(await opened(source, { home }))).toEqual(expected);
    expect((await stat(await theCacheFile(home))).size).toBe(COUNT * RECORD_BYTES);
    const again = await opened(source, { home });
    await rm(source, { recursive: true });
    expect(await pixelsOf(again)).toEqual(expected);
  });

  it("keeps pictures that are cropped or padded apart from those that are stretched", async () => {
    const source = await photos();
    const home = await temporaryFolder();
    const spec = { source, imageSize: [8, 8] as [number, number], validationFraction: 0, testFraction: 0 };
    const fits = ["stretch", "crop", "pad"] as const;
    const read = async (own: string) => {
      const sets: Uint8Array[] = [];
      for (const imageFit of fits)
        sets.push(await pixelsOf(await openDataset({ ...spec, imageFit }, { home: own })));
      return sets;
    };
    const first = await read(home);
    expect(await cacheFiles(home)).toHaveLength(3);
    expect(new Set(first.map((pixels) => Buffer.from(pixels).toString("base64"))).size).toBe(3);
    expect(await read(home)).toEqual(first);
  });

  it("knows pictures by their bytes, wherever they lie and whatever they are called", async () => {
    const source = await photos();
    const home = await temporaryFolder();
    const expected = await decoded(source);
    await pixelsOf(await opened(source, { home }));
    const bytes = await Promise.all(
      Array.from({ length: COUNT }, (_, i) =>
        readFile(join(source, i % 2 === 0 ? "a" : "b", `${String(i).padStart(3, "0")}.jpg`)),
      ),
    );
    // In the reverse order: b before a, and one picture twice.
    const renamed = await writeFiles(await temporaryFolder(), {
      ...Object.fromEntries(bytes.map((file, i) => [`${i % 2 === 0 ? "z" : "c"}/${i}.jpg`, file])),
      "c/copy.jpg": bytes[1] as Buffer,
    });
    const other = await opened(renamed, { home });
    const { ids } = other.splits.train;
    await rm(renamed, { recursive: true });
    const pixels = await pixelsOf(other);
    expect(await cacheFiles(home)).toHaveLength(1);
    const first = pixels.subarray(ids.indexOf("z/0.jpg") * 90, (ids.indexOf("z/0.jpg") + 1) * 90);
    expect(first).toEqual(expected.subarray(0, 90));
    const copy = pixels.subarray(ids.indexOf("c/copy.jpg") * 90, (ids.indexOf("c/copy.jpg") + 1) * 90);
    expect(copy).toEqual(expected.subarray(12 * 90, 13 * 90));
  });

  it("keeps no picture whose file was changed after the data set was opened", async () => {
    const source = await photos();
    const home = await temporaryFolder();
    const expected = await decoded(source);
    const early = await opened(source, { home });
    const file = join(source, "a", "000.jpg");
    const bytes = await readFile(file);
    await writeFile(file, await readFile(join(source, "b", "001.jpg")));
    expect(await pixelsOf(early)).not.toEqual(expected);
    await writeFile(file, bytes);
    expect(await pixelsOf(await opened(source, { home }))).toEqual(expected);
  });

  it.each<[what: string, damage: (file: string) => Promise<void>]>([
    ["a flipped bit", (file) => change(file, 3, (bytes) => (bytes[0]! ^= 4))],
    ["a mark without pixels", (file) => change(file, RECORD_BYTES, (bytes) => bytes.fill(0, 0, 90))],
    ["pixels without a mark", (file) => change(file, RECORD_BYTES, (bytes) => bytes.fill(0, 90, 98))],
    ["half of a picture's pixels", (file) => change(file, 0, (bytes) => bytes.fill(0, 45, 90))],
    ["a file that ends early", (file) => truncate(file, 5 * RECORD_BYTES + 40)],
    ["an empty file", (file) => truncate(file, 0)],
    ["random bytes", (file) => writeFile(file, Buffer.alloc(COUNT * RECORD_BYTES, "random"))],
  ])("decodes again what %s has damaged", async (_, damage) => {
    const source = await photos();
    const home = await temporaryFolder();
    const expected = await decoded(source);
    await pixelsOf(await opened(source, { home }));
    await damage(await theCacheFile(home));
    expect(await pixelsOf(await opened(source, { home }))).toEqual(expected);
    // And mends it.
    const mended = await opened(source, { home });
    await rm(source, { recursive: true });
    expect(await pixelsOf(mended)).toEqual(expected);
  });

  it("is whole after processes that were killed while they filled it", { timeout: 60_000 }, async () => {
    const source = await photos();
    const home = await temporaryFolder();
    const expected = await decoded(source);
    for (const batches of [0, 1, 4]) {
      const child = readerProcess(source, home);
      const ended = once(child, "exit");
      const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
      for (let i = 0; i < batches; i++) await lines.next();
      child.kill("SIGKILL");
      await ended;
      expect(await pixelsOf(await opened(source, { home }))).toEqual(expected);
      await rm(cacheFolder(home), { recursive: true });
    }
  });

  it("is filled by several processes and their threads at once", { timeout: 60_000 }, async () => {
    const source = await photos();
    const home = await temporaryFolder();
    const expected = await decoded(source);
    await Promise.all([readByOthers(source, home), readByOthers(source, home)]);
    const dataset = await opened(source, { home });
    await rm(source, { recursive: true });
    expect(await pixelsOf(dataset)).toEqual(expected);
  });

  it("removes what was unused longest where there is no room, and nothing that a living process uses", async () => {
    const home = await temporaryFolder();
    const bytes = COUNT * RECORD_BYTES;
    const [old, recent, own] = [await photos(1), await photos(2), await photos(3)];
    await readByOthers(old, home);
    const oldFile = await theCacheFile(home);
    await readByOthers(recent, home);
    const ownPixels = await decoded(own);
    expect(await pixelsOf(await opened(own, { home, mostCacheBytes: 2 * bytes }))).toEqual(ownPixels);
    expect(existsSync(oldFile)).toBe(false);
    expect(await cacheFiles(home)).toHaveLength(2);

    // The recent one's user has ended, this process has not.
    await pixelsOf(await opened(old, { home, mostCacheBytes: 2 * bytes }));
    const stay = await cacheFiles(home);
    expect(stay).toContain(oldFile);
    const warnings = hearWarnings();
    const refused = await opened(recent, { home, mostCacheBytes: 2 * bytes });
    expect(await pixelsOf(refused)).toEqual(await decoded(recent));
    expect(await cacheFiles(home)).toEqual(stay);
    await vi.waitFor(() => expect(warnings()).toEqual([expect.stringMatching(/CONVKIT_CACHE_GIB/)]));
  }, 60_000);

  it.runIf(existsSync("/dev/full"))("says once that the disk is full, and goes on", async () => {
    const source = await photos();
    const home = await temporaryFolder();
    const expected = await decoded(source);
    await pixelsOf(await opened(source, { home }));
    const file = await theCacheFile(home);
    await rm(file);
    await symlink("/dev/full", file);
    const warnings = hearWarnings();
    expect(await pixelsOf(await opened(source, { home }))).toEqual(expected);
    await vi.waitFor(() => expect(warnings()).toEqual([expect.stringMatching(/no space left/)]));
  });

  it("makes its folder anew when that is deleted in between", async () => {
    const source = await photos();
    const home = await temporaryFolder();
    const expected = await decoded(source);
    const dataset = await opened(source, { home });
    await dataset.splits.train.readImages([0]);
    await rm(cacheFolder(home), { recursive: true });
    expect(await pixelsOf(dataset)).toEqual(expected);
    expect(await cacheFiles(home)).toHaveLength(1);
  });

  it("is held to the pictures that a limit leaves", async () => {
    const [source, home] = [await photos(), await temporaryFolder()];
    const heard = hearWarnings();
    const open = (limit: object) =>
      openDataset(
        { source, imageSize: [...SIZE], validationFraction: 0.2, testFraction: 0.2, limit },
        { home, mostCacheBytes: 9 * RECORD_BYTES },
      );
    // 4 + 3 + 2 of the 24: there is room for 9.
    const { splits } = await open({ train: 4, validation: 3, test: 2 });
    for (const split of [splits.train, splits.validation!, splits.test!]) {
      await split.readImages(Array.from({ length: split.length }, (_, i) => i));
    }
    expect(await cacheFiles(home)).toHaveLength(1);
    expect(heard()).toEqual([]);
  });

  it("says once why it is not kept, of a data set with splits of its own", async () => {
    const files = await readFiles(await photos());
    const source = await writeFiles(await temporaryFolder(), {
      ...Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`train/${path}`, bytes])),
      ...Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`test/${path}`, bytes])),
    });
    const heard = hearWarnings();
    const { splits } = await opened(source, { home: await temporaryFolder(), mostCacheBytes: 1 });
    for (const split of [splits.train, splits.test!]) await split.readImages([0]);
    // A warning is emitted in the next turn.
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard()).toHaveLength(1);
  });

  it("is not made where it may take nothing", async () => {
    const home = await temporaryFolder();
    await pixelsOf(await opened(await photos(), { home, mostCacheBytes: 0 }));
    expect(existsSync(cacheFolder(home))).toBe(false);
    vi.stubEnv("CONVKIT_CACHE_GIB", "0");
    onTestFinished(() => void vi.unstubAllEnvs());
    await pixelsOf(await opened(await photos(), { home }));
    expect(existsSync(cacheFolder(home))).toBe(false);
    vi.stubEnv("CONVKIT_CACHE_GIB", "plenty");
    await expect(opened(await photos(), { home })).rejects.toThrow(
      "Expected CONVKIT_CACHE_GIB to be a number of GiB from 0 up. Received: plenty.",
    );
  });
});

/** Of the two class folders, by their paths in it. */
async function readFiles(folder: string): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  for (const name of ["a", "b"]) {
    for (const file of await readdir(join(folder, name))) {
      files[`${name}/${file}`] = await readFile(join(folder, name, file));
    }
  }
  return files;
}

async function change(file: string, start: number, edit: (bytes: Buffer) => void): Promise<void> {
  const handle = await open(file, "r+");
  const bytes = Buffer.alloc(RECORD_BYTES);
  await handle.read(bytes, 0, bytes.length, start);
  edit(bytes);
  await handle.write(bytes, 0, bytes.length, start);
  await handle.close();
}

async function truncate(file: string, bytes: number): Promise<void> {
  const handle = await open(file, "r+");
  await handle.truncate(bytes);
  await handle.close();
}

function hearWarnings(): () => string[] {
  const heard: string[] = [];
  const listener = ({ name, message }: Error) => {
    if (name === "DiskCacheWarning") heard.push(message);
  };
  process.on("warning", listener);
  onTestFinished(() => void process.off("warning", listener));
  return () => heard;
}
