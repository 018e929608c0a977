/** The packages that a release publishes, and their tarballs. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./run-command.js";

/**
 * @typedef {object} PublishedPackage
 * @property {string} name
 * @property {string} folder absolute.
 * @property {string} tarball absolute path of what `pnpm pack` made of it.
 */

/**
 * Packs every package of packages/ and apps/ that is not private, as a release would.
 *
 * @param {string} root of the workspace, built.
 * @param {string} destination existing folder for the tarballs.
 * @returns {PublishedPackage[]}
 */
export function packPublishedPackages(root, destination) {
  const folders = ["packages", "apps"].flatMap((parent) =>
    readdirSync(join(root, parent)).map((folder) => join(root, parent, folder)),
  );
  return folders.flatMap((folder) => {
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (manifest.private === true) return [];
    const tarball = join(destination, `${manifest.name.replace("@", "").replace("/", "-")}.tgz`);
    runCommand("pnpm", ["pack", "--out", tarball], { cwd: folder });
    return [{ name: manifest.name, folder, tarball }];
  });
}
