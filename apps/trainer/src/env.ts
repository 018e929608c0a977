/** The only reader of environment variables in this package. NO_COLOR is picocolors's own business. */
import { resolve } from "node:path";

/** CONVKIT_HOME: the folder of runs and data sets; `.convkit/` in the working directory where it is not set. */
export const CONVKIT_HOME = process.env["CONVKIT_HOME"];

/** @returns absolute path of the home. */
export function convkitHome(): string {
  return resolve(CONVKIT_HOME || ".convkit");
}
