/** What a user does first: an empty folder and `npm install`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./run-command.js";

/** @typedef {import("./published-packages.js").PublishedPackage} PublishedPackage */

/**
 * Installs the packages that a README names. Ours, unpublished as yet, come from their tarballs, also where another
 * one needs them; npm brings the rest, peers included.
 *
 * @param {string[]} names
 * @param {PublishedPackage[]} ours
 * @param {string} folder outside any workspace; it is made.
 * @returns {Promise<void>} rejects with npm's output if the installation fails.
 */
export async function installFromTarballs(names, ours, folder) {
  const tarballs = Object.fromEntries(ours.map(({ name, tarball }) => [name, `file:${tarball}`]));
  const manifest = {
    private: true,
    dependencies: Object.fromEntries(names.map((name) => [name, tarballs[name] ?? "*"])),
    overrides: Object.fromEntries(Object.entries(tarballs).filter(([name]) => !names.includes(name))),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest, null, 2));
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  await runCommand("npm", ["install", ...quiet], { cwd: folder });
}
