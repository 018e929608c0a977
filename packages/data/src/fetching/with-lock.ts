/**
 * One process at a time, among all that share a disk. Making a folder is atomic everywhere; its time of change, renewed
 * while the work goes on, tells a lock that is held from one whose holder died.
 */
import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const RENEWAL_MS = 2000;
const STALE_AFTER_MS = 20_000;
const POLL_MS = 250;

/**
 * Waits for the lock, works, and gives it back whatever happens.
 * @param path of the lock; nothing else may use it.
 * @throws the signal's reason if it is aborted while waiting.
 */
export async function withLock<T>(
  path: string,
  task: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  while (!(await tryLock(path))) {
    await removeIfStale(path);
    await delay(POLL_MS, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
  // A renewal that fails has lost its lock folder; the work is still right, at worst it is done twice.
  const renewal = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), RENEWAL_MS);
  try {
    return await task();
  } finally {
    clearInterval(renewal);
    await rm(path, { recursive: true, force: true });
  }
}

async function tryLock(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function removeIfStale(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    if (Date.now() - (await stat(path)).mtimeMs < STALE_AFTER_MS) return;
    // Of several that find it stale, one can move it.
    await rename(path, aside);
    await rm(aside, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
