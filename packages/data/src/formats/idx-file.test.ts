import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { encodeIdx } from "../../test/record-files.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import { readIdxFile } from "./idx-file.js";

async function writeTemporary(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, bytes);
  return path;
}

describe("readIdxFile", () => {
  it("reads dimensions and values", async () => {
    const { dimensions, values } = await readIdxFile(
      await writeTemporary("idx", encodeIdx([2, 1, 3], [1, 2, 3, 4, 5, 255])),
    );
    expect(dimensions).toEqual([2, 1, 3]);
    expect([...values]).toEqual([1, 2, 3, 4, 5, 255]);
    expect(values.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it("unpacks .gz, larger than one piece", async () => {
    const pixels = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * i) >> 7);
    const path = await writeTemporary("idx.gz", gzipSync(encodeIdx([3, 1000, 1000], pixels)));
    const { values } = await readIdxFile(path);
    expect(Buffer.compare(values, pixels)).toBe(0);
  });

  it("takes no pictures at all", async () => {
    const { dimensions, values } = await readIdxFile(await writeTemporary("idx", encodeIdx([0, 28, 28], [])));
    expect(dimensions).toEqual([0, 28, 28]);
    expect(values).toHaveLength(0);
  });

  it.each([
    ["text", Buffer.from("label,pixel\n0,1\n"), /first bytes 6c 61 62 65/],
    ["nothing", Buffer.alloc(0), /first bytes 0 0 0 0/],
    ["int32 elements", Buffer.from([0, 0, 0x0c, 1, 0, 0, 0, 1, 0, 0, 0, 7]), /unsigned bytes/],
    ["a header cut short", Buffer.from([0, 0, 8, 3, 0, 0, 0, 1]), /header cut short/],
    ["values cut short", encodeIdx([4], [1, 2, 3]), /Expected 4 values .* Received: only 3/],
    ["values too many", encodeIdx([2], [1, 2, 3]), /Received: more/],
    [
      "dimensions beyond all memory",
      encodeIdx([0xffffffff, 0xffffffff, 0xffffffff], [1]),
      /for the dimensions 4294967295/,
    ],
  ])("refuses %s", async (_what, bytes, message) => {
    const reading = readIdxFile(await writeTemporary("idx", bytes));
    await expect(reading).rejects.toThrow(DatasetFormatError);
    await expect(reading).rejects.toThrow(message);
  });

  it("refuses gzip that is damaged or none, naming the file", async () => {
    const whole = gzipSync(
      encodeIdx(
        [1000],
        new Uint8Array(1000).map((_, i) => i * 7),
      ),
    );
    for (const bytes of [whole.subarray(0, whole.length - 20), Buffer.from("no gzip at all")]) {
      const path = await writeTemporary("idx.gz", bytes);
      await expect(readIdxFile(path)).rejects.toThrow(DatasetFormatError);
      await expect(readIdxFile(path)).rejects.toThrow(path);
    }
  });

  it("says of a missing file that it is missing", async () => {
    await expect(readIdxFile("/nowhere/idx")).rejects.toThrow(/ENOENT/);
  });
});
