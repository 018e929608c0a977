/** The packages that a release publishes, and their tarballs. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { addPrebuild } from "./prebuild.js";
import { runCommand } from "./run-command.js";

/**
 * @typedef {object} PublishedPackage
 * @property {string} name
 * @property {string} folder absolute.
 * @property {Record<string, string>} bin its commands, each with its file.
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
    return [{ name: manifest.name, folder, bin: manifest.bin ?? {}, tarball }];
  });
}

/**
 * Packs the native backend once more, now with this machine's binary in it, so that who depends on it need not
 * compile. Other packages, and binaries that a release has gathered, are left as they are.
 *
 * @param {PublishedPackage} published
 * @returns {PublishedPackage}
 */
export function withPrebuild(published) {
  const { folder } = published;
  if (!existsSync(join(folder, "binding.gyp")) || existsSync(join(folder, "prebuilds"))) return published;
  const tarball = published.tarball.replace(/\.tgz$/, "-prebuilt.tgz");
  if (existsSync(tarball)) return { ...published, tarball };
  const prebuilds = addPrebuild(folder);
  try {
    runCommand("pnpm", ["pack", "--out", tarball], { cwd: folder });
  } finally {
    rmSync(prebuilds, { recursive: true });
  }
  return { ...published, tarball };
}
