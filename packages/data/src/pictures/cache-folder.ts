/**
 * The folder of decoded pictures on disk: makes room in it, and knows which files living processes use. It needs no lock:
 * a file that is removed under another's hands is missed, made anew and filled again.
 */
import { createHash } from "node:crypto";
import { mkdir, open, readdir, rm, stat, statfs, utimes, writeFile } from "node:fs/promises";
import { uptime } from "node:os";
import { dirname, join } from "node:path";
import { isAlive, machineName } from "../process-identity.js";

const SUFFIX = ".pixels";

/** Whether a process of another machine lives cannot be asked. */
const FOREIGN_LEASE_MS = 7 * 24 * 3600 * 1000;

/** Of what is free, and of what the folder has of it already. */
const MOST_OF_FREE = 1 / 4;

export const cachePath = (folder: string, key: string): string => join(folder, `${key}${SUFFIX}`);

/** Says that this process uses the file, until it ends: it is not removed meanwhile, and last of all afterwards. */
export async function leaseCacheFile(path: string): Promise<void> {
  const leases = leasesOf(path);
  await mkdir(leases, { recursive: true });
  await writeFile(join(leases, `${process.pid}.${machineHash()}`), "");
  await utimes(path, new Date(), new Date()).catch(ignoreMissing);
}

/**
 * Makes the file, full of holes, unless it is there.
 * @param bytes that it has with all of its holes.
 * @param neededBytes of those, what will be filled.
 * @throws {Error} if that is more than there is room for, once what nobody uses was removed, longest unused first.
 */
export async function createCacheFile(
  path: string,
  { bytes, neededBytes, mostBytes }: { bytes: number; neededBytes: number; mostBytes: number },
): Promise<void> {
  await makeRoom(path, neededBytes, mostBytes);
  const file = await open(path, "a");
  try {
    // Longer already: another process was first.
    if ((await file.stat()).size < bytes) await file.truncate(bytes);
  } finally {
    await file.close();
  }
}

async function makeRoom(path: string, bytes: number, mostBytes: number): Promise<void> {
  const folder = dirname(path);
  const others = (await listFiles(folder)).filter((file) => file.path !== path);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize + others.reduce((sum, { filledBytes }) => sum + filledBytes, 0);
  const bound = Math.min(mostBytes, Math.floor(free * MOST_OF_FREE));
  const removable: CacheFile[] = [];
  let total = bytes;
  for (const file of others) {
    if (await isInUse(file.path)) {
      total += file.bytes;
      continue;
    }
    total += file.filledBytes;
    removable.push(file);
  }
  const least = total - removable.reduce((sum, file) => sum + file.filledBytes, 0);
  if (least > bound) {
    throw new Error(
      `${mebibytes(bytes)} are needed, and ${mebibytes(Math.max(0, bound - least + bytes))} may be taken ` +
        `of the ${mebibytes(mostBytes)} of CONVKIT_CACHE_GIB and a quarter of the free disk`,
    );
  }
  for (const file of removable.sort((a, b) => a.usedMs - b.usedMs)) {
    if (total <= bound) break;
    await rm(file.path, { force: true });
    await rm(leasesOf(file.path), { recursive: true, force: true });
    total -= file.filledBytes;
  }
}

interface CacheFile {
  readonly path: string;
  /** Once it is filled. */
  readonly bytes: number;
  readonly filledBytes: number;
  readonly usedMs: number;
}

async function listFiles(folder: string): Promise<CacheFile[]> {
  const files: CacheFile[] = [];
  for (const name of await readdir(folder)) {
    if (!name.endsWith(SUFFIX)) continue;
    const path = join(folder, name);
    const stats = await stat(path).catch(ignoreMissing);
    if (stats)
      files.push({
        path,
        bytes: stats.size,
        filledBytes: Math.min(stats.size, 512 * stats.blocks),
        usedMs: stats.mtimeMs,
      });
  }
  return files;
}

async function isInUse(path: string): Promise<boolean> {
  const leases = leasesOf(path);
  for (const name of (await readdir(leases).catch(ignoreMissing)) ?? []) {
    const [pid, machine] = name.split(".");
    const takenMs = (await stat(join(leases, name)).catch(ignoreMissing))?.mtimeMs ?? 0;
    const ageMs = Date.now() - takenMs;
    const lives =
      machine === machineHash()
        ? // Whoever took it before the system last started has died, whoever has that number now.
          isAlive(Number(pid)) && ageMs < uptime() * 1000
        : ageMs < FOREIGN_LEASE_MS;
    if (lives) return true;
    await rm(join(leases, name), { force: true });
  }
  return false;
}

const leasesOf = (path: string): string => `${path.slice(0, -SUFFIX.length)}.users`;

const machineHash = (): string => createHash("sha256").update(machineName()).digest("hex").slice(0, 16);

const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
