/** What a user does first: an empty folder and `npm install`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./run-command.js";

/** @typedef {import("./published-packages.js").PublishedPackage} PublishedPackage */

/**
 * Installs one tarball; npm brings its peers. Its siblings, unpublished as yet, come from their tarballs too.
 *
 * @param {PublishedPackage} published
 * @param {PublishedPackage[]} siblings
 * @param {string} folder outside any workspace; it is made.
 * @throws {Error} with npm's output if the installation fails.
 */
export function installFromTarball(published, siblings, folder) {
  const others = siblings.filter(({ name }) => name !== published.name);
  const manifest = {
    private: true,
    dependencies: { [published.name]: `file:${published.tarball}` },
    overrides: Object.fromEntries(others.map(({ name, tarball }) => [name, `file:${tarball}`])),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest, null, 2));
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  runCommand("npm", ["install", ...quiet], { cwd: folder });
}
