import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { writeFiles } from "../../test/pictures.js";
import { cifarPixels, encodeCifar } from "../../test/record-files.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { readCifarFolder } from "./cifar-binary.js";
import { DatasetFormatError } from "./dataset-format-error.js";

async function read(files: Record<string, string | Uint8Array>) {
  const folder = await writeFiles(await temporaryFolder(), files);
  return readCifarFolder(folder, await readdir(folder));
}

describe("readCifarFolder", () => {
  it("reads the official files in order and turns planes into pixels", async () => {
    const { splits, classNames } = await read({
      "data_batch_10.bin": encodeCifar([9], 2),
      "data_batch_2.bin": encodeCifar([1], 1),
      "data_batch_1.bin": encodeCifar([0], 0),
      "test_batch.bin": encodeCifar([2, 3], 3),
      "batches.meta.txt": "airplane\nautomobile\nbird\n\n",
      "readme.html": "",
    });
    expect(classNames).toEqual(["airplane", "automobile", "bird"]);
    expect([...splits.train.labels]).toEqual([0, 1, 9]);
    expect([...(splits.test?.labels ?? [])]).toEqual([2, 3]);
    expect(Buffer.compare(new Uint8Array(splits.train.source.pixels), cifarPixels(3))).toBe(0);
    expect(splits.train.source).toMatchObject({ height: 32, width: 32, channels: 3 });
  });

  it("reads other data in this layout, and does without class names", async () => {
    const { splits, classNames } = await read({
      "train.bin": encodeCifar(Array.from({ length: 600 }, (_, i) => i % 43)),
      "val.bin": encodeCifar([1]),
    });
    expect(classNames).toBeNull();
    expect(splits.train.labels[599]).toBe(599 % 43);
    expect(
      Buffer.compare(new Uint8Array(splits.train.source.pixels).subarray(-3072), cifarPixels(1, 599)),
    ).toBe(0);
    expect(splits.validation?.labels).toHaveLength(1);
    expect(splits.test).toBeUndefined();
  });

  it("refuses files that are no whole number of records", async () => {
    const cut = read({ "data_batch_1.bin": encodeCifar([1, 2]).subarray(0, 6000) });
    await expect(cut).rejects.toThrow(DatasetFormatError);
    await expect(cut).rejects.toThrow(/records of 3073 bytes in .*data_batch_1.bin. Received: 6000 bytes/);
  });

  it("refuses class names that are none or stand twice", async () => {
    const records = { "data_batch_1.bin": encodeCifar([1]) };
    await expect(read({ ...records, "batches.meta.txt": "\n\n" })).rejects.toThrow(/Received: none/);
    await expect(read({ ...records, "batches.meta.txt": "cat\ncat\n" })).rejects.toThrow(
      /Received: cat, cat/,
    );
  });
});
