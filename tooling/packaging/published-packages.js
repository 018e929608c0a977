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
 * @returns {Promise<PublishedPackage[]>}
 */
export async function packPublishedPackages(root, destination) {
  const folders = ["packages", "apps"].flatMap((parent) =>
    readdirSync(join(root, parent)).map((folder) => join(root, parent, folder)),
  );
  const packages = [];
  for (const folder of folders) {
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (manifest.private === true) continue;
    const tarball = join(destination, `${manifest.name.replace("@", "").replace("/", "-")}.tgz`);
    await runCommand("pnpm", ["pack", "--out", tarball], { cwd: folder });
    packages.push({ name: manifest.name, folder, bin: manifest.bin ?? {}, tarball });
  }
  return packages;
}

/**
 * Packs the native backend once more, now with this machine's binary in it, so that who depends on it need not
 * compile. Other packages, and binaries that a release has gathered, are left as they are.
 *
 * @param {PublishedPackage} published
 * @returns {Promise<PublishedPackage>}
 */
export async function withPrebuild(published) {
  const { folder } = published;
  if (!existsSync(join(folder, "binding.gyp")) || existsSync(join(folder, "prebuilds"))) return published;
  const tarball = published.tarball.replace(/\.tgz$/, "-prebuilt.tgz");
  const prebuilds = addPrebuild(folder);
  try {
    await runCommand("pnpm", ["pack", "--out", tarball], { cwd: folder });
  } finally {
    rmSync(prebuilds, { recursive: true });
  }
  return { ...published, tarball };
}
