/** Replacing a file so that whoever reads it, or finds it after a crash, has all of the old or all of the new. */
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes beside the target, fsyncs, renames over it and fsyncs the folder (POSIX rename is atomic). A kill leaves
 * at most `<path>.tmp` behind, which the next call overwrites. One writer per path at a time.
 */
export async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, "w");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
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
