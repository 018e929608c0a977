/** The version of an installed package, out of its package.json. */
import { createRequire } from "node:module";

/** @param packageName one whose `exports`, if it has any, include `./package.json`. */
export function installedVersion(packageName: string): string {
  const manifest = createRequire(import.meta.url)(`${packageName}/package.json`) as { version: string };
  return manifest.version;
}
