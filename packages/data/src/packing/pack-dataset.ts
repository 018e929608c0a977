/** A data set's files as one file, to be carried to another machine. */
import { createWriteStream } from "node:fs";
import { open, readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { create } from "tar";
import type { BadFile } from "../formats/dataset-parts.js";
import { listFiles } from "../formats/list-pictures.js";
import {
  isElsewhere,
  isFolderManifest,
  isManifest,
  listManifest,
  MANIFEST_STEM,
} from "../formats/manifest.js";
import { isParquet } from "../formats/parquet-folder.js";
import { CLASS_NAMES_FILE, isTar } from "../formats/tar-archive.js";
import { mapConcurrently } from "../map-concurrently.js";
import { nameOfPath } from "../open-path.js";
import { DatasetPackError } from "./dataset-pack-error.js";

export interface PackDatasetOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
}

interface PackedFiles {
  /** That the paths are relative to. */
  readonly folder: string;
  /** Of the one folder in the pack. */
  readonly name: string;
  readonly paths: readonly string[];
  /** What could not be looked into. */
  readonly badFiles?: readonly BadFile[];
  /** What a file is called in the pack, where that is not its path. */
  readonly renamed?: { readonly from: string; readonly to: string };
}

/** Files are opened on libuv's threads. */
const CONCURRENCY = 8;

/** Where tar looks for an earlier name of a file with several: it finds none, as a pack may hold nothing but files. */
class NoHardLinks extends Map<`${number}:${number}`, string> {
  override get(): undefined {
    return undefined;
  }
}

/**
 * Writes a tar with the files of a data set below its name: of a folder all, of a manifest itself and the pictures that
 * it lists, of a tar or a Parquet file that alone. Links are followed, names that begin with a dot passed over unless a
 * manifest lists them. The same files give the same bytes, whenever and by whom they were made.
 * @param source path of the data set.
 * @returns the files that cannot be read, which the pack lacks.
 * @throws {DatasetPackError} if there is no data set that can be carried, or its manifest lists pictures elsewhere.
 * @throws {DatasetFormatError} if a manifest cannot be read.
 * @throws the signal's reason once it is aborted; the file is then gone.
 */
export async function packDataset(
  source: string,
  file: string,
  { signal, onProgress }: PackDatasetOptions = {},
): Promise<BadFile[]> {
  const { folder, name, paths, renamed, badFiles: unopened = [] } = await filesOf(resolve(source));
  const sizes = new Map<string, number>();
  const badFiles = [...unopened];
  const found = await mapConcurrently(paths, CONCURRENCY, async (path) => {
    signal?.throwIfAborted();
    return tryReading(join(folder, path));
  });
  found.forEach((sizeOrReason, i) => {
    const path = paths[i] as string;
    if (typeof sizeOrReason === "number") sizes.set(path, sizeOrReason);
    else badFiles.push({ path, kind: "broken", reason: sizeOrReason });
  });
  const totalBytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const tar = create(
    {
      cwd: folder,
      prefix: name,
      portable: true,
      follow: true,
      noDirRecurse: true,
      mtime: new Date(0),
      strict: true,
      linkCache: new NoHardLinks(),
      onWriteEntry(entry) {
        if (entry.path === `./${renamed?.from}`) entry.path = `./${renamed?.to}`;
      },
    },
    // The first part keeps a name from being taken for something else: tar reads `@file` as another archive.
    [...sizes.keys()].map((path) => `./${path}`),
  );
  let done = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      done += chunk.length;
      onProgress?.(Math.min(done, totalBytes), totalBytes);
      next(null, chunk);
    },
  });
  try {
    await pipeline(Readable.from(tar), counting, createWriteStream(file), { signal });
  } catch (error) {
    await rm(file, { force: true });
    signal?.throwIfAborted();
    throw error;
  }
  return badFiles.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** @returns the file's size, or why it cannot be read. */
async function tryReading(file: string): Promise<number | string> {
  try {
    const found = await stat(file);
    // Opening a pipe would wait for who writes to it.
    if (!found.isFile()) return "not a regular file";
    const handle = await open(file);
    try {
      await handle.read(Buffer.alloc(1), 0, 1, 0);
    } finally {
      await handle.close();
    }
    return found.size;
  } catch (error) {
    return (error as Error).message;
  }
}

async function filesOf(source: string): Promise<PackedFiles> {
  const found = await stat(source).catch(() => null);
  if (found?.isDirectory())
    return { folder: source, name: basename(source), ...(await filesOfFolder(source)) };
  const one = { folder: dirname(source), name: nameOfPath(source) };
  if (found && isManifest(source)) {
    // In the pack it has the name under which a folder's manifest is found.
    const renamed = { from: basename(source), to: MANIFEST_STEM + extname(source).toLowerCase() };
    return { ...one, paths: [basename(source), ...(await picturesOfManifest(source))], renamed };
  }
  if (found && isTar(source)) {
    const hasNames = (await readdir(one.folder)).includes(CLASS_NAMES_FILE);
    return { ...one, paths: [...(hasNames ? [CLASS_NAMES_FILE] : []), basename(source)] };
  }
  if (found && isParquet(source)) return { ...one, paths: [basename(source)] };
  throw new DatasetPackError(
    `Expected the folder of a data set, a manifest, a tar or a Parquet file. Received: ${source}, which is none. ` +
      "Name the folder that holds its files.",
  );
}

/** All that is in it; of a folder with a manifest also what only that tells of. */
async function filesOfFolder(folder: string): Promise<Pick<PackedFiles, "paths" | "badFiles">> {
  const badFiles: BadFile[] = [];
  const { files } = await listFiles(folder, {
    onUnreadable: (path, { message }) => void badFiles.push({ path, kind: "broken", reason: message }),
  });
  const manifest = (await readdir(folder)).find(isFolderManifest);
  const listed = manifest === undefined ? [] : await picturesOfManifest(join(folder, manifest));
  return { paths: [...new Set([...files, ...listed])].sort(), badFiles };
}

/** @throws {DatasetPackError} if one of them lies elsewhere than below the manifest's folder. */
async function picturesOfManifest(file: string): Promise<string[]> {
  // The manifest itself goes along: its labels, one or several, are not looked at.
  const pictures = (await listManifest(file, { multiLabel: {} })).pictures.map(({ path }) => path);
  const elsewhere = pictures.filter(isElsewhere);
  if (elsewhere.length === 0) return pictures;
  throw new DatasetPackError(
    `Expected pictures below the folder of ${file}. Received: ${elsewhere[0]}` +
      `${elsewhere.length > 1 ? ` and ${elsewhere.length - 1} more` : ""}. Write the manifest into the folder that ` +
      "holds them all: `convkit data export` does.",
  );
}
