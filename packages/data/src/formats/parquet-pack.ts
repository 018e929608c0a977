/**
 * The pictures of a Parquet file, one after the other in a file of our own: `<home>/datasets/.packs/`. In Parquet they lie
 * in compressed pages of many rows, so reading one would decompress all of its page, in every epoch anew; the encoded
 * pictures are therefore written out once, as large as they are, and then read by position.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, type FileMetaData } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { z } from "zod";
import { checkDiskSpace } from "../disk-space.js";
import { withLock } from "../fetching/with-lock.js";
import { FileStamp, isSameStamp, stampFile } from "../file-stamp.js";
import { jsonFile } from "../index-file.js";
import type { PictureIndexOptions } from "../pictures/picture-index.js";
import type { FileRange } from "../pictures/picture-location.js";
import { moveInPlace } from "../replace-file.js";
import { parseLabel, type RawLabel } from "./class-labels.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import { lfsPointerHint } from "./lfs-pointer.js";
import { chooseColumns, onlyPaths, type ParquetColumns } from "./parquet-columns.js";

const PackedRow = z.object({
  /** Of the picture in the pack; null where the row has none. */
  place: z.tuple([z.int().min(0), z.int().min(0)]).nullable(),
  label: z.union([z.int(), z.string()]).nullable(),
  /** As the file tells it. */
  path: z.string().nullable(),
});
type PackedRow = z.infer<typeof PackedRow>;

const Pack = z.object({
  formatVersion: z.literal(1),
  /** The Parquet file, absolute. */
  file: z.string(),
  stamp: FileStamp,
  /** Name of the file with the pictures. */
  name: z.string(),
  sizeBytes: z.int().min(0),
  classNames: z.array(z.string()).nullable(),
  rows: z.array(PackedRow),
});
type Pack = z.infer<typeof Pack>;

export interface ParquetRow {
  readonly range: FileRange | null;
  readonly label: RawLabel | null;
  readonly path: string | null;
}

export interface ParquetShard {
  readonly rows: readonly ParquetRow[];
  /** Index = number; null: none are told. */
  readonly classNames: readonly string[] | null;
}

/**
 * Writes a pack where there is none of a file as it now is. One process writes it at a time, a group of rows at a
 * time, and nothing is known of it before it is whole. Packs of files that have gone are then removed.
 * @returns a shard per file, in their order.
 * @throws {DatasetFormatError} if one is no Parquet, damaged, or without columns of pictures and labels.
 * @throws {DiskSpaceError} before the first is written, if the disk has no room for all of them.
 */
export async function openParquetFiles(
  files: readonly string[],
  options: PictureIndexOptions,
): Promise<ParquetShard[]> {
  const found: { readonly place: PackPlace; readonly pack: Pack | null }[] = [];
  for (const file of files) {
    const place = await placeOf(file, options.home);
    found.push({ place, pack: await knownPack(place) });
  }
  const missing = found.flatMap(({ place, pack }) => (pack === null ? [place] : []));
  if (missing.length > 0) await checkRoom(missing, files);
  const shards: ParquetShard[] = [];
  for (const { place, pack } of found)
    shards.push(shardOf(place, pack ?? (await findOrMakePack(place.file, options))));
  return shards;
}

function shardOf({ folder }: PackPlace, { name, classNames, rows }: Pack): ParquetShard {
  return {
    classNames,
    rows: rows.map(({ place, label, path }) => ({
      range: place && { file: join(folder, name), offset: place[0], length: place[1] },
      label,
      path,
    })),
  };
}

/** By the file as it is when its turn has come. */
async function findOrMakePack(file: string, options: PictureIndexOptions): Promise<Pack> {
  const { home, signal, onProgress } = options;
  const place = await placeOf(file, home);
  const findOrMake = async () => (await knownPack(place)) ?? makePack(place, options);
  return withLock(join(place.folder, `${place.key}.lock`), findOrMake, {
    signal,
    onWait: (pid) => onProgress?.({ phase: "wait", what: file, pid }),
  });
}

/** Of all that are to be written, for a repository may have a hundred files. @param files with those that are there. */
async function checkRoom(places: readonly PackPlace[], files: readonly string[]): Promise<void> {
  const { folder } = places[0] as PackPlace;
  await mkdir(folder, { recursive: true });
  let neededBytes = 0;
  for (const { file, key } of places) {
    // Another process may be at it.
    const begun = (await stat(join(folder, `${key}.part`)).catch(() => null))?.size ?? 0;
    neededBytes += Math.max(0, (await measurePictures(file)) - begun);
  }
  const [first, ...others] = files;
  await checkDiskSpace(folder, {
    neededBytes,
    what: `the pictures of ${first}${others.length > 0 ? ` and ${others.length} more files` : ""}`,
  });
}

/** Bytes of the column of pictures, decompressed: a little more than the pack will have. */
async function measurePictures(file: string): Promise<number> {
  const metadata = await reading(file, async () => parquetMetadataAsync(await asyncBufferFromFile(file)));
  const { image } = await reading(file, () => Promise.resolve(chooseColumns(file, metadata)));
  return metadata.row_groups
    .flatMap(({ columns }) => columns)
    .filter(({ meta_data }) => meta_data?.path_in_schema[0] === image)
    .reduce((sum, { meta_data }) => sum + Number(meta_data?.total_uncompressed_size ?? 0), 0);
}

async function placeOf(file: string, home: string): Promise<PackPlace> {
  return {
    file,
    folder: join(home, "datasets", ".packs"),
    key: hashOf(resolve(file)),
    stamp: await stampFile(file),
  };
}

/** @returns null if there is none of the file as it now is. */
async function knownPack({ folder, key, stamp }: PackPlace): Promise<Pack | null> {
  const known = await packRecord(folder, key).read();
  return known !== null && isSameStamp(known.stamp, stamp) && (await isThere(folder, known)) ? known : null;
}

const packRecord = (folder: string, key: string) => jsonFile(join(folder, `${key}.json`), Pack);

interface PackPlace {
  readonly file: string;
  readonly folder: string;
  readonly key: string;
  readonly stamp: FileStamp;
}

/** The name is another for a changed file: whoever still reads the old pack finds it gone, and no other bytes in it. */
async function makePack(
  { file, folder, key, stamp }: PackPlace,
  options: PictureIndexOptions,
): Promise<Pack> {
  const record = packRecord(folder, key);
  const before = await record.read();
  const name = `${key}-${hashOf(`${stamp.sizeBytes} ${stamp.mtimeMs}`)}`;
  const temporary = join(folder, `${key}.part`);
  let written: WrittenPack;
  try {
    written = await writePack(file, temporary, options);
    await moveInPlace(temporary, join(folder, name));
  } finally {
    await rm(temporary, { force: true });
  }
  const pack = { formatVersion: 1, file: resolve(file), stamp, name, ...written } as const;
  await record.write(pack);
  if (before !== null && before.name !== name) await rm(join(folder, before.name), { force: true });
  await removeOrphans(folder);
  return pack;
}

async function removeOrphans(folder: string): Promise<void> {
  for (const record of await readdir(folder)) {
    if (extname(record) !== ".json") continue;
    const pack = await packRecord(folder, basename(record, ".json")).read();
    if (pack === null || existsSync(pack.file)) continue;
    await rm(join(folder, pack.name), { force: true });
    await rm(join(folder, record), { force: true });
  }
}

async function isThere(folder: string, { name, sizeBytes }: Pack): Promise<boolean> {
  return (await stat(join(folder, name)).catch(() => null))?.size === sizeBytes;
}

type WrittenPack = Pick<Pack, "rows" | "classNames" | "sizeBytes">;

async function writePack(
  file: string,
  target: string,
  { signal, onProgress }: PictureIndexOptions,
): Promise<WrittenPack> {
  const source = await asyncBufferFromFile(file);
  const metadata = await reading(file, () => parquetMetadataAsync(source));
  const columns = await reading(file, () => Promise.resolve(chooseColumns(file, metadata)));
  const rows: PackedRow[] = [];
  let sizeBytes = 0;
  const handle = await open(target, "w");
  try {
    for (const [rowStart, rowEnd] of rowGroups(metadata)) {
      signal?.throwIfAborted();
      const found = await reading(file, () =>
        parquetReadObjects({
          file: source,
          metadata,
          columns: [columns.image, columns.label],
          rowStart,
          rowEnd,
          compressors,
          // Else bytes of pictures would be taken for texts.
          utf8: false,
        }),
      );
      for (const row of found) {
        const { bytes, ...picture } = pictureOf(row, columns);
        const place = bytes && ([sizeBytes, bytes.length] as [number, number]);
        if (bytes) await handle.appendFile(bytes);
        sizeBytes += bytes?.length ?? 0;
        rows.push({ ...picture, place });
      }
      const total = Number(metadata.num_rows);
      onProgress?.({ phase: "unpack", what: file, done: rows.length, total, unit: "files" });
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  const example = rows.find(({ path }) => path !== null)?.path ?? null;
  if (example !== null && rows.every(({ place }) => place === null))
    throw onlyPaths(file, columns.image, example);
  return { rows, sizeBytes, classNames: columns.classNames && [...columns.classNames] };
}

function* rowGroups({ row_groups }: FileMetaData): Generator<[start: number, end: number]> {
  let start = 0;
  for (const { num_rows } of row_groups) {
    const end = start + Number(num_rows);
    yield [start, end];
    start = end;
  }
}

function pictureOf(
  row: Readonly<Record<string, unknown>>,
  { image, isStruct, label }: ParquetColumns,
): Pick<PackedRow, "label" | "path"> & { readonly bytes: Uint8Array | null } {
  const cell = row[image];
  const { bytes, path } = isStruct ? ((cell ?? {}) as Record<string, unknown>) : { bytes: cell, path: null };
  return {
    bytes: bytes instanceof Uint8Array ? bytes : null,
    path: typeof path === "string" ? path : null,
    label: parseLabel(row[label]),
  };
}

/** What the reader throws of a damaged file is said as of all formats; what the system says is left as it is. */
async function reading<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof DatasetFormatError || (cause as NodeJS.ErrnoException).syscall !== undefined)
      throw cause;
    const found = (await startHint(file)) ?? (cause as Error).message;
    throw new DatasetFormatError(`Expected Parquet that can be read in ${file}. Received: ${found}.`, {
      cause,
    });
  }
}

async function startHint(file: string): Promise<string | null> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
    return lfsPointerHint(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);
