/** A data set's folder as one file, to be carried to another machine. */
import { createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { create } from "tar";
import { listFiles } from "../formats/list-pictures.js";
import { DatasetPackError } from "./dataset-pack-error.js";

export interface PackFolderOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
}

/**
 * Writes a tar with the folder's files below its name; links are followed, names that begin with a dot passed over. The
 * same files give the same bytes, whenever and by whom they were made.
 * @throws {DatasetPackError} if `folder` is none.
 * @throws the signal's reason once it is aborted; the file is then gone.
 */
export async function packFolder(
  folder: string,
  file: string,
  { signal, onProgress }: PackFolderOptions = {},
): Promise<void> {
  const root = resolve(folder);
  if (!(await stat(root).catch(() => null))?.isDirectory()) {
    throw new DatasetPackError(
      `Expected the folder of a data set. Received: ${folder}, which is none. Name the folder that holds its files.`,
    );
  }
  const sizes = new Map<string, number>();
  for (const path of (await listFiles(root)).files.sort()) {
    const found = await stat(join(root, path)).catch(() => null);
    if (found?.isFile()) sizes.set(path, found.size);
  }
  const totalBytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const name = basename(root);
  // The first part keeps a name from being taken for something else: tar reads `@file` as another archive.
  const paths = [...sizes.keys()].map((path) => `./${name}/${path}`);
  const tar = create(
    {
      cwd: dirname(root),
      portable: true,
      follow: true,
      noDirRecurse: true,
      mtime: new Date(0),
      strict: true,
    },
    paths,
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
