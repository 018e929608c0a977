/**
 * Data sets that came from elsewhere, by their content hash: `<home>/datasets/by-hash/<hash>/<name>/`. What lies there is
 * whole and has that hash: it is unpacked and opened aside, and moved there in one step.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { extract } from "tar";
import type { ReadEntry } from "tar";
import { openDataset, type DataSpecInput } from "../open-dataset.js";
import type { ProgressListener } from "../progress.js";
import { brokenPack, DatasetPackError } from "./dataset-pack-error.js";

const CONTENT_HASH = /^[0-9a-f]{64}$/;

export interface PlaceByHashOptions {
  readonly home: string;
  readonly contentHash: string;
  /** As `packDataset` made it. */
  readonly archive: string;
  /** How the config that the hash is of reads labels. */
  readonly reading?: Pick<DataSpecInput, "multiLabel" | "noLabel"> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/** @returns path of the data set's folder; null if it was not placed. */
export async function findByHash(home: string, contentHash: string): Promise<string | null> {
  if (!CONTENT_HASH.test(contentHash)) return null;
  const place = placeOf(home, contentHash);
  const [name] = await readdir(place).catch(() => []);
  return name === undefined ? null : join(place, name);
}

/**
 * @returns path of the data set's folder, whoever placed it first.
 * @throws {DatasetPackError} if the archive holds anything but files and folders below one folder.
 * @throws {ContentHashMismatchError} if its pictures are others.
 */
export async function placeByHash(options: PlaceByHashOptions): Promise<string> {
  const { home, contentHash, archive, reading, signal, onProgress } = options;
  if (!CONTENT_HASH.test(contentHash)) {
    throw new DatasetPackError(
      `Expected a content hash of 64 lower-case hex digits. Received: ${contentHash.slice(0, 80)}.`,
    );
  }
  const staging = join(home, "datasets", ".work", `${contentHash}-${randomUUID()}`);
  await mkdir(staging, { recursive: true });
  try {
    const name = await unpack(archive, staging);
    signal?.throwIfAborted();
    const source = join(staging, name);
    // The hash says what is whole.
    await openDataset({ ...reading, source, contentHash, maxBadFraction: 1 }, { home, signal, onProgress });
    await mkdir(join(home, "datasets", "by-hash"), { recursive: true });
    try {
      await rename(staging, placeOf(home, contentHash));
    } catch (error) {
      // Another was quicker, with the same pictures.
      if (!["ENOTEMPTY", "EEXIST", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? ""))
        throw error;
    }
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return (await findByHash(home, contentHash))!;
}

const placeOf = (home: string, contentHash: string) => join(home, "datasets", "by-hash", contentHash);

/** @returns the name of the one folder in it. */
async function unpack(archive: string, into: string): Promise<string> {
  const names = new Set<string>();
  let stranger: string | null = null;
  const isWanted = (path: string, entry: ReadEntry): boolean => {
    const parts = path.split("/").filter((part) => part !== "." && part !== "");
    const isPlain = entry.type === "File" || entry.type === "OldFile" || entry.type === "Directory";
    const isBelow = !path.startsWith("/") && !parts.includes("..") && !/[\\\0]|^[A-Za-z]:/.test(path);
    const isInFolder = parts.length > 1 || (parts.length === 1 && entry.type === "Directory");
    if (!isPlain || !isBelow || !isInFolder) {
      stranger ??= `${path} (${entry.type})`;
      return false;
    }
    names.add(parts[0] as string);
    return true;
  };
  try {
    await extract({
      file: archive,
      cwd: into,
      filter: (path, entry) => isWanted(path, entry as ReadEntry),
      preserveOwner: false,
      noMtime: true,
      strict: true,
    });
  } catch (cause) {
    throw brokenPack(archive, cause as Error);
  }
  const [name, ...others] = names;
  if (name !== undefined && others.length === 0 && stranger === null) return name;
  throw new DatasetPackError(
    "Expected a tar with files below one folder. Received: one with " +
      (stranger ?? ([...names].slice(0, 3).join(", ") || "nothing in it")) +
      ". `convkit data add` makes one.",
  );
}
