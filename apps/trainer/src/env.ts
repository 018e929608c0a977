/** The only reader of environment variables in this package. NO_COLOR is picocolors's own business. */
import { resolve } from "node:path";

/** @returns absolute path of CONVKIT_HOME, or of `.convkit/` in the working directory where it is not set. */
export function convkitHome(): string {
  return resolve(process.env["CONVKIT_HOME"] || ".convkit");
}

/** @returns what CONVKIT_TOKEN holds, which lets a command in at a server. */
export function serverToken(): string | undefined {
  return process.env["CONVKIT_TOKEN"] || undefined;
}
