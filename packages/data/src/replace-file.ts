/**
 * Replacing a file so that whoever reads it, or finds it after a crash, has all of the old or all of the new: written
 * beside the target, fsynced, renamed over it, the folder fsynced (POSIX rename is atomic). As the trainer's own, but
 * there may be several writers.
 */
import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, content, { flush: true });
    await moveInPlace(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** @param written beside it, and fsynced. */
export async function moveInPlace(written: string, path: string): Promise<void> {
  await rename(written, path);
  await syncFolder(dirname(path));
}

/** Windows cannot open folders, and needs no fsync of them. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
