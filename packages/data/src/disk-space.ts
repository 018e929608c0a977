/** Whether what is to be written fits on the disk, asked before hours of writing and not found out after them. */
import { statfs } from "node:fs/promises";

/** The disk has not got the room that a data set takes below `home`, or its pictures in a folder. */
export class DiskSpaceError extends Error {
  override readonly name = "DiskSpaceError";
}

interface NeededSpace {
  readonly neededBytes: number;
  /** What the bytes are, and for what. */
  readonly what: string;
  /** A sentence; left out: of what lies below the home. */
  readonly wayOut?: string;
}

const FREE_HOME = "Free the rest, or choose a home on a larger disk (CONVKIT_HOME, or `home`).";

/**
 * @param folder that is there.
 * @throws {DiskSpaceError} if less is free for this user.
 */
export async function checkDiskSpace(
  folder: string,
  { neededBytes, what, wayOut = FREE_HOME }: NeededSpace,
): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (neededBytes <= freeBytes) return;
  throw new DiskSpaceError(
    `Expected ${gigabytes(neededBytes)} of free disk in ${folder} for ${what}. Received: ${gigabytes(freeBytes)}. ` +
      wayOut,
  );
}

const gigabytes = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
