import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Rng } from "@convkit/random";
import { describe, expect, it } from "vitest";
import { encodePicture, writeFiles } from "../../test/pictures.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { dataSheet } from "../inspection/data-sheet.js";
import { inspectDataset } from "../inspection/inspect-dataset.js";
import { createLoader } from "../loading/loader.js";
import { openDataset, type DataSpecInput } from "../open-dataset.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import { readManifest } from "./manifest.js";
import { writeManifest } from "./write-manifest.js";

const RED = await encodePicture([255, 0, 0]);
const BLUE = await encodePicture([0, 0, 255]);
const PICTURES = { "a/1.png": RED, "a/2.png": BLUE, "b c/3.png": RED, 'ü,"4.png': BLUE };

async function write(name: string, manifest: string | Uint8Array) {
  const folder = await writeFiles(await temporaryFolder(), { ...PICTURES, [name]: manifest });
  return { file: join(folder, name), home: await temporaryFolder() };
}

async function read(name: string, manifest: string | Uint8Array) {
  const { file, home } = await write(name, manifest);
  return readManifest(file, { home });
}

const CSV = `split,label,path,taken
train,cat,a/1.png,2024
val, dog ,a/2.png,
TEST,cat,b c/3.png,2023
,dog,"ü,""4.png",2022
`;
const JSON_LINES = `{"path": "a/1.png", "label": "cat"}
{"path": "a/2.png", "label": "dog", "split": "val", "taken": null}

{"path": "b c/3.png", "label": "cat", "split": "test"}
{"path": "ü,\\"4.png", "label": "dog"}
`;

describe("readManifest", () => {
  it.each([
    ["photos.csv", CSV],
    ["photos.CSV", `\uFEFF${CSV.replaceAll("\n", "\r\n")}`],
    ["photos.jsonl", JSON_LINES],
    ["semicolons.csv", CSV.replaceAll(/,(?!"")/g, ";").replaceAll("path", "Path")],
    ["tabs.csv", CSV.replaceAll(/,(?!"")/g, "\t").replace("split\tlabel", '"SPLIT"\tLabel')],
    ["utf-16.csv", Buffer.from(`\uFEFF${CSV}`, "utf16le")],
    ["big-endian.csv", Buffer.from(`\uFEFF${CSV}`, "utf16le").swap16()],
  ])("takes path, label and split from %s", async (name, manifest) => {
    const { classNames, splits, badFiles } = await read(name, manifest);
    expect(classNames).toEqual(["cat", "dog"]);
    expect(splits.train.ids).toEqual(["a/1.png", 'ü,"4.png']);
    expect([...splits.train.labels]).toEqual([0, 1]);
    expect(splits.validation?.ids).toEqual(["a/2.png"]);
    expect(splits.test?.ids).toEqual(["b c/3.png"]);
    expect(badFiles).toEqual([]);
  });

  it("knows a file again however its path is spelled", async () => {
    const { splits, badFiles } = await read(
      "m.csv",
      "path,label,split\na/1.png,cat,train\n./a/../a/1.png,dog,test\na\\2.png,dog,train\n",
    );
    expect(splits.train.ids).toEqual(["a/1.png", "a/2.png"]);
    expect(badFiles).toEqual([
      { path: "a/1.png", kind: "repeated", reason: "is listed again in line 3 as dog, before as cat" },
    ]);
  });

  it("keeps what it knows of pictures beside another manifest of the same folder", async () => {
    const folder = await writeFiles(await temporaryFolder(), {
      ...PICTURES,
      "one.csv": "path,label\na/1.png,cat\na/2.png,dog\n",
      "two.csv": "path,label\nb c/3.png,cat\na/2.png,dog\n",
    });
    const home = await temporaryFolder();
    let looked = 0;
    const onProgress = () => (looked += 1);
    for (const name of ["one.csv", "two.csv"]) await readManifest(join(folder, name), { home, onProgress });
    expect(looked).toBe(4);
    for (const name of ["one.csv", "two.csv"]) await readManifest(join(folder, name), { home, onProgress });
    expect(looked).toBe(4);
  });

  it("takes numbers for names of classes, and absolute paths", async () => {
    const { file, home } = await write("m.jsonl", "");
    const folder = join(file, "..");
    await writeFiles(folder, {
      "m.jsonl": `{"path": ${JSON.stringify(join(folder, "a/1.png"))}, "label": 0}\n{"path": "a/2.png", "label": 1}`,
    });
    const { classNames, splits } = await readManifest(file, { home });
    expect(classNames).toEqual(["0", "1"]);
    expect(splits.train.ids).toEqual(["a/1.png", "a/2.png"]);
    expect(splits.train.source).toMatchObject({ size: [4, 4] });
  });

  it("has the same ids, splits and content hash on every machine, for pictures elsewhere too", async () => {
    const openIn = async (lists: string) => {
      const root = await writeFiles(await temporaryFolder(), {
        "photos/1.png": RED,
        "photos/..2.png": BLUE,
        [`${lists}/..own/3.png`]: RED,
        [`${lists}/m.csv`]: "path,label\n../photos/1.png,cat\n./..\\photos\\..2.png,dog\n..own/3.png,cat\n",
      });
      return readManifest(join(root, lists, "m.csv"), { home: await temporaryFolder() });
    };
    const [here, there] = [await openIn("lists"), await openIn("other")];
    expect(here.splits.train.ids).toEqual(["../photos/..2.png", "../photos/1.png", "..own/3.png"]);
    expect(there.splits.train.ids).toEqual(here.splits.train.ids);
    expect(await there.contentHash()).toBe(await here.contentHash());
  });

  it("keeps absolute paths elsewhere, and knows them again in another spelling", async () => {
    const { file, home } = await write("lists/m.csv", "");
    const absolute = join(file, "../../a/1.png");
    await writeFile(file, `path,label\n${absolute},cat\n../a/1.png,dog\n../a/2.png,dog\n`);
    const { splits, badFiles } = await readManifest(file, { home });
    expect(splits.train.ids).toEqual(["../a/2.png", absolute]);
    expect(badFiles).toEqual([
      { path: absolute, kind: "repeated", reason: "is listed again in line 3 as dog, before as cat" },
    ]);
  });

  it("names what is missing, broken or listed again, and goes on", async () => {
    const { splits, badFiles } = await read(
      "m.csv",
      "path,label\na/1.png,cat\na/2.png,dog\na/1.png,cat\na/2.png,cat\ngone.png,dog\n",
    );
    expect(splits.train.ids).toEqual(["a/1.png", "a/2.png"]);
    expect([...splits.train.labels]).toEqual([0, 1]);
    expect(badFiles).toEqual([
      { path: "a/1.png", kind: "repeated", reason: "is listed again in line 4 as cat" },
      { path: "a/2.png", kind: "repeated", reason: "is listed again in line 5 as cat, before as dog" },
      { path: "gone.png", kind: "broken", reason: expect.stringContaining("ENOENT") as string },
    ]);
  });

  it("takes the column whose name is spelled exactly", async () => {
    const { classNames } = await read("m.csv", "Label,path,label\nx,a/1.png,cat\ny,a/2.png,dog\n");
    expect(classNames).toEqual(["cat", "dog"]);
  });

  it("has a content hash of labels too", async () => {
    const hash = async (manifest: string) => (await read("m.csv", manifest)).contentHash();
    const original = await hash("path,label\na/1.png,cat\na/2.png,dog\n");
    expect(await hash("label,path\ndog,a/2.png\ncat,a/1.png\n")).toBe(original);
    expect(await hash("path,label\na/1.png,dog\na/2.png,cat\n")).not.toBe(original);
  });

  it.each([
    ["m.csv", "file,label\na/1.png,cat\n", "Expected a path in line 2", "Received: only file, label"],
    ["m.csv", "path,label\na/1.png,\n", "Expected a label in line 2", "Received: an empty one"],
    ["m.csv", "path,label,split\na/1.png,cat,holdout\n", "Expected one of train, val", "Received: holdout"],
    [
      "m.csv",
      "path,label,split\na/1.png,cat,__proto__\n",
      "Expected one of train, val",
      "Received: __proto__",
    ],
    ["m.csv", "path,label\na/1.png,cat,1\n", "Expected CSV with a header", "line 2"],
    ["m.csv", 'path,label\n"a/1.png,cat\n', "Expected CSV with a header", "opening quote at line 2"],
    ["m.csv", "path,label\n", "Expected a line for each picture", "Received: none"],
    [
      "m.csv",
      Buffer.from("path,label\na/1.png,K\xe4se\n", "latin1"),
      "Expected text in UTF-8 in ",
      "bytes that are not UTF-8, so the names in it may be in Latin-1 or another encoding. Save it as UTF-8",
    ],
    [
      "m.csv",
      Buffer.from("path,label\n", "utf16le"),
      "Expected text in UTF-8",
      "bytes of 0, as UTF-16 has them",
    ],
    ["m.jsonl", Buffer.from('{"path": "\xe4.png"}', "latin1"), "Expected text in UTF-8", "not UTF-8"],
    ["m.csv", "file;label\na/1.png;cat\n", "Expected a path in line 2", "Received: only file, label"],
    ["m.csv", "", "Expected a line for each picture", "Received: none"],
    ["m.jsonl", '{"path": "a/1.png"\n', "Expected a JSON object in line 1", 'Received: {"path"'],
    ["m.jsonl", "[1]\n", "Expected a JSON object in line 1", "Received: [1]"],
    ["m.jsonl", '{"path": ["a"], "label": "cat"}', "Expected a text as path in line 1", 'Received: ["a"]'],
  ])("says what is wrong in %s: %j", async (name, manifest, expected, received) => {
    const failure = read(name, manifest);
    await expect(failure).rejects.toThrow(DatasetFormatError);
    await expect(failure).rejects.toThrow(expected);
    await expect(failure).rejects.toThrow(received);
  });
});

describe("openDataset of a manifest", () => {
  async function manyPictures(patients: number, perPatient: number) {
    const lines = ["path,label,group"];
    const files: Record<string, Uint8Array> = {};
    for (let patient = 0; patient < patients; patient++) {
      for (let picture = 0; picture < perPatient; picture++) {
        const path = `${picture}-${patient}.png`;
        files[path] = RED;
        lines.push(`${path},${patient % 2 === 0 ? "ill" : "well"},patient ${patient}`);
      }
    }
    return writeFiles(await temporaryFolder(), { ...files, "metadata.csv": lines.join("\n") });
  }

  it("is named after its folder, and keeps the pictures of a group together", async () => {
    const folder = await manyPictures(40, 3);
    const source = join(folder, "metadata.csv");
    const spec = { source, validationFraction: 0.3, testFraction: 0.2 };
    const { name, splits } = await openDataset(spec, { home: await temporaryFolder() });
    expect(name).toBe(folder.split("/").at(-1));
    const patientsOf = (ids: readonly string[] = []) => new Set(ids.map((id) => id.split("-")[1]));
    const parts = [splits.train, splits.validation, splits.test].map((split) => patientsOf(split?.ids));
    expect(parts.every((part) => part.size > 1)).toBe(true);
    expect(parts.reduce((sum, part) => sum + part.size, 0)).toBe(40);
  });

  it("warns of groups that its own splits share, and an inspection and an exported manifest tell of them", async () => {
    const rows = [
      "a/1.png,ill,train,patient 7",
      "a/2.png,well,train,patient 8",
      "b c/3.png,ill,test,patient 7",
      '"ü,""4.png",well,val,patient 7',
      "more/5.png,well,test,patient 8",
      "more/6.png,well,test,patient 9",
      "more/7.png,ill,train,",
      "more/8.png,ill,test,",
    ];
    const more = Object.fromEntries([5, 6, 7, 8].map((i) => [`more/${i}.png`, RED]));
    const { file, home } = await write("m.csv", ["path,label,split,group", ...rows].join("\n"));
    await writeFiles(join(file, ".."), more);
    const dataset = await openDataset({ source: file }, { home });
    const warning =
      "2 groups are in several splits that the data set or a list gives, such as patient 7 in train and validation and test: what is " +
      "judged on groups that were learnt from looks better than it is";
    expect(dataset.warnings).toEqual([warning]);
    expect(dataSheet(await inspectDataset(dataset, { home }))).toContain(`## Remarks\n\n- ${warning}`);
    await writeManifest(dataset, join(file, "../again.csv"));
    expect(await readFile(join(file, "../again.csv"), "utf8")).toContain("b c/3.png,ill,test,patient 7\n");

    await writeFile(
      file,
      ["path,label,split,group", ...rows.filter((row) => !/(val|test),.*[78]/.test(row))].join("\n"),
    );
    expect((await openDataset({ source: file }, { home })).warnings).toEqual([]);
  });

  it("refuses one class", async () => {
    const { file, home } = await write("m.csv", "path,label\na/1.png,cat\n");
    await expect(openDataset({ source: file }, { home })).rejects.toThrow(/labels of two classes.*one, cat/);
  });
});

describe("weights in a manifest", () => {
  const WEIGHTED =
    'path,label,split,weight\na/1.png,cat,,0\na/2.png,dog,,2.5\nb c/3.png,cat,,\n"ü,""4.png",dog,test,3\n';
  const NONE_HELD = { validationFraction: 0, testFraction: 0 };

  /** Weight by id, of every picture in the batches of an epoch. */
  async function weightsInBatches(spec: DataSpecInput, home: string): Promise<Record<string, number>> {
    const { splits } = await openDataset({ ...NONE_HELD, ...spec }, { home });
    const rng = Rng.fromSeed(1);
    const loader = await createLoader(splits.train, { batchSize: 2, transforms: [], rng, workers: 0 });
    const found: Record<string, number> = {};
    for await (const { ids, weights } of loader.epoch(3)) ids.forEach((id, i) => (found[id] = weights![i]!));
    await loader.close();
    return found;
  }

  it("come with the batches that their pictures are in; 1 where a line says none", async () => {
    const { file, home } = await write("m.csv", WEIGHTED);
    const all = await weightsInBatches({ source: file }, home);
    expect(all).toEqual({ "a/1.png": 0, "a/2.png": 2.5, "b c/3.png": 1 });
    const limited = await weightsInBatches({ source: file, limit: { train: 2 } }, home);
    expect(Object.keys(limited)).toHaveLength(2);
    expect({ ...all, ...limited }).toEqual(all);
    const { splits } = await read("plain.csv", WEIGHTED.replace("weight", "kilograms"));
    expect(splits.train.weights).toBeUndefined();
  });

  it("come with what each picture is mixed with, too", async () => {
    const { file, home } = await write("m.csv", WEIGHTED);
    const { splits } = await openDataset({ source: file, ...NONE_HELD }, { home });
    const loader = await createLoader(splits.train, {
      ...{ batchSize: 3, transforms: [], rng: Rng.fromSeed(1), workers: 0, shuffle: false },
      batchTransforms: [{ name: "MixUp", alpha: 1, p: 1 }],
    });
    for await (const { weights, mixed } of loader.epoch(1)) {
      expect([...weights!]).toEqual([0, 2.5, 1]);
      // Each with the one before it.
      expect([...mixed!.weights!]).toEqual([1, 0, 2.5]);
    }
    await loader.close();
  });

  it("stay with their pictures under a list of splits", async () => {
    const { file, home } = await write("m.csv", WEIGHTED);
    const list = join(file, "../list.csv");
    await writeFile(list, 'id,split\na/2.png,test\n"ü,""4.png",train\n');
    expect(await weightsInBatches({ source: file, splits: list }, home)).toEqual({
      "a/1.png": 0,
      "b c/3.png": 1,
      'ü,"4.png': 3,
    });
  });

  it.each(["again.csv", "again.jsonl"])("are written into %s and read again", async (name) => {
    const { file, home } = await write("m.csv", WEIGHTED);
    const again = join(file, "..", name);
    await writeManifest(await openDataset({ source: file, ...NONE_HELD }, { home }), again);
    expect(await weightsInBatches({ source: again }, home)).toEqual({
      "a/1.png": 0,
      "a/2.png": 2.5,
      "b c/3.png": 1,
    });
  });

  it("belong to what a pinned config stands for", async () => {
    const { file, home } = await write("m.csv", WEIGHTED);
    const hashes = async () => {
      const { contentHash, annotationsHash } = await openDataset({ source: file, ...NONE_HELD }, { home });
      return { contentHash, annotationsHash };
    };
    const pinned = await hashes();
    await writeFile(file, WEIGHTED.replace("2.5", "2"));
    expect((await hashes()).contentHash).toBe(pinned.contentHash);
    expect((await hashes()).annotationsHash).not.toBe(pinned.annotationsHash);
  });

  it("are not all 0 of the pictures that are trained on in the end", async () => {
    const { file, home } = await write("m.csv", WEIGHTED);
    const list = join(file, "../list.csv");
    await writeFile(list, 'id,split\na/2.png,test\nb c/3.png,val\n"ü,""4.png",val\n');
    await expect(openDataset({ source: file, splits: list }, { home })).rejects.toThrow(
      /Expected a training picture with a weight above 0 in .*m\.csv\. Received: 1 with 0, those that count being in other splits/,
    );
    const most = WEIGHTED.replace("2.5", "1e30").replace(",,0", ",,1e-30");
    const kept = await write("most.csv", most);
    const found = await weightsInBatches({ source: kept.file }, kept.home);
    expect(found).toEqual({ "a/1.png": Math.fround(1e-30), "a/2.png": Math.fround(1e30), "b c/3.png": 1 });
  });

  it("are numbers from 0 up, not all of them 0", async () => {
    for (const [wrong, said] of [
      ["-1", "-1"],
      ["12 kg", "12 kg"],
      ["Infinity", "Infinity"],
      ["1e39", "1e39"],
      ["1e-46", "1e-46"],
      ["3e38", "3e38"],
    ] as const) {
      const manifest = `path,label,weight\na/1.png,cat,1\na/2.png,dog,${wrong}\n`;
      await expect(read("m.csv", manifest)).rejects.toThrow(DatasetFormatError);
      await expect(read("m.csv", manifest)).rejects.toThrow(
        /Expected a number from 0 up as weight.* in line 3 of /,
      );
      await expect(read("m.csv", manifest)).rejects.toThrow(`Received: ${said}.`);
    }
    const nothing = "path,label,weight\na/1.png,cat,0\na/2.png,dog,0\n";
    await expect(read("m.csv", nothing)).rejects.toThrow("Received: 2 with 0. Leave the column out");
  });
});
