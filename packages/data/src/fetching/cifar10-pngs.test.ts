import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cifar10PngPackage } from "../../test/cifar10-package.js";
import { writeFiles } from "../../test/pictures.js";
import { encodeCifar } from "../../test/record-files.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { convertCifar10Pngs } from "./cifar10-pngs.js";
import { FetchError } from "./fetch-error.js";

describe("convertCifar10Pngs", () => {
  it("writes the binary files that the pictures were made of", async () => {
    const from = await writeFiles(await temporaryFolder(), await cifar10PngPackage());
    const into = await temporaryFolder();
    const files: string[] = [];
    await convertCifar10Pngs(from, into, (progress) => {
      if (progress.phase === "unpack") files.push(`${progress.done} ${progress.what}`);
    });
    expect((await readdir(into)).sort()).toEqual([
      ...[1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`),
      "test_batch.bin",
    ]);
    // Two records a file; labels 0 1 | 2 3 | … in the training files, 9 8 in the test file.
    expect(Buffer.compare(await readFile(join(into, "data_batch_2.bin")), encodeCifar([2, 3], 2))).toBe(0);
    expect(Buffer.compare(await readFile(join(into, "test_batch.bin")), encodeCifar([9, 8], 10))).toBe(0);
    expect(files).toHaveLength(6);
    expect(await readdir(from)).not.toContain("data_batch_1.png");
  });

  it("refuses pictures and labels of another form", async () => {
    const into = await temporaryFolder();
    const from = await writeFiles(await temporaryFolder(), await cifar10PngPackage());
    await writeFile(join(from, "data_batch_1.png"), "no picture");
    await expect(convertCifar10Pngs(from, into)).rejects.toThrow(FetchError);
    await writeFile(join(from, "train_lables.json"), "[1,2,300]");
    await expect(convertCifar10Pngs(from, into)).rejects.toThrow(/no list of labels/);
  });
});
