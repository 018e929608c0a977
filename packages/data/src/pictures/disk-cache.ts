/**
 * Decoded pictures kept in a file below the home, so that a data set is decoded once and not in every epoch of every run.
 *
 * A file belongs to a set of encoded pictures, by their SHA-256, and to how they are decoded; in what order, under which
 * names and in which data set they lie makes no difference to it. Each picture has its place in it: its pixels, then a
 * mark that holds their CRC-32. Pixels count only if the mark fits them, so a process may be killed, a disk tear or turn
 * bits, and several threads and processes may fill one file: what is not whole is decoded again. A picture is written
 * only if its encoded bytes are those that the file stands for.
 */
import { createHash } from "node:crypto";
import { closeSync, openSync, readvSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import type { ResizeFit } from "@convkit/schema";
import sharp from "sharp";
import { cachePath, createCacheFile, leaseCacheFile } from "./cache-folder.js";
import type { FileSource } from "./pixel-source.js";

/** Raised whenever `decodeImage` comes to give other pixels, or the file gets another form. */
const DECODING_VERSION = 2;

const HASH_BYTES = 32;
/** CRC-32 and 1, two little-endian uint32: a hole in the file is no mark. */
const MARK_BYTES = 8;

/** Plain data that a worker thread can be handed. */
export interface DiskCachePlan {
  readonly folder: string;
  /** Of all files in the folder. */
  readonly mostBytes: number;
  /** SHA-256 over the distinct pictures' SHA-256. */
  readonly contentHash: string;
  /** Distinct pictures. */
  readonly count: number;
  /** SHA-256 of each picture of the source, 32 bytes each. */
  readonly hashes: SharedArrayBuffer;
  /** uint32 per picture of the source: which of the distinct ones it is, in the order of their hashes. */
  readonly places: SharedArrayBuffer;
  /** int32 [1], a `State` that all threads share. */
  readonly state: SharedArrayBuffer;
  /** int32 [1], shared with other splits, too: 1 once somebody has said why nothing is kept. */
  readonly said: SharedArrayBuffer;
}

/** Goes up, never down. */
const State = { fresh: 0, leased: 1, readOnly: 2, off: 3 } as const;

/** @param sha256s of the source's encoded pictures, hexadecimal. */
export function planDiskCache(
  sha256s: readonly string[],
  { folder, mostBytes, said }: Pick<DiskCachePlan, "folder" | "mostBytes" | "said">,
): DiskCachePlan {
  const distinct = [...new Set(sha256s)].sort();
  const placeOf = new Map(distinct.map((sha256, place) => [sha256, place]));
  const hashes = new SharedArrayBuffer(sha256s.length * HASH_BYTES);
  const places = new Uint32Array(new SharedArrayBuffer(sha256s.length * Uint32Array.BYTES_PER_ELEMENT));
  const hashBytes = Buffer.from(hashes);
  sha256s.forEach((sha256, i) => {
    hashBytes.write(sha256, i * HASH_BYTES, "hex");
    places[i] = placeOf.get(sha256) as number;
  });
  const contentHash = createHash("sha256");
  for (const sha256 of distinct) contentHash.update(sha256);
  return {
    folder,
    mostBytes,
    contentHash: contentHash.digest("hex"),
    count: distinct.length,
    hashes,
    places: places.buffer,
    state: newFlag(),
    said,
  };
}

/** @returns the SHA-256 of each picture of the source, hexadecimal. */
export function hashesOf({ hashes }: DiskCachePlan): string[] {
  return Array.from({ length: hashes.byteLength / HASH_BYTES }, (_, i) =>
    Buffer.from(hashes, i * HASH_BYTES, HASH_BYTES).toString("hex"),
  );
}

/** The same pictures at another size lie in another file. */
export function ofOtherSize(plan: DiskCachePlan): DiskCachePlan {
  return { ...plan, state: newFlag() };
}

/** int32 [1], 0. */
export const newFlag = (): SharedArrayBuffer => new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);

/**
 * Opens the file, and makes it where it is not: for one batch at a time, so that the folder may be deleted in between.
 * Where that cannot be, a warning of the process says why, once for all splits of a data set.
 * @returns null if nothing is kept on disk.
 */
export async function openDiskCache({
  disk,
  size,
  fit = "stretch",
  channels,
  uses,
}: FileSource): Promise<DiskCache | null> {
  if (disk === undefined || size === null || stateOf(disk) === State.off) return null;
  const imageBytes = size[0] * size[1] * channels;
  const path = cachePath(disk.folder, keyOf(disk, [...size, channels, ...(fit === "stretch" ? [] : [fit])]));
  try {
    let descriptor = stateOf(disk) === State.fresh ? null : openIfThere(path);
    if (descriptor === null) {
      await leaseCacheFile(path);
      descriptor = openIfThere(path);
      if (descriptor === null) {
        await createCacheFile(path, {
          bytes: disk.count * (imageBytes + MARK_BYTES),
          neededBytes: Math.min(uses ?? disk.count, disk.count) * (imageBytes + MARK_BYTES),
          mostBytes: disk.mostBytes,
        });
        descriptor = openIfThere(path);
      }
      raiseState(disk, State.leased);
    }
    return descriptor === null ? null : new DiskCache(disk, descriptor, imageBytes);
  } catch (error) {
    giveUp(disk, State.off, error as Error);
    return null;
  }
}

export class DiskCache {
  readonly #plan: DiskCachePlan;
  readonly #places: Uint32Array;
  readonly #imageBytes: number;
  readonly #mark = Buffer.alloc(MARK_BYTES);
  /** null once it is closed: its number may then be another file's. */
  #descriptor: number | null;

  constructor(plan: DiskCachePlan, descriptor: number, imageBytes: number) {
    this.#plan = plan;
    this.#places = new Uint32Array(plan.places);
    this.#descriptor = descriptor;
    this.#imageBytes = imageBytes;
  }

  /**
   * @param index of the picture in the source.
   * @param pixels receives them; their values mean nothing if they are not there.
   * @returns whether they are there and whole.
   */
  read(index: number, pixels: Uint8Array): boolean {
    if (this.#descriptor === null) return false;
    try {
      const bytesRead = readvSync(this.#descriptor, [pixels, this.#mark], this.#offset(index));
      if (bytesRead !== this.#imageBytes + MARK_BYTES) return false;
    } catch {
      // A bad sector: the picture can still be decoded.
      return false;
    }
    return this.#mark.readUInt32LE(4) === 1 && this.#mark.readUInt32LE(0) === crc32(pixels);
  }

  /** @param encoded what the pixels were decoded from. */
  write(index: number, pixels: Uint8Array, encoded: Uint8Array): void {
    if (this.#descriptor === null || stateOf(this.#plan) >= State.readOnly) return;
    const expected = Buffer.from(this.#plan.hashes, index * HASH_BYTES, HASH_BYTES);
    // Changed since the data set was opened.
    if (!createHash("sha256").update(encoded).digest().equals(expected)) return;
    const mark = Buffer.alloc(MARK_BYTES);
    mark.writeUInt32LE(crc32(pixels), 0);
    mark.writeUInt32LE(1, 4);
    try {
      writeWhole(this.#descriptor, pixels, this.#offset(index));
      writeWhole(this.#descriptor, mark, this.#offset(index) + this.#imageBytes);
    } catch (error) {
      giveUp(this.#plan, State.readOnly, error as Error);
    }
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #offset(index: number): number {
    return (this.#places[index] as number) * (this.#imageBytes + MARK_BYTES);
  }
}

/** Pictures decoded by another version of a library, or on processors of another kind, may differ in a bit. */
function keyOf({ contentHash, count }: DiskCachePlan, shape: readonly (number | ResizeFit)[]): string {
  const decoder = [DECODING_VERSION, process.arch, sharp.versions];
  return createHash("sha256")
    .update(JSON.stringify([contentHash, count, shape, decoder]))
    .digest("hex");
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, "r+");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function writeWhole(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
  }
}

const stateOf = ({ state }: DiskCachePlan): number => Atomics.load(new Int32Array(state), 0);

/** @returns whether it was lower. */
function raiseState({ state }: DiskCachePlan, to: number): boolean {
  const shared = new Int32Array(state);
  for (let from = Atomics.load(shared, 0); from < to;) {
    const found = Atomics.compareExchange(shared, 0, from, to);
    if (found === from) return true;
    from = found;
  }
  return false;
}

function giveUp(plan: DiskCachePlan, state: number, { message }: Error): void {
  if (!raiseState(plan, state)) return;
  if (Atomics.exchange(new Int32Array(plan.said), 0, 1) === 1) return;
  process.emitWarning(
    `Expected to keep decoded pictures in ${plan.folder}. Received: ${message}. The work goes on without, and decodes ` +
      "anew what memory does not hold; give it room, or set CONVKIT_CACHE_GIB to 0.",
    "DiskCacheWarning",
  );
}
