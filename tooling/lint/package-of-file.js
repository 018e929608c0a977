/** Which package a file belongs to: the nearest package.json above it. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** @type {Map<string, { folder: string, name: string } | null>} */
const byFolder = new Map();

/**
 * @param {string} file absolute path; it need not exist.
 * @returns {{ folder: string, name: string } | null} null outside any package.
 */
export function packageOfFile(file) {
  const folder = dirname(file);
  const known = byFolder.get(folder);
  if (known !== undefined) return known;
  const manifest = join(folder, "package.json");
  const found = existsSync(manifest)
    ? { folder, name: JSON.parse(readFileSync(manifest, "utf8")).name }
    : folder === dirname(folder)
      ? null
      : packageOfFile(folder);
  byFolder.set(folder, found);
  return found;
}
