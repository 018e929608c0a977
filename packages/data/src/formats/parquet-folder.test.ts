import { copyFile, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Rng } from "@convkit/random";
import { parquetWriteBuffer, type ColumnSource } from "hyparquet-writer";
import { describe, expect, it } from "vitest";
import { encodeParquet, type ParquetSample } from "../../test/parquet-files.js";
import { encodePicture, writeFiles } from "../../test/pictures.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { DiskSpaceError } from "../disk-space.js";
import { createLoader, openDataset, type DatasetProgress } from "../index.js";
import { DatasetFormatError } from "./dataset-format-error.js";

const RED = await encodePicture([255, 0, 0]);
const BLUE = await encodePicture([0, 0, 255], { format: "jpeg" });

const sample = (
  label: number | string | null,
  bytes: Uint8Array | null = RED,
  path: string | null = null,
): ParquetSample => ({ image: { bytes, path }, label });

const write = async (files: Record<string, string | Uint8Array>) =>
  writeFiles(await temporaryFolder(), files);

const open = async (source: string, { home, ...spec }: { home?: string; [key: string]: unknown } = {}) =>
  openDataset(
    { source, validationFraction: 0, testFraction: 0, maxBadFraction: 1, ...spec },
    { home: home ?? (await temporaryFolder()) },
  );

/** A file with one column beside the pictures for each of these. */
const withColumns = (...columns: ColumnSource[]) =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "image", data: [new Uint8Array(RED), new Uint8Array(BLUE)], type: "BYTE_ARRAY" },
        ...columns,
      ],
    }),
  );

describe("a Parquet file", () => {
  it("has names of classes in its metadata, and ids of row and path", async () => {
    const file = encodeParquet(
      [sample(2, RED, "a/1.png"), sample(0, BLUE), sample(2, BLUE, "C:\\x\\..\\3.jpg")],
      {
        classNames: ["cat", "dog", "eel"],
      },
    );
    const folder = await write({ "train-00000-of-00001.parquet": file });
    const { classNames, splits, badFiles, name } = await open(join(folder, "train-00000-of-00001.parquet"));
    expect({ name, classNames, badFiles }).toEqual({
      name: "train-00000-of-00001",
      classNames: ["cat", "dog", "eel"],
      badFiles: [],
    });
    expect(splits.train.ids).toEqual([
      "train-00000-of-00001.parquet/00000/a/1.png",
      "train-00000-of-00001.parquet/00001",
      "train-00000-of-00001.parquet/00002/C:/x/3.jpg",
    ]);
    expect([...splits.train.labels]).toEqual([2, 0, 2]);
    expect([...(await splits.train.readImages([0])).images.subarray(0, 3)]).toEqual([255, 0, 0]);
  });

  it("may be pyarrow's, compressed with zstd", async () => {
    // pyarrow 25.0: four pictures of one pixel, red 10, 20, 30, 40, in two groups of rows.
    const fixture = fileURLToPath(new URL("../../test/fixtures/pyarrow-zstd.parquet", import.meta.url));
    const { classNames, splits } = await open(fixture);
    expect(classNames).toEqual(["cat", "dog"]);
    expect([...splits.train.labels]).toEqual([1, 0, 1, 1]);
    expect([...(await splits.train.readImages([0, 1, 2, 3])).images]).toEqual(
      [10, 20, 30, 40].flatMap((red) => [red, 0, 0]),
    );
  });

  it.each<[string, readonly (number | string)[], string[]]>([
    ["numbers, sorted as such", [10, 9, 10], ["9", "10"]],
    ["texts", ["dog", "cat", "010"], ["010", "cat", "dog"]],
  ])("has classes of %s where no names are told", async (_what, labels, names) => {
    const folder = await write({ "x.parquet": encodeParquet(labels.map((label) => sample(label))) });
    const { classNames, splits } = await open(folder);
    expect(classNames).toEqual(names);
    expect(Array.from(splits.train.labels, (label) => classNames[label])).toEqual(labels.map(String));
  });

  it("is one of several in a clone of a repository, whose names tell the split", async () => {
    const options = { classNames: ["cat", "dog"] };
    const folder = await write({
      "README.md": "---\nlicense: mit\n---",
      "assets/logo.png": RED,
      "data/train-00000-of-00002.parquet": encodeParquet([sample(0), sample(1)], options),
      "data/train-00001-of-00002.parquet": encodeParquet([sample(1)], options),
      "data/validation-00000-of-00001.parquet": encodeParquet([sample(0)], options),
      "data/test-00000-of-00001.parquet": encodeParquet([sample(-1), sample(1)], options),
    });
    const dataset = await open(folder);
    expect(Object.fromEntries(Object.entries(dataset.splits).map(([name, { ids }]) => [name, ids]))).toEqual({
      train: [
        "train-00000-of-00002.parquet/00000",
        "train-00000-of-00002.parquet/00001",
        "train-00001-of-00002.parquet/00000",
      ],
      validation: ["validation-00000-of-00001.parquet/00000"],
      test: ["test-00000-of-00001.parquet/00001"],
    });
    expect(dataset.badFiles).toEqual([
      { path: "test-00000-of-00001.parquet/00000", kind: "stray", reason: "has no label", isLost: true },
    ]);
    expect((await open(join(folder, "data"))).contentHash).toBe(dataset.contentHash);
  });

  it("may lie in a folder with the name of the repository's config, and several ask which", async () => {
    const train = encodeParquet([sample(0), sample(1)]);
    const files = {
      "README.md": "---\nconfigs:\n---",
      "assets/logo.png": RED,
      "plain_text/train-00000-of-00001.parquet": train,
      "plain_text/test-00000-of-00001.parquet": encodeParquet([sample(1)]),
    };
    const folder = await write(files);
    const { splits, contentHash } = await open(folder);
    expect(splits.train.ids[0]).toBe("train-00000-of-00001.parquet/00000");
    expect(splits.test?.length).toBe(1);
    expect((await open(join(folder, "plain_text"))).contentHash).toBe(contentHash);
    expect((await open(await write({ "default/train/0000.parquet": train }))).splits.train.length).toBe(2);

    const several = await write({ ...files, "cropped/train/0000.parquet": train });
    await expect(open(several)).rejects.toThrow(
      `folders with some, cropped, plain_text. Name one of them as source, such as ${join(several, "cropped")}.`,
    );
    // Beside a class's pictures it is of something else.
    const classes = await write({ "cat/1.png": RED, "cat/prints.parquet": train, "dog/2.jpg": BLUE });
    expect((await open(classes)).classNames).toEqual(["cat", "dog"]);
  });

  it("of something else is passed over beside folders of pictures, and named", async () => {
    const table = new Uint8Array(
      parquetWriteBuffer({ columnData: [{ name: "embedding", data: [1, 2], type: "DOUBLE" }] }),
    );
    const source = await write({ "cat/1.png": RED, "dog/2.jpg": BLUE, "metadata.parquet": table });
    const dataset = await open(source);
    expect(dataset.classNames).toEqual(["cat", "dog"]);
    expect(dataset.warnings).toEqual([
      expect.stringMatching(/^A Parquet file is left out\. Expected one column of pictures/) as string,
    ]);
    const alone = await write({ "cat/1.png": RED, "metadata.parquet": table });
    await expect(open(alone)).rejects.toThrow("Expected one column of pictures");
  });

  it("lists rows without a picture or a label, and pictures that are none", async () => {
    const samples = [
      sample(0),
      sample(1),
      sample(null),
      sample(0, null),
      sample(0, Buffer.from("no picture")),
    ];
    const folder = await write({ "x.parquet": encodeParquet([...samples, { image: null, label: 1 }]) });
    const { splits, badFiles } = await open(folder);
    expect(splits.train.length).toBe(2);
    expect(badFiles).toEqual([
      { path: "x.parquet/00002", kind: "stray", reason: "has no label", isLost: true },
      { path: "x.parquet/00003", kind: "broken", reason: "has no bytes of a picture" },
      { path: "x.parquet/00004", kind: "broken", reason: expect.stringMatching(/unsupported/) as string },
      { path: "x.parquet/00005", kind: "broken", reason: "has no bytes of a picture" },
    ]);
    await expect(open(folder, { maxBadFraction: 0.5 })).rejects.toThrow("Received: 4 of 6 (66.7 %)");
  });

  it("does not count it as a loss where no test picture has a label, as in a competition", async () => {
    const folder = await write({
      "train.parquet": encodeParquet([sample(0), sample(1)]),
      "test.parquet": encodeParquet([sample(-1), sample(-1)]),
    });
    const { badFiles, splits } = await open(folder, { maxBadFraction: 0 });
    expect(splits.train.length).toBe(2);
    expect(badFiles.map(({ reason, isLost }) => [reason, isLost])).toEqual(
      new Array(2).fill(["has no label", false]),
    );
  });

  it("leaves out pictures whose label has no name, and counts them as broken", async () => {
    const samples = [sample(0), sample(1), sample(2, RED, "stork.png")];
    const folder = await write({ "x.parquet": encodeParquet(samples, { classNames: ["a", "b"] }) });
    const { splits, badFiles } = await open(folder);
    expect(splits.train.ids).toEqual(["x.parquet/00000", "x.parquet/00001"]);
    expect(badFiles).toEqual([
      {
        path: "x.parquet/00002/stork.png",
        kind: "broken",
        reason: "has the label 2, none of the 2 that x.parquet names",
      },
    ]);
    await expect(open(folder, { maxBadFraction: 0.3 })).rejects.toThrow("Received: 1 of 3 (33.3 %)");
  });

  it.each<[string, ColumnSource[], string[]]>([
    [
      "a binary column and the only other one",
      [{ name: "kind", data: ["a", "b"], type: "STRING" }],
      ["a", "b"],
    ],
    [
      "fine labels before coarse ones",
      [
        { name: "coarse_label", data: [0, 0], type: "INT32" },
        { name: "fine_label", data: [3, 4], type: "INT32" },
      ],
      ["3", "4"],
    ],
    [
      "a label beside numbers that are none",
      [
        { name: "weight", data: [0.5, 0.7], type: "DOUBLE" },
        { name: "species", data: [7, 8], type: "INT32" },
      ],
      ["7", "8"],
    ],
  ])("may have %s", async (_what, columns, names) => {
    expect((await open(await write({ "x.parquet": withColumns(...columns) }))).classNames).toEqual(names);
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      "several columns that may be labels",
      withColumns(
        { name: "a", data: [1, 2], type: "INT32" },
        { name: "b", data: ["x", "y"], type: "STRING" },
      ),
      /Expected one column of labels .* Received: several, a, b\. Name it label/,
    ],
    [
      "no column of labels",
      withColumns({ name: "a", data: [0.5, 1.5], type: "DOUBLE" }),
      /column of labels.*Received: a\./,
    ],
    [
      "a label that is no count",
      withColumns({ name: "label", data: [0.5, 1.5], type: "DOUBLE" }),
      /\(INT32, INT64 or STRING\) as labels in column label of .*x\.parquet\. Received: DOUBLE\. Write it as one/,
    ],
    [
      "a label of bytes beside several that may be labels",
      withColumns(
        { name: "label", data: [new Uint8Array([1]), new Uint8Array([2])], type: "BYTE_ARRAY" },
        { name: "a", data: [1, 2], type: "INT32" },
        { name: "b", data: [1, 2], type: "INT32" },
      ),
      /in column label of .* Received: BYTE_ARRAY\./,
    ],
    [
      "no column of pictures",
      new Uint8Array(parquetWriteBuffer({ columnData: [{ name: "label", data: [1, 2], type: "INT32" }] })),
      /Expected one column of pictures .* Received: label\./,
    ],
    [
      "only paths of pictures",
      encodeParquet([sample(0, null, "cat/1.png"), sample(1, null, "dog/1.png")]),
      /Expected the bytes of pictures .* only their paths, such as cat\/1\.png.*push_to_hub/,
    ],
    ["labels of one class", encodeParquet([sample(5), sample(5)]), /labels of two classes or more.*one, 5/],
    ["no rows", encodeParquet([]), /Received: none/],
    ["other bytes", Buffer.alloc(100, "abc"), /Expected Parquet that can be read.*footer/],
    ["an empty file", Buffer.alloc(0), /Expected Parquet that can be read/],
    [
      "a cut file",
      encodeParquet([sample(0), sample(1)]).subarray(0, 300),
      /Expected Parquet that can be read/,
    ],
    [
      "a pointer of Git LFS",
      Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n"),
      /git lfs pull/,
    ],
    [
      "damaged pages",
      (() => {
        const file = encodeParquet([sample(0), sample(1)]);
        return file.fill(0xff, 4, 60);
      })(),
      /Expected Parquet that can be read/,
    ],
  ])("is refused with %s", async (_what, file, message) => {
    const folder = await write({ "x.parquet": file });
    const home = await temporaryFolder();
    const opening = open(folder, { home });
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toThrow(DatasetFormatError);
    const left = await readdir(join(home, "datasets", ".packs"));
    expect(left.filter((name) => /part|lock/.test(name))).toEqual([]);
  });

  it("is not begun where the pictures do not fit on the disk, those of all files together", async () => {
    // 2 EB in two groups of a row each, and a file that would fit.
    const options = { classNames: ["a", "b"] };
    const folder = await write({
      "data/train-0.parquet": encodeParquet([sample(0), sample(1)], options),
      "data/train-1.parquet": encodeParquet([sample(0), sample(1)], {
        ...options,
        rowGroupSize: 1,
        claimedBytes: 1e18,
      }),
    });
    const home = await temporaryFolder();
    await expect(open(folder, { home })).rejects.toThrow(
      /^Expected 2000000000\.0 GB of free disk in .*\.packs for the pictures of .*train-0\.parquet and 1 more files\. Received: \d.*B\. .*CONVKIT_HOME/,
    );
    await expect(open(folder, { home })).rejects.toBeInstanceOf(DiskSpaceError);
    expect(await readdir(join(home, "datasets", ".packs"))).toEqual([]);
  });

  it("is refused beside one with other names of classes, and where none is to be trained on", async () => {
    const folder = await write({
      "train.parquet": encodeParquet([sample(0), sample(1)], { classNames: ["a", "b"] }),
      "test.parquet": encodeParquet([sample(0)], { classNames: ["b", "a"] }),
    });
    await expect(open(folder)).rejects.toThrow(
      /Expected the class names of .*test.parquet in .*train.parquet.*a, b/,
    );
    await rm(join(folder, "train.parquet"));
    await expect(open(folder)).rejects.toThrow(/one with train in its name.*Received: test.parquet/);
  });
});

describe("the pack of a Parquet file's pictures", () => {
  const packsOf = async (home: string) => {
    const folder = join(home, "datasets", ".packs");
    const names = (await readdir(folder)).filter((name) => !name.endsWith(".json"));
    return Promise.all(
      names.map(async (name) => ({ path: join(folder, name), inode: (await stat(join(folder, name))).ino })),
    );
  };

  it("is written group by group of rows, told of, and used again", async () => {
    const samples = Array.from({ length: 10 }, (_, i) => sample(i % 2, i % 2 === 0 ? RED : BLUE));
    const folder = await write({ "x.parquet": encodeParquet(samples, { rowGroupSize: 4 }) });
    const home = await temporaryFolder();
    const seen: DatasetProgress[] = [];
    const once = { source: folder, validationFraction: 0, testFraction: 0 };
    const first = await openDataset(once, { home, onProgress: (progress) => seen.push(progress) });
    const what = join(folder, "x.parquet");
    expect(seen.filter(({ phase }) => phase === "unpack")).toEqual(
      [4, 8, 10].map((done) => ({ phase: "unpack", what, done, total: 10, unit: "files" })),
    );
    const [pack, ...others] = await packsOf(home);
    expect(others).toEqual([]);
    expect(await readFile(pack!.path)).toEqual(Buffer.concat(samples.map(({ image }) => image!.bytes!)));
    seen.length = 0;
    const again = await openDataset(once, { home, onProgress: (progress) => seen.push(progress) });
    expect(again.contentHash).toBe(first.contentHash);
    expect(seen).toEqual([]);
    expect(await packsOf(home)).toEqual([pack]);
  });

  it("is made anew where it is gone or cut, and replaced where the file has changed", async () => {
    const folder = await write({ "x.parquet": encodeParquet([sample(0), sample(1, BLUE)]) });
    const home = await temporaryFolder();
    const { contentHash } = await open(folder, { home });
    const [pack] = await packsOf(home);
    await rm(pack!.path);
    expect((await open(folder, { home })).contentHash).toBe(contentHash);
    await writeFile(pack!.path, "cut");
    expect((await open(folder, { home })).contentHash).toBe(contentHash);
    await writeFile(join(folder, "x.parquet"), encodeParquet([sample(0), sample(1), sample(1)]));
    await utimes(join(folder, "x.parquet"), 1, 1);
    expect((await open(folder, { home })).splits.train.length).toBe(3);
    const [other, ...more] = await packsOf(home);
    expect(more).toEqual([]);
    expect(other?.path).not.toBe(pack?.path);
  });

  it("is nothing where it was not finished", async () => {
    const folder = await write({ "x.parquet": encodeParquet([sample(0), sample(1, BLUE)]) });
    const home = await temporaryFolder();
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(openDataset({ source: folder }, { home, signal })).rejects.toThrow("enough");
    expect(await packsOf(home)).toEqual([]);
    await open(folder, { home });
    const [pack] = await packsOf(home);
    // As a process that was killed leaves it: part of a pack, or a whole one that nothing tells of.
    await copyFile(pack!.path, pack!.path.replace(/-[^-]*$/, ".part"));
    await rm(pack!.path.replace(/-[^-]*$/, ".json"));
    expect((await open(folder, { home })).splits.train.length).toBe(2);
    expect((await packsOf(home)).map(({ path }) => path)).toEqual([pack!.path]);
  });

  it("goes when its file has gone and another is written", async () => {
    const folder = await write({ "x.parquet": encodeParquet([sample(0), sample(1, BLUE)]) });
    const home = await temporaryFolder();
    await open(folder, { home });
    await rename(join(folder, "x.parquet"), join(folder, "y.parquet"));
    await open(folder, { home });
    expect(await readdir(join(home, "datasets", ".packs"))).toHaveLength(2);
    expect(await packsOf(home)).toHaveLength(1);
  });

  it("is made once by several that open it at once", async () => {
    const folder = await write({ "x.parquet": encodeParquet([sample(0), sample(1, BLUE)]) });
    const home = await temporaryFolder();
    const hashes = await Promise.all([1, 2, 3].map(async () => (await open(folder, { home })).contentHash));
    expect(new Set(hashes).size).toBe(1);
    expect(await packsOf(home)).toHaveLength(1);
  });

  it("feeds workers", async () => {
    const reds = [0, 50, 100, 150, 200, 250];
    const samples = await Promise.all(
      reds.map(async (red, i) => sample(i % 2, await encodePicture([red, 0, 0], { height: 2, width: 2 }))),
    );
    const { splits } = await open(await write({ "x.parquet": encodeParquet(samples) }));
    const loader = await createLoader(splits.train, {
      batchSize: 2,
      workers: 2,
      shuffle: false,
      rng: Rng.fromSeed(0),
      transforms: [],
    });
    const seen: number[] = [];
    for await (const { images } of loader.epoch(0)) {
      seen.push(...[0, 12].map((at) => Math.round((images[at] as number) * 255)));
    }
    await loader.close();
    expect(seen).toEqual(reds);
  });
});
