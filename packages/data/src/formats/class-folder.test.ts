import { spawn } from "node:child_process";
import { once } from "node:events";
import { link, mkdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { encodePicture, writeFiles } from "../../test/pictures.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import type { DatasetProgress } from "../progress.js";
import { readClassFolder } from "./class-folder.js";
import { DatasetFormatError } from "./dataset-format-error.js";

const RED = await encodePicture([255, 0, 0]);
const BLUE = await encodePicture([0, 0, 255], { format: "jpeg" });

async function read(files: Record<string, string | Uint8Array>) {
  const folder = await writeFiles(await temporaryFolder(), files);
  const home = await temporaryFolder();
  const parts = await readClassFolder(folder, { home });
  if (parts === null) throw new Error("Expected pictures. Received: none.");
  return { folder, home, parts };
}

describe("readClassFolder", () => {
  it("takes classes from folders, sorted by code unit, and ids from paths", async () => {
    const { parts, folder } = await read({
      "tulip/b.png": RED,
      "tulip/a.JPG": BLUE,
      "Zinnia/deep/er/c.jpeg": BLUE,
      "aster/d.png": RED,
      "README.md": "about the photos",
      ".git/x.png": RED,
    });
    expect(parts.classNames).toEqual(["Zinnia", "aster", "tulip"]);
    expect(parts.splits.train.ids).toEqual([
      "Zinnia/deep/er/c.jpeg",
      "aster/d.png",
      "tulip/a.JPG",
      "tulip/b.png",
    ]);
    expect([...parts.splits.train.labels]).toEqual([0, 1, 2, 2]);
    expect(Object.keys(parts.splits)).toEqual(["train"]);
    expect(parts.badFiles).toEqual([]);
    expect(parts.splits.train.source).toMatchObject({ channels: 3, size: [4, 4] });
    expect(parts.splits.train.source).toHaveProperty("locations.0", join(folder, "Zinnia/deep/er/c.jpeg"));
  });

  it("takes train, val and test, whose classes are counted together", async () => {
    const { parts } = await read({
      "train/cat/1.png": RED,
      "train/dog/1.png": RED,
      "val/cat/2.png": RED,
      "test/eel/3.png": RED,
    });
    expect(parts.classNames).toEqual(["cat", "dog", "eel"]);
    expect(parts.splits.train.ids).toEqual(["train/cat/1.png", "train/dog/1.png"]);
    expect(parts.splits.validation?.ids).toEqual(["val/cat/2.png"]);
    expect([...(parts.splits.test?.labels ?? [])]).toEqual([2]);
  });

  it.each(["val", "valid", "validation"])("takes %s/ for validation pictures", async (name) => {
    const { parts } = await read({ "train/cat/1.png": RED, [`${name}/cat/2.png`]: RED });
    expect(parts.splits.validation?.ids).toEqual([`${name}/cat/2.png`]);
    expect(parts.badFiles).toEqual([]);
  });

  it.each([
    ["Train", "Test", "test"],
    ["Training", "Testing", "test"],
    ["TRAIN", "Valid", "validation"],
    ["training", "dev", "validation"],
    ["training_set", "test_set", "test"],
  ] as const)("takes %s/ and %s/ for splits and not for classes", async (train, other, split) => {
    const { parts } = await read({
      [`${train}/cat/1.png`]: RED,
      [`${train}/dog/1.png`]: RED,
      [`${other}/cat/2.png`]: RED,
    });
    expect(parts.classNames).toEqual(["cat", "dog"]);
    expect(parts.splits.train.ids).toEqual([`${train}/cat/1.png`, `${train}/dog/1.png`]);
    expect(parts.splits[split]?.ids).toEqual([`${other}/cat/2.png`]);
    expect(parts.badFiles).toEqual([]);
  });

  it("asks for a training folder where all others are splits", async () => {
    const nested = read({ "val/cat/1.png": RED, "val/dog/1.png": RED, "Test/cat/1.png": RED });
    await expect(nested).rejects.toThrow(DatasetFormatError);
    await expect(nested).rejects.toThrow(
      /Expected a folder train\/.* Received: Test\/, val\/\. Name the folder/,
    );
    await expect(read({ "train/1.png": RED, "test/2.png": RED })).rejects.toThrow(
      "Received: test/, train/, and no folder in train/.",
    );
    const { parts } = await read({ "test/1.png": RED, "car/2.png": RED });
    expect(parts.classNames).toEqual(["car", "test"]);
  });

  it("asks for the class folders in train/ where they lie beside a split", async () => {
    const mixed = { "cat/1.png": RED, "dog/2.png": RED, "val/cat/3.png": RED, "val/dog/4.png": RED };
    await expect(read(mixed)).rejects.toThrow(/Received: both, cat\/, dog\/ in val\/ and beside it\. Move/);
  });

  it("does not guess whether train is a class or a split", async () => {
    const both = { "train/steam/1.png": RED, "train/diesel/2.png": RED, "car/3.png": RED };
    const guessed = read({ ...both, "plane/jet/4.png": RED });
    await expect(guessed).rejects.toThrow(DatasetFormatError);
    await expect(guessed).rejects.toThrow(
      /Received: it has folders in it, as a split has, and car\/, plane\/ beside it.* is a class, rename it/,
    );
    // Another split makes plain what it is, and what lies beside them is told of as a stray.
    const { parts } = await read({ ...both, "test/steam/4.png": RED });
    expect(parts.classNames).toEqual(["diesel", "steam"]);
    expect(parts.badFiles.map(({ path, kind }) => [path, kind])).toEqual([["car/3.png", "stray"]]);
  });

  it("lists broken and stray files with reasons and goes on", async () => {
    const { parts } = await read({
      "train/cat/good.png": RED,
      "train/cat/cut.jpg": BLUE.subarray(0, BLUE.length - 40),
      "train/cat/empty.png": "",
      "train/cat/text.jpg": "this is not a picture",
      "train/cat/notes.txt": "buy milk",
      "train/stray.png": RED,
      "extra/cat/other.png": RED,
    });
    expect(parts.splits.train.ids).toEqual(["train/cat/good.png"]);
    expect(parts.badFiles.map(({ path }) => path)).toEqual([
      "extra/cat/other.png",
      "train/cat/cut.jpg",
      "train/cat/empty.png",
      "train/cat/notes.txt",
      "train/cat/text.jpg",
      "train/stray.png",
    ]);
    const reasons = Object.fromEntries(parts.badFiles.map(({ path, reason }) => [path, reason]));
    expect(reasons["train/cat/cut.jpg"]).toMatch(/premature end/);
    expect(reasons["train/cat/notes.txt"]).toBe("not a picture by its name (.txt)");
    expect(reasons["train/stray.png"]).toMatch(/no class folder of train, val or test/);
    for (const reason of Object.values(reasons)) expect(reason).not.toBe("");
    expect(parts.badFiles.map(({ kind }) => kind)).toEqual([
      "stray",
      "broken",
      "broken",
      "other",
      "broken",
      "stray",
    ]);
  });

  it("is grey where every picture is, and has no size where sizes differ", async () => {
    const grey = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="3" height="5"><rect width="3" height="5" fill="#777"/></svg>',
    );
    const { default: sharp } = await import("sharp");
    const file = await sharp(grey).toColourspace("b-w").png().toBuffer();
    expect((await read({ "a/1.png": file, "b/1.png": file })).parts.splits.train.source).toMatchObject({
      channels: 1,
      size: [5, 3],
    });
    expect((await read({ "a/1.png": file, "b/1.png": RED })).parts.splits.train.source).toMatchObject({
      channels: 3,
      size: null,
      cache: null,
    });
  });

  it("warns where the inner folders might be the classes, and only there", async () => {
    const nested = await read({
      "north/cat/1.png": RED,
      "north/dog/1.png": RED,
      "south/cat/1.png": BLUE,
      "south/dog/1.png": BLUE,
      "west/owl/1.png": BLUE,
    });
    expect(nested.parts.classNames).toEqual(["north", "south", "west"]);
    expect(nested.parts.warnings).toEqual([
      "Folders of the same names, cat, dog, lie in several class folders, north, south: what lies at the top counts as the " +
        "class; if it is the inner ones, move them there",
    ]);
    const split = await read({
      "train/cat/inside/1.png": RED,
      "train/dog/inside/1.png": RED,
      "train/dog/outside/1.png": RED,
      "test/dog/inside/1.png": RED,
      "test/dog/outside/1.png": RED,
    });
    expect(split.parts.warnings).toEqual([]);
  });

  it("finds nothing where there is nothing", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "empty"));
    await writeFile(join(folder, "photo.png"), RED);
    expect(await readClassFolder(folder, { home: await temporaryFolder() })).toBeNull();
  });

  it("follows links, and no circles of them", async () => {
    const { folder, home } = await read({ "a/1.png": RED, "b/2.png": BLUE });
    await symlink(folder, join(folder, "a", "back"));
    await symlink(join(folder, "b"), join(folder, "c"));
    await symlink(join(folder, "gone"), join(folder, "a", "dangling.png"));
    const parts = await readClassFolder(folder, { home });
    expect(parts?.splits.train.ids).toEqual(["a/1.png", "b/2.png", "c/2.png"]);
    expect(parts?.badFiles).toEqual([
      { path: "a/dangling.png", kind: "broken", reason: expect.stringMatching(/ENOENT/) as string },
    ]);
  });

  it("has a content hash of ids and files, wherever they lie", async () => {
    const files = { "a/1.png": RED, "b/2.png": BLUE };
    const hash = async (content: Record<string, Uint8Array>) => (await read(content)).parts.contentHash();
    const original = await hash(files);
    expect(await hash(files)).toBe(original);
    expect(await hash({ ...files, "a/1.png": BLUE })).not.toBe(original);
    expect(await hash({ "a/1.png": RED, "c/2.png": BLUE })).not.toBe(original);
    // A file that is no picture is no part of the data.
    expect(await hash({ ...files, "a/notes.txt": RED })).toBe(original);
  });
});

describe("the memory of what was checked", () => {
  it("reads a picture again only when it has changed", async () => {
    const { folder, home } = await read({ "a/1.png": RED, "a/2.png": RED });
    const stamped = new Date(1_600_000_000_000);
    const file = join(folder, "a/1.png");
    await utimes(file, stamped, stamped);
    const first = await readClassFolder(folder, { home });
    // Damage that leaves size and time as they were is not seen: the file was not read again.
    await writeFile(file, Buffer.alloc(RED.length));
    await utimes(file, stamped, stamped);
    expect(await (await readClassFolder(folder, { home }))?.contentHash()).toBe(await first?.contentHash());
    const later = new Date(1_600_000_005_000);
    await utimes(file, later, later);
    expect((await readClassFolder(folder, { home }))?.badFiles).toHaveLength(1);
  });

  it("forgets files that have gone and tells of the ones it looks at", async () => {
    const { folder, home } = await read({ "a/1.png": RED, "a/2.png": RED });
    const seen: DatasetProgress[] = [];
    const onProgress = (progress: DatasetProgress) => seen.push(progress);
    await rm(join(folder, "a/2.png"));
    await readClassFolder(folder, { home, onProgress });
    expect(seen).toEqual([]);
    await writeFile(join(folder, "a/2.png"), RED);
    await readClassFolder(folder, { home, onProgress });
    expect(seen).toEqual([{ phase: "check", what: folder, done: 2, total: 2, unit: "files" }]);
  });

  it("is kept on the way, so that a process which is killed need not begin again", async () => {
    const COUNT = 2500;
    const folder = await writeFiles(await temporaryFolder(), { "a/0.png": RED, "b/0.png": BLUE });
    await Promise.all(
      Array.from({ length: COUNT - 2 }, (_, i) =>
        link(join(folder, "a/0.png"), join(folder, `a/${i + 1}.png`)),
      ),
    );
    const home = await temporaryFolder();
    const child = spawn(
      process.execPath,
      [
        "--input-type=module",
        "--eval",
        `import { existsSync, readdirSync } from "node:fs";
        import { openDataset } from ${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)};
        const index = ${JSON.stringify(join(home, "datasets/.index"))};
        await openDataset({ source: ${JSON.stringify(folder)} }, {
          home: ${JSON.stringify(home)},
          onProgress() {
            const isKept = existsSync(index) && readdirSync(index).some((name) => name.endsWith(".json"));
            if (isKept) process.kill(process.pid, "SIGKILL");
          },
        });`,
      ],
      { stdio: ["ignore", "ignore", "inherit"] },
    );
    onTestFinished(() => void child.kill("SIGKILL"));
    expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
    let looked = 0;
    const parts = await readClassFolder(folder, { home, onProgress: () => (looked += 1) });
    expect(parts?.splits.train.ids).toHaveLength(COUNT);
    expect(looked).toBeGreaterThan(0);
    expect(looked).toBeLessThanOrEqual(COUNT - 1000);
  });

  it("stops when it is told to", async () => {
    const { folder } = await read({ "a/1.png": RED });
    const options = { home: await temporaryFolder(), signal: AbortSignal.abort(new Error("enough")) };
    await expect(readClassFolder(folder, options)).rejects.toThrow("enough");
  });
});
