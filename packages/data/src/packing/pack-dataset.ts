/** A data set's files as one file, to be carried to another machine. */
import { createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { basename, dirname, extname, isAbsolute, join, resolve } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { create } from "tar";
import { listFiles } from "../formats/list-pictures.js";
import { isManifest, listManifest, MANIFEST_STEM } from "../formats/manifest.js";
import { isParquet } from "../formats/parquet-folder.js";
import { CLASS_NAMES_FILE, isTar } from "../formats/tar-archive.js";
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
  /** What a file is called in the pack, where that is not its path. */
  readonly renamed?: { readonly from: string; readonly to: string };
}

/**
 * Writes a tar with the files of a data set below its name: of a folder all, of a manifest itself and the pictures that
 * it lists, of a tar or a Parquet file that alone. Links are followed, names that begin with a dot passed over. The same
 * files give the same bytes, whenever and by whom they were made.
 * @param source path of the data set.
 * @throws {DatasetPackError} if there is no data set that can be carried.
 * @throws {DatasetFormatError} if a manifest cannot be read.
 * @throws the signal's reason once it is aborted; the file is then gone.
 */
export async function packDataset(
  source: string,
  file: string,
  { signal, onProgress }: PackDatasetOptions = {},
): Promise<void> {
  const { folder, name, paths, renamed } = await filesOf(resolve(source));
  const sizes = new Map<string, number>();
  for (const path of paths) {
    const found = await stat(join(folder, path)).catch(() => null);
    if (found?.isFile()) sizes.set(path, found.size);
  }
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
}

async function filesOf(source: string): Promise<PackedFiles> {
  const found = await stat(source).catch(() => null);
  if (found?.isDirectory()) {
    return { folder: source, name: basename(source), paths: (await listFiles(source)).files.sort() };
  }
  const one = { folder: dirname(source), name: nameOfPath(source) };
  if (found && isManifest(source)) return { ...one, ...(await filesOfManifest(source)) };
  if (found && isTar(source)) return { ...one, paths: [CLASS_NAMES_FILE, basename(source)] };
  if (found && isParquet(source)) return { ...one, paths: [basename(source)] };
  throw new DatasetPackError(
    `Expected the folder of a data set, a manifest, a tar or a Parquet file. Received: ${source}, which is none. ` +
      "Name the folder that holds its files.",
  );
}

/** In the pack it has the name under which a folder's manifest is found. */
async function filesOfManifest(file: string): Promise<Pick<PackedFiles, "paths" | "renamed">> {
  const pictures = (await listManifest(file)).pictures.map(({ path }) => path);
  const elsewhere = pictures.find((path) => isAbsolute(path));
  if (elsewhere !== undefined) {
    throw new DatasetPackError(
      `Expected pictures below the folder of ${file}. Received: ${elsewhere}. Write the manifest into the folder that ` +
        "holds them all: `convkit data export` does.",
    );
  }
  return {
    paths: [basename(file), ...pictures],
    renamed: { from: basename(file), to: MANIFEST_STEM + extname(file).toLowerCase() },
  };
}
