import { chmod, link, mkdir, readdir, readFile, rename, symlink, utimes, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { create } from "tar";
import { expect, it, onTestFinished } from "vitest";
import { encodeParquet } from "../../test/parquet-files.js";
import { encodePicture, writeFiles } from "../../test/pictures.js";
import { encodeTarOf } from "../../test/tar-files.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { findByHash, openDataset, packDataset, placeByHash, placeList } from "../index.js";

async function writeFlowers(name = "flowers"): Promise<string> {
  const folder = join(await temporaryFolder(), name);
  return writeFiles(folder, {
    "daisy/1.png": await encodePicture([250, 250, 250]),
    "rose/1.png": await encodePicture([250, 0, 0]),
    "README.md": "flowers",
    ".hidden/x": "not for others",
  });
}

async function hashOf(source: string): Promise<string> {
  return (await openDataset({ source }, { home: await temporaryFolder() })).contentHash;
}

it("carries a folder to another home, where it is the same data set under the same name", async () => {
  const folder = await writeFlowers("@flowers");
  await symlink(join(folder, "rose"), join(folder, "tulip"));
  const contentHash = await hashOf(folder);
  const archive = join(await temporaryFolder(), "pack.tar");
  const progress: number[][] = [];
  await packDataset(folder, archive, { onProgress: (...numbers) => progress.push(numbers) });
  expect(progress.at(-1)?.[0]).toBe(progress.at(-1)?.[1]);

  const home = await temporaryFolder();
  expect(await findByHash(home, contentHash)).toBeNull();
  const placed = await placeByHash({ home, contentHash, archive });
  expect(placed).toBe(join(home, "datasets", "by-hash", contentHash, "@flowers"));
  expect((await readdir(placed)).sort()).toEqual(["README.md", "daisy", "rose", "tulip"]);
  expect(await findByHash(home, contentHash)).toBe(placed);
  const again = await openDataset({ source: placed, contentHash }, { home });
  expect(again).toMatchObject({ name: "@flowers", contentHash });
  // Also where it lies already, and at once.
  expect(await Promise.all([1, 2].map(() => placeByHash({ home, contentHash, archive })))).toEqual([
    placed,
    placed,
  ]);
  expect(await readdir(join(home, "datasets", ".work"))).toEqual([]);
});

it.each([
  ["tars", async () => ({ "classes.txt": "white\nred", "train.tar": encodeTarOf(await samples()) })],
  ["Parquet", async () => ({ "README.md": "flowers", "data/train.parquet": await table() })],
])("carries %s", async (_what, files) => {
  const folder = await writeFiles(join(await temporaryFolder(), "flowers"), await files());
  const contentHash = await hashOf(folder);
  const archive = join(await temporaryFolder(), "pack.tar");
  await packDataset(folder, archive);
  const home = await temporaryFolder();
  const placed = await placeByHash({ home, contentHash, archive });
  const data = { source: placed, contentHash, validationFraction: 0, testFraction: 0 };
  const { train } = (await openDataset(data, { home })).splits;
  expect([...(await train.readImages(train.ids.map((_, i) => i))).images].slice(0, 3)).toEqual([
    250, 250, 250,
  ]);
});

async function samples() {
  const [white, red] = [await encodePicture([250, 250, 250]), await encodePicture([250, 0, 0])];
  return { "1.png": white, "1.cls": "0", "2.png": red, "2.cls": "1" };
}

async function table(): Promise<Uint8Array> {
  const [white, red] = [await encodePicture([250, 250, 250]), await encodePicture([250, 0, 0])];
  return encodeParquet([
    { image: { bytes: white, path: null }, label: 0 },
    { image: { bytes: red, path: null }, label: 1 },
  ]);
}

it("makes the same bytes of the same files", async () => {
  const [one, other] = [await writeFlowers(), await writeFlowers()];
  await utimes(join(other, "daisy/1.png"), 1, 1);
  const out = await temporaryFolder();
  await packDataset(one, join(out, "1.tar"));
  await packDataset(other, join(out, "2.tar"));
  expect((await readFile(join(out, "1.tar"))).equals(await readFile(join(out, "2.tar")))).toBe(true);
});

it("refuses other pictures than those of the hash, and leaves nothing behind", async () => {
  const folder = await writeFlowers();
  const archive = join(await temporaryFolder(), "pack.tar");
  await packDataset(folder, archive);
  const home = await temporaryFolder();
  const placing = placeByHash({ home, contentHash: "0".repeat(64), archive });
  await expect(placing).rejects.toMatchObject({ name: "ContentHashMismatchError" });
  await expect(placeByHash({ home, contentHash: "../../x", archive })).rejects.toThrow(
    "64 lower-case hex digits",
  );
  expect(await findByHash(home, "0".repeat(64))).toBeNull();
  expect(await readdir(join(home, "datasets", ".work"))).toEqual([]);
});

it("adds a list of splits out of a later pack to what lies there, and nothing else", async () => {
  const folder = await writeFlowers();
  const contentHash = await hashOf(folder);
  const archive = join(await temporaryFolder(), "pack.tar");
  const home = await temporaryFolder();
  await packDataset(folder, archive);
  const place = (path: string) => placeList({ home, contentHash, archive, path });
  const list = "id,split\nrose/1.png,test\n";
  await writeFiles(folder, { "lists/a.csv": list, "other.csv": "id,split", "manifest.csv": "path,label" });
  const later = join(await temporaryFolder(), "later.tar");
  await create({ file: later, cwd: join(folder, ".."), portable: true }, ["flowers"]);

  expect(await placeList({ home, contentHash, archive: later, path: "lists/a.csv" })).toBeNull();
  const placed = await placeByHash({ home, contentHash, archive });
  expect(await place("lists/a.csv")).toBeNull();
  await rename(later, archive);
  expect(await place("lists/a.csv")).toBe(join(placed, "lists", "a.csv"));
  expect(await readFile(join(placed, "lists", "a.csv"), "utf8")).toBe(list);
  for (const path of ["manifest.csv", "rose/2.csv", "../other.csv", "a.csv", "README.md"])
    expect(await place(path), path).toBeNull();
  expect((await readdir(placed)).sort()).toEqual(["README.md", "daisy", "lists", "rose"]);
  const { splits } = await openDataset(
    { source: placed, contentHash, splits: join(placed, "lists", "a.csv") },
    { home },
  );
  expect(splits.test?.ids).toEqual(["rose/1.png"]);
  await writeFile(archive, "no tar");
  await expect(place("lists/a.csv")).rejects.toThrow("Expected a whole tar");
});

it("unpacks nothing but plain files below one folder", async () => {
  const folder = await temporaryFolder();
  const archive = join(folder, "bad.tar");
  const home = await temporaryFolder();
  const contentHash = "0".repeat(64);
  const place = () => placeByHash({ home, contentHash, archive });
  await writeFlowers().then((flowers) => symlink(flowers, join(folder, "set")));
  await mkdir(join(folder, "a"));
  await writeFile(join(folder, "a/x"), "x");
  await writeFile(join(folder, "escape"), "x");

  await create({ file: archive, cwd: join(folder, "a"), preservePaths: true }, ["../escape"]);
  await expect(place()).rejects.toMatchObject({ name: "DatasetPackError" });
  await create({ file: archive, cwd: folder, preservePaths: true }, [join(folder, "escape")]);
  await expect(place()).rejects.toMatchObject({ name: "DatasetPackError" });
  await create({ file: archive, cwd: folder }, ["set"]);
  await expect(place()).rejects.toThrow("set (SymbolicLink)");
  await create({ file: archive, cwd: folder }, ["a", "escape"]);
  await expect(place()).rejects.toThrow("escape (File)");
  await writeFile(archive, "no tar");
  await expect(place()).rejects.toThrow("Expected a whole tar");
  expect(await readdir(join(home, "datasets", ".work"))).toEqual([]);
  await expect(packDataset(join(folder, "escape"), archive)).rejects.toThrow("which is none");
});

it.each([
  [
    "tar",
    async () => ({
      "train.tar": encodeTarOf(await samples()),
      "classes.txt": "white\nred",
      "not its.png": "",
    }),
  ],
  ["parquet", async () => ({ "train.parquet": await table(), "test.parquet": "another" })],
])("carries one file alone: %s", async (extension, files) => {
  const folder = await writeFiles(await temporaryFolder(), await files());
  const source = join(folder, `train.${extension}`);
  const home = await temporaryFolder();
  const contentHash = await hashOf(source);
  const archive = join(await temporaryFolder(), "pack.tar");
  await packDataset(source, archive);
  const placed = await placeByHash({ home, contentHash, archive });
  expect((await readdir(placed)).sort()).toEqual(
    extension === "tar" ? ["classes.txt", "train.tar"] : ["train.parquet"],
  );
});

it("carries a manifest with what it lists, and nothing beside it", async () => {
  const folder = await writeFlowers();
  const manifest =
    "label,path,split\nwhite,daisy/1.png,train\nred,rose/1.png,train\nred,rose/gone.png,test\n";
  await writeFiles(folder, { "@splits.csv": manifest, "rose/2.png": await encodePicture([1, 2, 3]) });
  const source = join(folder, "@splits.csv");
  const spec = { source, maxBadFraction: 1, validationFraction: 0, testFraction: 0 };
  const { contentHash } = await openDataset(spec, { home: await temporaryFolder() });
  const archive = join(await temporaryFolder(), "pack.tar");
  await packDataset(source, archive);
  const home = await temporaryFolder();
  const placed = await placeByHash({ home, contentHash, archive });
  expect(placed).toBe(join(home, "datasets", "by-hash", contentHash, "@splits"));
  expect((await readdir(placed, { recursive: true })).sort()).toEqual(
    ["daisy", "daisy/1.png", "manifest.csv", "rose", "rose/1.png"].map((path) => path.replaceAll("/", sep)),
  );
  const { splits, classNames } = await openDataset({ ...spec, source: placed }, { home });
  expect(classNames).toEqual(["red", "white"]);
  expect(splits.train.ids).toEqual(["daisy/1.png", "rose/1.png"]);
});

it("carries no manifest whose pictures lie elsewhere", async () => {
  const flowers = await writeFlowers();
  const row = JSON.stringify({ path: join(flowers, "rose/1.png"), label: "rose" });
  const folder = await writeFiles(await temporaryFolder(), { "list.jsonl": row });
  const archive = join(folder, "pack.tar");
  await expect(packDataset(join(folder, "list.jsonl"), archive)).rejects.toThrow(
    "`convkit data export` does.",
  );
});

it("carries no folder whose manifest lists pictures elsewhere", async () => {
  const flowers = await writeFlowers();
  const folder = await writeFiles(await temporaryFolder(), {
    "manifest.csv": `path,label\n1.png,daisy\n${join(flowers, "rose/1.png")},rose\n../2.png,rose\n`,
    "1.png": await encodePicture([250, 250, 250]),
  });
  const archive = join(await temporaryFolder(), "pack.tar");
  await expect(packDataset(folder, archive)).rejects.toThrow(
    /^Expected pictures below the folder of .*manifest\.csv\. Received: .* and 1 more\. .*`convkit data export` does/,
  );
  await expect(readFile(archive)).rejects.toMatchObject({ code: "ENOENT" });
});

it.each(["../rose/1.png", "daisy/../../rose/1.png"])(
  "carries no manifest that leads out of its folder: %s",
  async (path) => {
    const flowers = await writeFlowers();
    await writeFiles(join(flowers, "lists"), {
      "manifest.csv": `path,label\n1.png,daisy\n${path},rose\n`,
      "1.png": await encodePicture([250, 250, 250]),
    });
    const archive = join(await temporaryFolder(), "pack.tar");
    await expect(packDataset(join(flowers, "lists"), archive)).rejects.toThrow(
      /Expected pictures below the folder of .* Received: \.\.\/rose\/1\.png\. /,
    );
    await expect(readFile(archive)).rejects.toMatchObject({ code: "ENOENT" });
  },
);

it("carries what a folder's manifest lists, hidden or with two names, as files", async () => {
  const folder = await writeFiles(await temporaryFolder(), {
    "manifest.csv": "path,label\n.all/1.png,daisy\nroses/1.png,rose\n",
    ".all/1.png": await encodePicture([250, 250, 250]),
    "roses/1.png": await encodePicture([250, 0, 0]),
  });
  await link(join(folder, "roses/1.png"), join(folder, "roses/2.png"));
  const contentHash = await hashOf(folder);
  const archive = join(await temporaryFolder(), "pack.tar");
  expect(await packDataset(folder, archive)).toEqual([]);
  const home = await temporaryFolder();
  const placed = await placeByHash({ home, contentHash, archive });
  expect(await readFile(join(placed, "roses/2.png"))).toEqual(await readFile(join(folder, "roses/1.png")));
});

it("goes on without files and folders that this user may not read, and names them", async () => {
  const red = await encodePicture([250, 0, 0]);
  const folder = await writeFlowers();
  await writeFiles(folder, { "rose/2.png": red, "rose/closed/3.png": red });
  await symlink(join(folder, "gone.png"), join(folder, "rose/dangling.png"));
  const [home, elsewhere] = [await temporaryFolder(), await temporaryFolder()];
  await chmod(join(folder, "rose/2.png"), 0o000);
  await chmod(join(folder, "rose/closed"), 0o000);
  await Promise.all([home, elsewhere].map((path) => chmod(path, 0o777)));
  // Root reads all, so it becomes nobody meanwhile.
  const isRoot = process.geteuid!() === 0;
  onTestFinished(() => {
    if (isRoot) process.seteuid!(0);
    return chmod(join(folder, "rose/closed"), 0o700);
  });
  await chmod(join(folder, ".."), 0o755);
  if (isRoot) process.seteuid!(65534);
  const { contentHash } = await openDataset({ source: folder, maxBadFraction: 1 }, { home });
  const archive = join(elsewhere, "pack.tar");
  expect(await packDataset(folder, archive)).toEqual([
    { path: "rose/2.png", kind: "broken", reason: expect.stringContaining("EACCES") as string },
    { path: "rose/closed", kind: "broken", reason: expect.stringContaining("EACCES") as string },
    { path: "rose/dangling.png", kind: "broken", reason: expect.stringContaining("ENOENT") as string },
  ]);
  const placed = await placeByHash({ home, contentHash, archive });
  expect((await readdir(join(placed, "rose"))).sort()).toEqual(["1.png"]);
});

it("ends when it is told to, without a file", async () => {
  const folder = await writeFlowers();
  const archive = join(await temporaryFolder(), "pack.tar");
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(packDataset(folder, archive, { signal })).rejects.toThrow("enough");
  await expect(readFile(archive)).rejects.toMatchObject({ code: "ENOENT" });
});
