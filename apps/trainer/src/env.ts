/** The only reader of environment variables in this package. NO_COLOR is picocolors's own business. */
import { delimiter, resolve } from "node:path";

/** @returns absolute path of CONVKIT_HOME, or of `.convkit/` in the working directory where it is not set. */
export function convkitHome(): string {
  return resolve(process.env["CONVKIT_HOME"] || ".convkit");
}

/** @returns what CONVKIT_TOKEN holds, which lets a command in at a server. */
export function serverToken(): string | undefined {
  return process.env["CONVKIT_TOKEN"] || undefined;
}

/** @returns what CONVKIT_CHROMIUM holds: the path of a Chromium, Chrome or Edge. */
export function chromiumPath(): string | undefined {
  return process.env["CONVKIT_CHROMIUM"] || undefined;
}

/** @returns the folders in which commands are looked for. */
export function commandFolders(): string[] {
  return (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
}

/** @returns where Windows keeps programs. */
export function programFolders(): string[] {
  const { ProgramFiles, LOCALAPPDATA } = process.env;
  return [ProgramFiles, process.env["ProgramFiles(x86)"], LOCALAPPDATA].filter(
    (folder) => folder !== undefined,
  );
}
