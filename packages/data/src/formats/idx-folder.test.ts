import { readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeIdx, writeIdxFolder } from "../../test/record-files.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import { hasIdxFiles, readIdxFolder, readIdxPair } from "./idx-folder.js";

async function read(folder: string) {
  return readIdxFolder(folder, await readdir(folder));
}

describe("readIdxFolder", () => {
  it.each([false, true])("reads train, val and t10k (gzipped: %s)", async (gzip) => {
    const folder = await temporaryFolder();
    await writeIdxFolder(folder, { train: [0, 1, 2], val: [1], t10k: [2, 0] }, { gzip });
    const { splits, classNames, files } = await read(folder);
    expect(classNames).toBeNull();
    expect(files).toHaveLength(6);
    expect([...splits.train.labels]).toEqual([0, 1, 2]);
    expect([...(splits.validation?.labels ?? [])]).toEqual([1]);
    expect([...(splits.test?.labels ?? [])]).toEqual([2, 0]);
    const { pixels, height, width, channels } = splits.train.source;
    expect([height, width, channels]).toEqual([2, 3, 1]);
    expect([...new Uint8Array(pixels)]).toEqual(Array.from({ length: 18 }, (_, i) => i));
    expect(new Uint8Array(splits.test?.source.pixels ?? new SharedArrayBuffer(1))[0]).toBe(200);
  });

  it("prefers the unpacked one of a file and its .gz", async () => {
    const folder = await temporaryFolder();
    await writeIdxFolder(folder, { train: [0, 1] });
    await writeFile(join(folder, "train-images-idx3-ubyte.gz"), "not even gzip");
    expect((await read(folder)).splits.train.labels).toHaveLength(2);
  });

  it("takes the dotted names of some archives", async () => {
    const folder = await temporaryFolder();
    await writeIdxFolder(folder, { train: [0, 1] });
    await rename(join(folder, "train-images-idx3-ubyte"), join(folder, "train-images.idx3-ubyte"));
    await rename(join(folder, "train-labels-idx1-ubyte"), join(folder, "train-labels.idx1-ubyte"));
    expect((await read(folder)).splits.train.labels).toHaveLength(2);
  });

  it("takes colour pictures in four dimensions", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "train-images-idx4-ubyte"), encodeIdx([1, 1, 2, 3], [1, 2, 3, 4, 5, 6]));
    await writeFile(join(folder, "train-labels-idx1-ubyte"), encodeIdx([1], [0]));
    const { source } = (await read(folder)).splits.train;
    expect(source).toMatchObject({ height: 1, width: 2, channels: 3 });
  });

  it("refuses a folder without training pictures, without labels, or with too few of them", async () => {
    const folder = await temporaryFolder();
    await writeIdxFolder(folder, { t10k: [1] });
    await expect(read(folder)).rejects.toThrow(/Expected train-images-idx3-ubyte .* Received: t10k-images/);
    await writeIdxFolder(folder, { train: [1, 2] });
    await writeFile(join(folder, "train-labels-idx1-ubyte"), encodeIdx([1], [1]));
    await expect(read(folder)).rejects.toThrow(/Expected 2 labels .* Received: \[1\]/);
    await rm(join(folder, "train-labels-idx1-ubyte"));
    await expect(read(folder)).rejects.toThrow(/labels of .* Received: neither/);
    await writeFile(join(folder, "train-images-idx3-ubyte"), encodeIdx([2, 2], [1, 2, 3, 4]));
    await writeFile(join(folder, "train-labels-idx1-ubyte"), encodeIdx([2], [1, 1]));
    await expect(read(folder)).rejects.toThrow(DatasetFormatError);
  });
});

describe("readIdxPair", () => {
  it("finds the labels beside pictures of any name", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "emnist-letters-images-idx3-ubyte"), encodeIdx([1, 1, 1], [9]));
    await writeFile(join(folder, "emnist-letters-labels-idx1-ubyte"), encodeIdx([1], [3]));
    const { splits } = await readIdxPair(join(folder, "emnist-letters-images-idx3-ubyte"));
    expect([...splits.train.labels]).toEqual([3]);
    expect(Object.keys(splits)).toEqual(["train"]);
  });
});

describe("hasIdxFiles", () => {
  it("goes by the official names", () => {
    expect(hasIdxFiles(["readme.txt", "t10k-images-idx3-ubyte.gz"])).toBe(true);
    expect(hasIdxFiles(["train-labels-idx1-ubyte", "images.zip"])).toBe(false);
  });
});
