/**
 * A blob store in a folder: `<folder>/ab/abcdef…`, and `<folder>/incoming/` for uploads that are not whole. A blob
 * comes into being by a rename, when its bytes are on the disk and have the right hash; a process killed before
 * leaves an upload that goes on later.
 */
import { createHash, randomUUID } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { copyFile, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { BlobHashError, BlobNotFoundError, BlobOffsetError, type BlobStore } from "./blob-store.js";

const SHA256 = /^[0-9a-f]{64}$/;
const OLDEST_UPLOAD_MS = 24 * 60 * 60 * 1000;

export function createDiskBlobStore(folder: string): BlobStore {
  const pathOf = (sha256: string) => join(folder, checked(sha256).slice(0, 2), sha256);
  const incoming = join(folder, "incoming");
  const uploadOf = (sha256: string) => join(incoming, checked(sha256));
  /** Uploads that this process writes to: a second writer would tear them. */
  const busy = new Set<string>();

  const moveIn = async (path: string, sha256: string) => {
    const destination = pathOf(sha256);
    const shelf = dirname(destination);
    await mkdir(shelf, { recursive: true });
    await syncToDisk(path);
    await rename(path, destination);
    // The name, too, has to be there after a power failure: the database will say that it is.
    await syncToDisk(shelf);
  };

  return {
    sizeOf: async (sha256) => sizeOfFile(pathOf(sha256)),
    receivedBytes: async (sha256) => (await sizeOfFile(uploadOf(sha256))) ?? 0,

    receive: async (sha256, bytes, { offset, totalBytes }) => {
      const path = uploadOf(sha256);
      const isFree = !busy.has(sha256);
      busy.add(sha256);
      try {
        if ((await sizeOfFile(pathOf(sha256))) !== null) {
          bytes.resume();
          return "complete";
        }
        await mkdir(incoming, { recursive: true });
        const received = (await sizeOfFile(path)) ?? 0;
        if (offset !== received || !isFree) {
          const state = isFree ? `${received} bytes are here` : "another request writes to it";
          throw new BlobOffsetError(
            `Expected an upload that goes on where it is. Received: offset ${offset}; ${state}.`,
            received,
          );
        }
        await append(path, bytes, totalBytes - received);
        if (((await sizeOfFile(path)) ?? 0) < totalBytes) return "incomplete";
        await checkHash(path, sha256);
        await moveIn(path, sha256);
        return "complete";
      } finally {
        if (isFree) busy.delete(sha256);
      }
    },

    addFile: async (sha256, path) => {
      if ((await sizeOfFile(pathOf(sha256))) !== null) return;
      await mkdir(incoming, { recursive: true });
      const copy = join(incoming, `${sha256}.${randomUUID()}`);
      try {
        await copyFile(path, copy, constants.COPYFILE_FICLONE);
        await checkHash(copy, sha256);
        await moveIn(copy, sha256);
      } catch (error) {
        await rm(copy, { force: true });
        throw error;
      }
    },

    read: async (sha256, range) => {
      const path = pathOf(sha256);
      if ((await sizeOfFile(path)) === null) {
        throw new BlobNotFoundError(`Expected a blob of the store. Received: ${sha256}, which is none.`);
      }
      if (range && range.end <= range.start) return Readable.from([]);
      return createReadStream(path, range && { start: range.start, end: range.end - 1 });
    },

    delete: async (sha256) => rm(pathOf(sha256), { force: true }),

    sweep: async () => {
      for (const name of await namesIn(incoming)) {
        const { mtimeMs } = await stat(join(incoming, name)).catch(() => ({ mtimeMs: Date.now() }));
        if (Date.now() - mtimeMs > OLDEST_UPLOAD_MS) await rm(join(incoming, name), { force: true });
      }
      const shelves = (await namesIn(folder)).filter((name) => /^[0-9a-f]{2}$/.test(name));
      const blobs = await Promise.all(shelves.map((shelf) => namesIn(join(folder, shelf))));
      return blobs.flat().filter((name) => SHA256.test(name));
    },
  };
}

/** What a path is made of is never what a request says, but a hash. */
function checked(sha256: string): string {
  if (SHA256.test(sha256)) return sha256;
  throw new BlobNotFoundError(
    `Expected a SHA-256 of 64 lower-case hex digits. Received: ${sha256.slice(0, 80)}.`,
  );
}

/** @throws {BlobHashError} after the file is gone. */
async function checkHash(path: string, sha256: string): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  const found = hash.digest("hex");
  if (found === sha256) return;
  await rm(path, { force: true });
  throw new BlobHashError(`Expected bytes with SHA-256 ${sha256}. Received: bytes with ${found}.`);
}

/**
 * Resolves or rejects only when nothing more will be written: whoever goes on begins at the file's end.
 * @throws {BlobHashError} if there is more than was announced.
 */
async function append(path: string, bytes: Readable, most: number): Promise<void> {
  const file = await open(path, "a");
  try {
    let size = 0;
    for await (const chunk of bytes as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > most) throw new BlobHashError(`Expected ${most} more bytes. Received: more of them.`);
      await file.appendFile(chunk);
    }
  } finally {
    await file.close();
  }
}

async function syncToDisk(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function sizeOfFile(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
