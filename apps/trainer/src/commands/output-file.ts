/** A file that a command is told to write: looked at before the work, so that none is done in vain. */
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ConfigError } from "../config/config-error.js";

/** @param option as the user names it, for messages: `--out`. */
export async function writeOutput(option: string, path: string, content: Buffer | string): Promise<void> {
  await sayIfUnwritable(option, () => writeFile(path, content));
}

/**
 * Runs what writes the file.
 * @throws {ConfigError} in place of the system's errors.
 */
export async function sayIfUnwritable<Result>(option: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw unwritable(option, (error as Error).message, error);
  }
}

/**
 * Neither makes the file nor changes one that is there.
 * @throws {ConfigError} if it could not be written now: its folder is not there, is none or takes no files, or a folder or
 *   a file that must not be changed has the name.
 */
export async function checkOutput(option: string, path: string): Promise<void> {
  const folder = dirname(path);
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    throw found.code === "ENOENT"
      ? unwritable(option, `${path}, and there is no folder ${folder}. Make it first`, found)
      : unwritable(option, found.message, found);
  }
  if (!found.isDirectory()) throw unwritable(option, `${path}, and ${folder} is no folder`);
  const taken = await stat(path).catch(() => null);
  if (taken?.isDirectory()) throw unwritable(option, `${path}, which is a folder`);
  if (taken) await sayIfUnwritable(option, () => access(path, constants.W_OK));
  else await tryFolder(option, path);
}

/** Asking for permission is not enough: some file systems take no files from anybody. */
async function tryFolder(option: string, path: string): Promise<void> {
  const trial = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(trial, "", { flag: "wx" });
    await rm(trial);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw unwritable(option, `${path}, and ${dirname(path)} takes no new file (${code})`, cause);
  }
}

function unwritable(option: string, received: string, cause?: unknown): ConfigError {
  return new ConfigError(`Expected ${option} to name a file that can be written. Received: ${received}.`, {
    cause,
  });
}
