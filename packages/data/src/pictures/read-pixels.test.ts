import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodePicture, writeFiles } from "../../test/pictures.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { ImageDecodeError } from "./decode-image.js";
import { createDecodedCache, narrowSource } from "./decoded-cache.js";
import { joinSources } from "./join-sources.js";
import { ImageSizeRequiredError, type FileSource, type MemorySource } from "./pixel-source.js";
import { readPixels } from "./read-pixels.js";
import { resizeSource } from "./resize-source.js";

async function twoFiles(cached: boolean): Promise<FileSource> {
  const folder = await writeFiles(await temporaryFolder(), {
    "red.png": await encodePicture([255, 0, 0], { height: 1, width: 1 }),
    "blue.png": await encodePicture([0, 0, 255], { height: 1, width: 1 }),
  });
  const locations = [join(folder, "red.png"), join(folder, "blue.png")];
  return {
    kind: "files",
    locations,
    channels: 3,
    size: [1, 1],
    cache: cached ? createDecodedCache(2, 3) : null,
  };
}

describe("readPixels", () => {
  it("copies pictures from memory in the order asked for", async () => {
    const pixels = new SharedArrayBuffer(6);
    new Uint8Array(pixels).set([1, 2, 3, 4, 5, 6]);
    const target = new Uint8Array(7);
    const shape = await readPixels(
      { kind: "memory", pixels, height: 1, width: 2, channels: 1 },
      [2, 0, 2],
      target,
    );
    expect(shape).toEqual({ count: 3, height: 1, width: 2, channels: 1 });
    expect([...target]).toEqual([5, 6, 1, 2, 5, 6, 0]);
  });

  it.each([true, false])("decodes files (kept afterwards: %s)", async (cached) => {
    const source = await twoFiles(cached);
    const target = new Uint8Array(6);
    await readPixels(source, [1, 0], target);
    expect([...target]).toEqual([0, 0, 255, 255, 0, 0]);
    await rm(source.locations[0] as string);
    const again = readPixels(source, [0], target);
    if (cached) {
      await again;
      expect([...target.subarray(0, 3)]).toEqual([255, 0, 0]);
    } else {
      await expect(again).rejects.toThrow(ImageDecodeError);
    }
  });

  it("does not keep a picture that could not be decoded", async () => {
    const source = await twoFiles(true);
    const path = source.locations[0] as string;
    await writeFile(path, "damaged");
    await expect(readPixels(source, [0], new Uint8Array(3))).rejects.toThrow(ImageDecodeError);
    await writeFile(path, await encodePicture([0, 255, 0], { height: 1, width: 1 }));
    const target = new Uint8Array(3);
    await readPixels(source, [0], target);
    expect([...target]).toEqual([0, 255, 0]);
  });

  it("decodes parts of a larger file, and names the part where it cannot", async () => {
    const red = await encodePicture([255, 0, 0], { height: 1, width: 1 });
    const blue = await encodePicture([0, 0, 255], { height: 1, width: 1 });
    const folder = await writeFiles(await temporaryFolder(), {
      pack: Buffer.concat([Buffer.from("head"), red, Buffer.from("between"), blue.subarray(0, -1)]),
    });
    const file = join(folder, "pack");
    const locations = [
      { file, offset: 4, length: red.length },
      { file, offset: 4 + red.length + 7, length: blue.length },
      { file, offset: 4, length: 10 },
    ];
    const source: FileSource = { kind: "files", locations, channels: 3, size: [1, 1], cache: null };
    const target = new Uint8Array(3);
    await readPixels(source, [0], target);
    expect([...target]).toEqual([255, 0, 0]);
    const openFiles = async () => (await readdir("/proc/self/fd")).length;
    const before = await openFiles();
    await expect(readPixels(source, [1], target)).rejects.toThrow(
      /from byte \d+ of .*ends before the picture/,
    );
    await expect(readPixels(source, [2], target)).rejects.toThrow(`10 bytes from byte 4 of ${file}`);
    await rm(file);
    await expect(readPixels(source, [0], target)).rejects.toThrow(ImageDecodeError);
    expect(await openFiles()).toBe(before);
  });

  it("asks for a size where pictures differ", async () => {
    const source = { ...(await twoFiles(false)), size: null };
    await expect(readPixels(source, [0], new Uint8Array(3))).rejects.toThrow(ImageSizeRequiredError);
  });
});

describe("resizeSource", () => {
  const inMemory = (values: readonly number[], [height, width]: readonly [number, number]): MemorySource => {
    const pixels = new SharedArrayBuffer(values.length);
    new Uint8Array(pixels).set(values);
    return { kind: "memory", pixels, height, width, channels: 1 };
  };

  it("resizes what is in memory when it is read, and once", async () => {
    const source = inMemory([0, 100, 8, 8], [1, 2]);
    const target = new Uint8Array(8);
    const resized = resizeSource(source, [1, 4]);
    const shape = await readPixels(resized, [0, 1], target);
    expect(shape).toEqual({ count: 2, height: 1, width: 4, channels: 1 });
    expect([...target]).toEqual([0, 25, 75, 100, 8, 8, 8, 8]);
    new Uint8Array(source.pixels).fill(0);
    const again = new Uint8Array(8);
    await readPixels(resized, [1, 0], again);
    expect([...again]).toEqual([8, 8, 8, 8, 0, 25, 75, 100]);
  });

  it("takes no memory for pictures that are never read, and none at all where they are too many", async () => {
    // 240 pictures as large as these are 26 GB.
    const source = inMemory(new Array<number>(240 * 4).fill(7), [2, 2]);
    const resized = resizeSource(source, [6000, 6000]) as MemorySource;
    expect(resized.resizing?.cache).toBeNull();
    const target = new Uint8Array(6000 * 6000);
    await readPixels(resized, [239], target);
    expect(target.every((value) => value === 7)).toBe(true);
    // A gigabyte has 29 of them, but addresses of all are needed for the places of some.
    const few = narrowSource(resizeSource(source, [4000, 4000]), 29) as MemorySource;
    expect(few.resizing?.cache?.filled.byteLength).toBe(240);
    expect((narrowSource(few, 68) as MemorySource).resizing?.cache).toBeNull();
    expect((resizeSource(few, [2000, 2000]) as MemorySource).resizing?.cache).not.toBeNull();
  });

  it("resizes pictures in memory from what they are, as was chosen before, also joined ones", async () => {
    const cropped = resizeSource(inMemory([0, 10, 20, 30], [1, 4]), [1, 2], "crop");
    const target = new Uint8Array(2);
    await readPixels(resizeSource(cropped, [1, 1]), [0], target);
    // The middle square is half of 10 and half of 20.
    expect(target[0]).toBe(15);
    const other = resizeSource(inMemory([8, 8, 8, 8], [1, 4]), [1, 1], "crop");
    const joined = joinSources([resizeSource(cropped, [1, 1]), other]);
    await readPixels(joined, [1, 0], target);
    expect([...target]).toEqual([8, 15]);
    const back = new Uint8Array(4);
    await readPixels(resizeSource(joined, [1, 4]), [0], back);
    expect([...back]).toEqual([0, 10, 20, 30]);
  });

  it("has files resized when they are decoded, into memory of the new size", async () => {
    const source = await twoFiles(true);
    const resized = resizeSource(source, [2, 2]);
    const target = new Uint8Array(24);
    await readPixels(resized, [0, 1], target);
    expect([...target.subarray(9, 15)]).toEqual([255, 0, 0, 0, 0, 255]);
  });

  it("is the same source where nothing changes", async () => {
    const source = await twoFiles(true);
    expect(resizeSource(source, [1, 1])).toBe(source);
    const memory = inMemory([1], [1, 1]);
    expect(resizeSource(memory, [1, 1])).toBe(memory);
  });
});

describe("narrowSource", () => {
  it("keeps in memory what a limit leaves, where all would be too much, also at another size", async () => {
    const { locations } = await twoFiles(false);
    const count = 2 ** 14;
    const all: FileSource = {
      kind: "files",
      locations: Array.from({ length: count }, () => locations[0] as string),
      channels: 3,
      size: [180, 180],
      cache: createDecodedCache(count, 180 * 180 * 3),
    };
    expect(all.cache).toBeNull();
    const narrowed = narrowSource(all, 1000) as FileSource;
    expect(narrowed.cache?.filled.byteLength).toBe(count);
    expect((resizeSource(narrowed, [160, 160]) as FileSource).cache).not.toBeNull();
    expect((narrowSource(all, count - 1) as FileSource).cache).toBeNull();
    expect(narrowSource(all, count)).toBe(all);
  });
});
