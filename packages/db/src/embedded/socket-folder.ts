/**
 * The folder of the socket. That of a deep home lies in the temporary folder, where anybody may have made a folder or a
 * link of its name before: what is found is used only if it is known whose it is.
 */
import { constants } from "node:fs";
import { lstat, mkdir, open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { EmbeddedDatabaseError } from "./embedded-database-error.js";

/** Whom PostgreSQL runs as, if not as the user of this process. */
export interface ClusterUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Makes the folder, or takes the one that was made before; nobody but the user gets in.
 * @param user null for the user of this process.
 * @throws {EmbeddedDatabaseError} if something else lies there, or another user's folder.
 */
export async function makeSocketFolder(path: string, user: ClusterUser | null): Promise<void> {
  await makeOnce(path);
  const found = await lstat(path);
  if (!found.isDirectory()) throw refusal(path, found.isSymbolicLink() ? "a symbolic link" : "no folder");
  const own = process.getuid?.();
  // Whoever starts it as another user may have ended between making the folder and giving it away.
  if (own !== undefined && found.uid !== own && found.uid !== user?.uid) {
    throw refusal(path, `a folder of the user ${found.uid}`);
  }
  const isToBeGiven = user !== null && found.uid !== user.uid;
  const isOpen = (found.mode & 0o077) !== 0;
  if (isToBeGiven || isOpen) {
    await change(path, async (folder) => {
      if (isToBeGiven) await folder.chown(user.uid, user.gid);
      if (isOpen) await folder.chmod(0o700);
    });
  }
}

async function makeOnce(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** By a handle: a link that is put in its place meanwhile is not followed. */
async function change(path: string, act: (folder: FileHandle) => Promise<void>): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    await act(folder);
  } finally {
    await folder.close();
  }
}

function refusal(path: string, received: string): EmbeddedDatabaseError {
  return new EmbeddedDatabaseError(
    `Expected ${path}, for the socket of the embedded PostgreSQL, to be a folder of the user that it runs as. ` +
      `Received: ${received}. TMPDIR names another temporary folder; CONVKIT_HOME names another home, and one with a ` +
      "short path needs no such folder.",
  );
}
