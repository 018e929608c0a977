/** A home that is no folder, or not this user's: said as a sentence, whichever command and file finds it out. */
import { sep } from "node:path";
import { ConfigError } from "./config/config-error.js";

const CODES = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"]);

/** @returns the error, or what it means where the system refuses a file of the home. */
export function explainUnusableHome(error: Error, home: string): Error {
  const { code = "", path, syscall } = error as NodeJS.ErrnoException;
  const isRefused = CODES.has(code) || (code === "ENOENT" && syscall === "mkdir");
  if (!isRefused || path === undefined || !(path === home || path.startsWith(home + sep))) return error;
  return new ConfigError(
    `Expected a home that this user can read and write. Received: ${home} (${error.message}). Set CONVKIT_HOME to another folder.`,
    { cause: error },
  );
}
