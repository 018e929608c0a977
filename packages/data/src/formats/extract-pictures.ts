/** Pictures that lie together in larger files (tar, Parquet, IDX, CIFAR-10's), as files of their own: a manifest can name these. */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, extname, join, resolve } from "node:path";
import sharp from "sharp";
import type { DatasetSplit } from "../dataset-split.js";
import { checkDiskSpace } from "../disk-space.js";
import type { ImageDataset } from "../image-dataset.js";
import { mapConcurrently } from "../map-concurrently.js";
import { formatOf, type PictureFormat } from "../pictures/picture-format.js";
import { readPicture, type PictureLocation } from "../pictures/picture-location.js";
import type { ProgressListener } from "../progress.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import { isPictureName } from "./picture-names.js";

export interface ExtractOptions {
  /** Called after each picture. */
  readonly onProgress?: ProgressListener | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Pictures that are held in memory at a time. */
const CONCURRENCY = 8;

/** What a file takes of a disk is whole blocks of it, on nearly all of them of this size: of small pictures most is the rest of one. */
const BLOCK_BYTES = 4096;

const EXTENSIONS: Readonly<Record<PictureFormat, string>> = {
  jpeg: ".jpg",
  png: ".png",
  webp: ".webp",
  gif: ".gif",
  tiff: ".tif",
  avif: ".avif",
};

/**
 * Writes each picture below a folder, under a name made of its id: the encoded bytes as they are, and pixels that are in memory as
 * PNG, at the size that they have there. A file that is there with the same content stays, so that a second call goes on where the
 * first was stopped, and needs room for the others alone.
 * @param folder made if it is not there.
 * @returns the absolute path of each picture by its id; of those that are files already, their own.
 * @throws {DatasetFormatError} if a file of other content has one of the names.
 * @throws {DiskSpaceError} if they do not fit.
 * @throws the signal's reason once it is aborted; what was written stays.
 */
export async function extractPictures(
  dataset: ImageDataset,
  folder: string,
  { onProgress, signal }: ExtractOptions = {},
): Promise<ReadonlyMap<string, string>> {
  const stemOf = stemsBelow(resolve(folder));
  const pictures = dataset
    .splitList()
    .flatMap((split) =>
      split.ids.map((id, position) => ({ id, stem: stemOf(id), ...placeOf(split, position) })),
    );
  await mkdir(folder, { recursive: true });
  await checkDiskSpace(folder, {
    neededBytes: await measureMissing(pictures, resolve(folder)),
    what: `the pictures of ${dataset.name}`,
    wayOut: "Free the rest, or name a folder on a larger disk.",
  });
  let done = 0;
  const paths = await mapConcurrently(pictures, CONCURRENCY, async ({ id, stem, location, encode }) => {
    signal?.throwIfAborted();
    const path = typeof location === "string" ? location : await writeOnce(id, stem, await encode());
    onProgress?.({ phase: "unpack", what: folder, done: ++done, total: pictures.length, unit: "files" });
    return [id, path] as const;
  });
  signal?.throwIfAborted();
  return new Map(paths);
}

interface Place {
  /** undefined where it is in memory. */
  readonly location: PictureLocation | undefined;
  /** At most, of the file that it becomes; 0 where it is one. */
  readonly bytes: number;
  encode(): Promise<Uint8Array>;
}

function placeOf(split: DatasetSplit, position: number): Place {
  const { source, sourceIndices } = split;
  if (source.kind === "files") {
    const { location } = split.fileAt(position)!;
    const bytes = typeof location === "string" ? 0 : location.length;
    return { location, bytes, encode: () => readPicture(location) };
  }
  const { pixels, height, width, channels } = source;
  const bytes = height * width * channels;
  const start = sourceIndices[position]! * bytes;
  return {
    location: undefined,
    bytes: mostPngBytes(height, width * channels),
    // A copy: sharp reads on its own threads what it is handed.
    encode: () =>
      sharp(Uint8Array.from(new Uint8Array(pixels, start, bytes)), {
        raw: { height, width, channels: channels as 1 | 2 | 3 | 4 },
      })
        .toColourspace(channels === 1 ? "b-w" : "srgb")
        .png()
        .toBuffer(),
  };
}

/**
 * Of pixels that cannot be compressed: with a byte more each row, and of each 8 KiB of them the frame of a chunk, and of what zlib
 * stores as it is (PNG, Third Edition, 5.3 and 9; https://www.w3.org/TR/png-3/; RFC 1951, 3.2.4).
 */
const mostPngBytes = (height: number, rowBytes: number): number =>
  height * (rowBytes + 1) + Math.ceil((height * rowBytes) / 500) + 128;

/** What those take that have no file yet. One that is there is whole; whether it is the same is seen when it is its turn. */
async function measureMissing(
  pictures: readonly (Place & { readonly id: string; readonly stem: string })[],
  folder: string,
): Promise<number> {
  const there = new Set((await readdir(folder, { recursive: true })).map((name) => join(folder, name)));
  return pictures
    .filter(({ id, stem }) => !endingsOf(id).some((ending) => there.has(stem + ending)))
    .reduce((sum, { bytes }) => sum + Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES, 0);
}

/** Those that a picture's file can have, before the picture is read. */
const endingsOf = (id: string): readonly string[] =>
  isPictureName(id) ? [extname(id)] : Object.values(EXTENSIONS);

/** Letters that names of files cannot have on some system. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const FORBIDDEN = /[<>:"|?*\\\u0000-\u001f]/g;

/**
 * @returns for each id in turn a path in the folder, without the ending of a picture's name where it has one: no two are the same, in
 *   whatever case, and none leads out of the folder.
 */
function stemsBelow(folder: string): (id: string) => string {
  const taken = new Set<string>();
  return (id) => {
    const name = isPictureName(id) ? id.slice(0, -extname(id).length) : id;
    const parts = name.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
    const stem = join(folder, ...parts.map((part) => part.replace(FORBIDDEN, "_")));
    let free = stem;
    for (let number = 2; taken.has(free.toLowerCase()); number++) free = `${stem}-${number}`;
    taken.add(free.toLowerCase());
    return free;
  };
}

/** Whole or not at all. Nothing is fsynced: what a power cut takes can be written again. @returns the file's path. */
async function writeOnce(id: string, stem: string, bytes: Uint8Array): Promise<string> {
  const path = `${stem}${isPictureName(id) ? extname(id) : EXTENSIONS[formatOf(bytes)]}`;
  const found = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (found?.equals(bytes)) return path;
  if (found) {
    throw new DatasetFormatError(
      `Expected no other file where the picture ${id} is to be written. Received: ${path}, with another content. Name a folder ` +
        "that is empty, or delete it.",
    );
  }
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  return path;
}
