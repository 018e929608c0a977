/**
 * One process at a time, among all that share a disk. Making a folder is atomic everywhere. Inside it stands who holds it,
 * so that another process of the same machine sees at once when the holder has died, and does not take a suspended one for
 * dead; for others, and for a holder that died before it could say, the folder's time of change tells, which is renewed
 * while the work goes on.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { uptime } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { isAlive, machineName } from "../process-identity.js";

const RENEWAL_MS = 2000;
const STALE_AFTER_MS = 20_000;
const POLL_MS = 250;
const HOLDER_FILE = "holder.json";

const Holder = z.object({ token: z.string(), pid: z.int().positive(), machine: z.string() });
type Holder = z.infer<typeof Holder>;

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once if another process holds the lock, with its number where that is known. */
  readonly onWait?: ((pid: number | null) => void) | undefined;
}

/**
 * Waits for the lock, works, and gives it back whatever happens.
 * @param path of the lock; nothing else may use it.
 * @throws the signal's reason if it is aborted while waiting.
 */
export async function withLock<T>(
  path: string,
  task: () => Promise<T>,
  { signal, onWait }: LockOptions,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  let own: Holder | null;
  for (let isFirst = true; (own = await tryLock(path)) === null; isFirst = false) {
    const holder = await readHolder(path);
    if (await isAbandoned(path, holder)) {
      await remove(path, holder);
      continue;
    }
    if (isFirst) onWait?.(holder?.pid ?? null);
    await delay(POLL_MS, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
  // A renewal that fails has lost its lock folder; the work is still right, at worst it is done twice.
  const renewal = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), RENEWAL_MS);
  try {
    return await task();
  } finally {
    clearInterval(renewal);
    // Another machine has taken it over if this process was suspended.
    if ((await readHolder(path))?.token === own.token) await remove(path, own);
  }
}

/** @returns null if another holds it. */
async function tryLock(path: string): Promise<Holder | null> {
  try {
    await mkdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return null;
    throw error;
  }
  const self: Holder = { token: randomUUID(), pid: process.pid, machine: machineName() };
  await writeFile(join(path, HOLDER_FILE), JSON.stringify(self));
  return self;
}

/** @returns null while it has not been written, or if the lock has gone. */
async function readHolder(path: string): Promise<Holder | null> {
  try {
    return Holder.safeParse(JSON.parse(await readFile(join(path, HOLDER_FILE), "utf8"))).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function isAbandoned(path: string, holder: Holder | null): Promise<boolean> {
  const isLocal = holder?.machine === machineName();
  if (isLocal && !isAlive(holder.pid)) return true;
  try {
    const idleMs = Date.now() - (await stat(path)).mtimeMs;
    // Whoever held it before the system last started has died, whoever has that number now.
    return idleMs >= STALE_AFTER_MS + (isLocal ? uptime() * 1000 : 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** Of several that find it abandoned, one can move it; who moves another's new lock by mistake puts it back. */
async function remove(path: string, judged: Holder | null): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const isSame = (await readHolder(aside))?.token === judged?.token;
  if (
    !isSame &&
    (await rename(aside, path).then(
      () => true,
      () => false,
    ))
  )
    return;
  await rm(aside, { recursive: true });
}
