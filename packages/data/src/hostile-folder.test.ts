import { execFile } from "node:child_process";
import { chmod, link, mkdir, readdir, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it, onTestFinished } from "vitest";
import { encodePicture, writeFiles } from "../test/pictures.js";
import { temporaryFolder } from "../test/temporary-folder.js";
import { listPictures } from "./formats/list-pictures.js";
import { openDataset, TooManyBadFilesError } from "./open-dataset.js";

const GOOD = await encodePicture([200, 10, 10]);
const JPEG = await encodePicture([10, 10, 200], { format: "jpeg", width: 64, height: 64 });

/** A PNG that says it has so many pixels, and has next to none. */
function bomb(edge: number): Buffer {
  const header = Buffer.alloc(25);
  header.writeUInt32BE(13, 0);
  header.write("IHDR", 4, "latin1");
  header.writeUInt32BE(edge, 8);
  header.writeUInt32BE(edge, 12);
  // 8 bits, colour.
  header.set([8, 2, 0, 0, 0], 16);
  header.writeUInt32BE(crc32(header.subarray(4, 21)), 21);
  return Buffer.concat([GOOD.subarray(0, 8), header, GOOD.subarray(33)]);
}

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>';

/** A grey TIFF of 8×8 float32: TIFF 6.0, sections 2 and 19. */
function floatTiff(): Buffer {
  const entries = [
    [256, 8],
    [257, 8],
    [258, 32],
    [259, 1],
    [262, 1],
    [273, 8 + 2 + 10 * 12 + 4],
    [277, 1],
    [278, 8],
    [279, 256],
    // SampleFormat: IEEE floating point.
    [339, 3],
  ] as const;
  const head = Buffer.alloc(8 + 2 + entries.length * 12 + 4);
  head.write("II*\0", 0, "latin1");
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(entries.length, 8);
  entries.forEach(([tag, value], i) => {
    const at = 10 + 12 * i;
    head.writeUInt16LE(tag, at);
    // One LONG.
    head.writeUInt16LE(4, at + 2);
    head.writeUInt32LE(1, at + 4);
    head.writeUInt32LE(value, at + 8);
  });
  return Buffer.concat([head, Buffer.from(new Float32Array(64).fill(0.5).buffer)]);
}

const FIVE_CHANNELS = await sharp(Buffer.alloc(192), { raw: { width: 8, height: 8, channels: 3 } })
  .joinChannel([Buffer.alloc(64), Buffer.alloc(64)], { raw: { width: 8, height: 8, channels: 1 } })
  .tiff({ compression: "none" })
  .toBuffer();

const open = async (source: string, spec: object = {}) =>
  openDataset({ source, validationFraction: 0, testFraction: 0, ...spec }, { home: await temporaryFolder() });

/** A folder of two classes with two good pictures each, and what is hostile beside them. */
const folderWith = async (files: Record<string, string | Uint8Array> = {}) =>
  writeFiles(await temporaryFolder(), {
    "cat/1.png": GOOD,
    "cat/2.png": GOOD,
    "dog/1.png": GOOD,
    "dog/2.png": GOOD,
    ...files,
  });

/** Ids of pictures that are used, and reasons of those that are not. */
async function outcome(folder: string) {
  const { splits, badFiles, warnings, classNames } = await open(folder, { maxBadFraction: 1 });
  return {
    ids: splits.train.ids.filter((id) => !/^(cat|dog)\/[12]\.png$/.test(id)),
    good: splits.train.length,
    bad: Object.fromEntries(badFiles.map(({ path, reason }) => [path, reason])),
    warnings,
    classNames,
  };
}

const openFiles = async () => (await readdir("/proc/self/fd")).length;

describe("a hostile folder", () => {
  it.each<[string, string | Uint8Array, RegExp]>([
    ["cat/cut.jpg", JPEG.subarray(0, JPEG.length / 2), /premature end/i],
    ["cat/empty.jpg", "", /empty|unsupported/i],
    ["cat/text.jpg", "It was a dark and stormy night.", /unsupported/i],
    ["cat/page.jpg", "<html><script>alert(1)</script></html>", /unsupported/i],
    ["cat/bomb.png", bomb(40_000), /pixel limit/i],
    ["cat/drawing.jpg", SVG, /unsupported image format: neither JPEG/],
    ["cat/floats.tif", floatTiff(), /its pixels are float/],
    // It could be looked at, and not be decoded as all others are.
    ["cat/channels.tiff", FIVE_CHANNELS, /1 or 4 elements/],
    ["cat/notes.txt", "Buy milk.", /not a picture by its name/],
    ["cat/archive.tar.gz", JPEG, /not a picture by its name/],
  ])("lists %s with its reason", async (path, content, reason) => {
    const { good, bad } = await outcome(await folderWith({ [path]: content }));
    expect(good).toBe(4);
    expect(Object.keys(bad)).toEqual([path]);
    expect(bad[path]).toMatch(reason);
  });

  it("reads no more of a very large file than shows that it is no picture", async () => {
    const folder = await folderWith();
    for (const name of ["1.jpg", "2.jpg"]) {
      const path = join(folder, "cat", `film ${name}`);
      await writeFile(path, "");
      await truncate(path, 2 ** 28);
    }
    const peakKiB = process.resourceUsage().maxRSS;
    const { good, bad } = await outcome(folder);
    expect(good).toBe(4);
    expect(Object.values(bad)).toEqual(Array(2).fill(expect.stringContaining("unsupported image format")));
    expect(process.resourceUsage().maxRSS - peakKiB).toBeLessThan(100 * 1024);
  });

  it("reads a picture whatever its name is, if the bytes are one", async () => {
    const names = [
      "cat/a JPEG in truth.png",
      "cat/Größe (1) 100%.JPG",
      "cat/line\nbreak.jpg",
      "cat/-rf.jpg",
      "cat/'\".jpg",
    ];
    const { ids, bad } = await outcome(
      await folderWith(Object.fromEntries(names.map((name) => [name, JPEG]))),
    );
    expect([...ids].sort()).toEqual([...names].sort());
    expect(bad).toEqual({});
  });

  it("takes files without an extension for pictures where their first bytes are a picture's", async () => {
    const { ids, bad } = await outcome(
      await folderWith({
        "cat/17": JPEG,
        "cat/18": JPEG.subarray(0, JPEG.length / 2),
        "dog/IMG_2": GOOD,
        "dog/IMG_2.CR2": "raw",
        "cat/README": "Cats of the neighbourhood.",
        "cat/film": "\0\0\0\x20ftypisom\0\0\0\0",
        "cat/phone": "\0\0\0\x20ftypheic\0\0\0\0",
        "cat/empty": "",
        cover: GOOD,
        LICENSE: "MIT",
      }),
    );
    expect([...ids].sort()).toEqual(["cat/17", "dog/IMG_2"]);
    expect(bad).toEqual({
      "cat/18": expect.stringMatching(/premature end/i) as string,
      "cat/README": "not a picture by its name (no extension)",
      "cat/film": "not a picture by its name (no extension)",
      "cat/phone": expect.stringMatching(/./) as string,
      "cat/empty": "not a picture by its name (no extension)",
      "dog/IMG_2.CR2": "a picture in a format that is not read (.CR2)",
      cover: "lies in no class folder",
    });
    expect(bad["cat/phone"]).not.toMatch(/by its name/);
    const { splits } = await open(
      await writeFiles(await temporaryFolder(), {
        "train/cat/1": GOOD,
        "train/dog/1": JPEG,
        "val/cat/1": GOOD,
      }),
    );
    expect(splits.train.ids).toEqual(["train/cat/1", "train/dog/1"]);
    expect(splits.validation?.ids).toEqual(["val/cat/1"]);
  });

  it("passes over hidden files and what systems leave behind", async () => {
    const { good, bad, classNames } = await outcome(
      await folderWith({
        ".DS_Store": "x",
        "cat/.DS_Store": "x",
        "cat/._1.png": "x",
        "cat/Thumbs.db": "x",
        "dog/desktop.ini": "x",
        "__MACOSX/cat/1.png": GOOD,
        ".cache/1.png": GOOD,
      }),
    );
    expect({ good, bad, classNames }).toEqual({ good: 4, bad: {}, classNames: ["cat", "dog"] });
  });

  it("lists links that lead nowhere or to themselves, and follows those in a circle once", async () => {
    const folder = await folderWith();
    await symlink(join(folder, "gone.png"), join(folder, "cat", "dangling.png"));
    await symlink("itself.png", join(folder, "cat", "itself.png"));
    await symlink(folder, join(folder, "dog", "circle"));
    const { good, bad } = await outcome(folder);
    expect(good).toBe(4);
    expect(bad).toEqual({
      "cat/dangling.png": expect.stringContaining("ENOENT") as string,
      "cat/itself.png": expect.stringContaining("ELOOP") as string,
    });
  });

  it("lists a pipe, which it would wait for", async () => {
    const folder = await folderWith();
    await promisify(execFile)("mkfifo", [join(folder, "dog", "pipe.png")]);
    expect((await outcome(folder)).bad).toEqual({ "dog/pipe.png": "not a regular file" });
  });

  it("lists files and folders that this user may not read", async () => {
    const folder = await folderWith({ "dog/secret.png": GOOD, "dog/closed/3.png": GOOD });
    const home = await temporaryFolder();
    await chmod(join(folder, "dog/secret.png"), 0o000);
    await chmod(join(folder, "dog/closed"), 0o000);
    await chmod(home, 0o777);
    // Root reads all, so it becomes nobody meanwhile.
    const isRoot = process.geteuid!() === 0;
    onTestFinished(() => {
      if (isRoot) process.seteuid!(0);
      return chmod(join(folder, "dog/closed"), 0o700);
    });
    await chmod(folder, 0o755);
    if (isRoot) process.seteuid!(65534);
    const { splits, badFiles } = await openDataset(
      { source: folder, validationFraction: 0, testFraction: 0, maxBadFraction: 1 },
      { home },
    );
    expect(splits.train.length).toBe(4);
    expect(badFiles).toEqual([
      { path: "dog/closed", kind: "broken", reason: expect.stringContaining("EACCES") as string },
      { path: "dog/secret.png", kind: "broken", reason: expect.stringContaining("EACCES") as string },
    ]);
  });

  it("refuses a folder of which a whole class or split cannot be read", async () => {
    const folder = await folderWith({ "eel/1.png": GOOD });
    const home = await temporaryFolder();
    await chmod(join(folder, "eel"), 0o000);
    await chmod(home, 0o777);
    await chmod(folder, 0o755);
    const isRoot = process.geteuid!() === 0;
    onTestFinished(() => {
      if (isRoot) process.seteuid!(0);
      return chmod(join(folder, "eel"), 0o700);
    });
    if (isRoot) process.seteuid!(65534);
    await expect(openDataset({ source: folder, maxBadFraction: 1 }, { home })).rejects.toThrow(
      /Expected class folders that can be read.*eel, which cannot \(EACCES/,
    );
  });

  it("walks folders that link to each other for no longer than a moment", async () => {
    const folder = await folderWith();
    for (let i = 0; i < 8; i++) await mkdir(join(folder, "cat", String(i)));
    for (let i = 0; i < 8; i++)
      for (let j = 0; j < 8; j++)
        if (i !== j) await symlink(join(folder, "cat", String(j)), join(folder, "cat", String(i), `to${j}`));
    const { good, bad } = await outcome(folder);
    expect(good).toBe(4);
    expect(Object.values(bad)[0]).toBe("lies behind more than 3 links");
  });

  it("takes names that JavaScript's own objects have for names", async () => {
    const { classNames, bad } = await outcome(
      await folderWith({ "constructor/1.png": GOOD, "__proto__/1.png": GOOD }),
    );
    expect(classNames).toEqual(["__proto__", "cat", "constructor", "dog"]);
    expect(bad).toEqual({});
    const withSplits = await writeFiles(await temporaryFolder(), {
      "train/cat/1.png": GOOD,
      "train/dog/1.png": GOOD,
      "constructor/cat/2.png": GOOD,
    });
    expect(Object.keys((await outcome(withSplits)).bad)).toEqual(["constructor/cat/2.png"]);
  });

  it("warns of classes that differ by case alone, and of those without a picture", async () => {
    const folder = await folderWith({ "Cat/3.png": GOOD, "bird/readme.txt": "none yet" });
    await mkdir(join(folder, "eel"));
    const { classNames, warnings } = await outcome(folder);
    expect(classNames).toEqual(["Cat", "cat", "dog"]);
    expect(warnings).toEqual([
      "Classes differ by case alone: Cat, cat",
      "2 class folders without a picture are left out: bird, eel",
    ]);
  });

  it("warns of thousands of them in a sentence each", async () => {
    const folder = await folderWith();
    for (let i = 0; i < 3000; i++) await mkdir(join(folder, `empty ${1000 + i}`));
    for (let i = 0; i < 6; i++)
      await writeFiles(folder, { [`Ash ${i}/1.png`]: GOOD, [`ash ${i}/1.png`]: GOOD });
    expect((await outcome(folder)).warnings).toEqual([
      "Classes differ by case alone, 6 times: Ash 0 and ash 0, Ash 1 and ash 1, Ash 2 and ash 2, Ash 3 and ash 3 and 2 more",
      "3,000 class folders without a picture are left out: empty 1000, empty 1001, empty 1002, empty 1003 and 2,996 more",
    ]);
  });

  it("keeps no file open, however many were bad", async () => {
    const bad = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`cat/bad${i}.jpg`, JPEG.subarray(0, 200 + i)]),
    );
    const folder = await folderWith(bad);
    await outcome(folder);
    const before = await openFiles();
    for (let round = 0; round < 3; round++) await outcome(folder);
    expect(await openFiles()).toBeLessThanOrEqual(before);
  });

  it("lists 100,000 files of one folder", async () => {
    const folder = await folderWith();
    for (let start = 0; start < 100_000; start += 1000) {
      await Promise.all(
        Array.from({ length: 1000 }, (_, i) =>
          // A file has at most 65,000 links on ext4.
          link(join(folder, "cat", `${1 + (i % 2)}.png`), join(folder, "cat", `${start + i + 10}.png`)),
        ),
      );
    }
    const { pictures, badFiles } = await listPictures(folder);
    expect(pictures).toHaveLength(100_004);
    expect(badFiles).toEqual([]);
  });
});

describe("too many bad files", () => {
  async function folderOf(good: number, broken: number) {
    const files: Record<string, string | Uint8Array> = {};
    for (let i = 0; i < good; i++) files[`${i % 2 === 0 ? "cat" : "dog"}/${i}.png`] = GOOD;
    for (let i = 0; i < broken; i++) files[`cat/broken ${String(i).padStart(2, "0")}.png`] = "nothing";
    return writeFiles(await temporaryFolder(), files);
  }

  it("stop the run with the list, and say the way out", async () => {
    const folder = await folderOf(70, 30);
    const error = await open(folder).catch((failure: unknown) => failure as Error);
    expect(error).toBeInstanceOf(TooManyBadFilesError);
    const { message } = error as Error;
    expect(message).toContain("Expected at most 1 % of the pictures");
    expect(message).toContain("Received: 30 of 100 (30 %)");
    expect(message).toMatch(/cat\/broken 00\.png: .*unsupported/i);
    expect(message).toContain("and 10 more");
    expect(message).toContain("`maxBadFraction`");
  });

  it("are as many as the config says", async () => {
    const folder = await folderOf(99, 1);
    expect((await open(folder)).badFiles).toHaveLength(1);
    await expect(open(folder, { maxBadFraction: 0 })).rejects.toThrow(TooManyBadFilesError);
    expect((await open(await folderOf(70, 30), { maxBadFraction: 0.3 })).splits.train.length).toBe(70);
  });

  it.each(["heic", "HEIF", "bmp", "jxl", "cr2", "nef", "dng", "arw", "svg", "psd"])(
    "count pictures in a format that is not read: .%s",
    async (extension) => {
      const folder = await folderOf(6, 0);
      for (let i = 0; i < 2; i++) await writeFile(join(folder, "cat", `photo ${i}.${extension}`), GOOD);
      const opening = open(folder);
      await expect(opening).rejects.toThrow(TooManyBadFilesError);
      await expect(opening).rejects.toThrow(
        `Received: 2 of 8 (25 %).\n  cat/photo 0.${extension}: a picture in a format that is not read (.${extension})`,
      );
      expect((await open(folder, { maxBadFraction: 0.25 })).badFiles).toHaveLength(2);
    },
  );

  it("do not count what a camera keeps beside the same picture as JPEG", async () => {
    const folder = await folderOf(6, 0);
    for (const i of [0, 2, 4]) await writeFile(join(folder, "cat", `${i}.CR2`), "raw");
    const { badFiles, splits } = await open(folder);
    expect(badFiles).toHaveLength(3);
    expect(splits.train.length).toBe(6);
  });

  it("are none that a browser saved as .jfif", async () => {
    const { ids, bad } = await outcome(await folderWith({ "cat/a.jfif": JPEG, "dog/b.JFIF": JPEG }));
    expect(ids).toEqual(["cat/a.jfif", "dog/b.JFIF"]);
    expect(bad).toEqual({});
  });

  it("do not count what is no picture by its name", async () => {
    const folder = await folderOf(10, 0);
    for (let i = 0; i < 5; i++) await writeFile(join(folder, "cat", `${i}.txt`), "note");
    expect((await open(folder)).badFiles).toHaveLength(5);
  });
});
