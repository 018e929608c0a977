/** Puts a folder of files in place as a whole: a reader finds the old one or the new one, never a mixture. */
import { nodeModule } from "./node-module.js";

export type FolderFiles = Readonly<Record<string, string | Uint8Array>>;

/**
 * Writes the files beside their destination, flushes them to the disk and renames the folder into place. A folder
 * that is there already is renamed away first and deleted last; for that instant there is none.
 */
export async function writeFolderAtomically(directory: string, files: FolderFiles): Promise<void> {
  const fs = nodeModule("node:fs/promises");
  const path = nodeModule("node:path");
  const target = path.resolve(directory);
  const suffix = nodeModule("node:crypto").randomUUID();
  const [incoming, outgoing] = [`${target}.new-${suffix}`, `${target}.old-${suffix}`];
  try {
    await fs.mkdir(incoming, { recursive: true });
    for (const [name, content] of Object.entries(files)) {
      await fs.writeFile(path.join(incoming, name), content, { flush: true });
    }
    const replaced = await renameIfThere(target, outgoing);
    try {
      await fs.rename(incoming, target);
    } catch (error) {
      if (replaced) await fs.rename(outgoing, target);
      throw error;
    }
  } finally {
    await Promise.all([incoming, outgoing].map((folder) => fs.rm(folder, { recursive: true, force: true })));
  }
}

async function renameIfThere(from: string, to: string): Promise<boolean> {
  try {
    await nodeModule("node:fs/promises").rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
