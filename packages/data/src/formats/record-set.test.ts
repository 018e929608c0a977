import { readdir, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import { recordSetParts, type RecordSet, type RecordSplit } from "./record-set.js";

function split(labels: number[], values: number[], width = 1): RecordSplit {
  const pixels = new SharedArrayBuffer(values.length);
  new Uint8Array(pixels).set(values);
  return {
    labels: Int32Array.from(labels),
    source: { kind: "memory", pixels, height: 1, width, channels: 1 },
  };
}

async function setOf(
  splits: RecordSet["splits"],
): Promise<{ records: RecordSet; home: string; file: string }> {
  const home = await temporaryFolder();
  const file = join(home, "file");
  await writeFile(file, "x");
  return { records: { classNames: null, splits, files: [file] }, home, file };
}

describe("recordSetParts", () => {
  it("numbers ids and classes", async () => {
    const { records, home } = await setOf({ train: split([0, 2], [7, 8]), test: split([3], [9]) });
    const parts = recordSetParts(records, home);
    expect(parts.classNames).toEqual(["0", "1", "2", "3"]);
    expect(parts.splits.train.ids).toEqual(["train/00000", "train/00001"]);
    expect(parts.splits.test?.ids).toEqual(["test/00000"]);
  });

  it("refuses labels without a class name and splits of another size", async () => {
    const { records, home } = await setOf({ train: split([0, 2], [7, 8]) });
    expect(() => recordSetParts({ ...records, classNames: ["a", "b"] }, home)).toThrow(
      /labels below 2 .* Received: 2/,
    );
    const uneven = { ...records, splits: { train: split([0], [7]), test: split([0], [1, 2], 2) } };
    expect(() => recordSetParts(uneven, home)).toThrow(DatasetFormatError);
  });

  it("hashes pictures, labels and their order", async () => {
    const hash = async (splits: RecordSet["splits"]) => {
      const { records, home } = await setOf(splits);
      return recordSetParts(records, home).contentHash();
    };
    const original = await hash({ train: split([0, 1], [7, 8]) });
    expect(await hash({ train: split([0, 1], [7, 8]) })).toBe(original);
    const others = [
      { train: split([1, 0], [7, 8]) },
      { train: split([0, 1], [8, 7]) },
      { train: split([0], [7]), test: split([1], [8]) },
      { train: split([0], [7, 8], 2) },
    ];
    const hashes = await Promise.all(others.map(hash));
    expect(new Set([original, ...hashes]).size).toBe(5);
  });

  it("hashes again only when a file has changed", async () => {
    const { records, home, file } = await setOf({ train: split([0, 1], [7, 8]) });
    const before = await recordSetParts(records, home).contentHash();
    // Other pictures under an unchanged file: what is remembered counts.
    const altered = { ...records, splits: { train: split([0, 1], [7, 9]) } };
    expect(await recordSetParts(altered, home).contentHash()).toBe(before);
    const { atime, mtimeMs } = await stat(file);
    await utimes(file, atime, new Date(mtimeMs + 5000));
    expect(await recordSetParts(altered, home).contentHash()).not.toBe(before);
  });

  it("does not stumble over a torn memory of hashes", async () => {
    const { records, home } = await setOf({ train: split([0], [7]) });
    const before = await recordSetParts(records, home).contentHash();
    const index = join(home, "datasets", ".index");
    for (const name of await readdir(index)) await writeFile(join(index, name), '{"formatVersion":1,');
    expect(await recordSetParts(records, home).contentHash()).toBe(before);
  });
});
