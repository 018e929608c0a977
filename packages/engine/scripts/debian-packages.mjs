/**
 * Debian's and Ubuntu's packages, unpacked into a folder: with lists and caches of its own apt needs no root, changes nothing of
 * the system, and checks signatures and hashes as it always does.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * @param {string} folder that is made, and holds what the packages hold.
 * @param {string[]} names
 * @param {{ withMissing?: boolean, sources?: string, release?: string }} [options] withMissing: also what the packages need and the
 *   system lacks. sources: lines of a sources.list instead of the system's. release: the one to prefer.
 * @throws {Error} if apt-get cannot be had, or does not get them.
 */
export function unpackPackages(folder, names, options = {}) {
  const { withMissing = false, sources, release } = options;
  const apt = `${folder}.apt`;
  const archives = path.join(apt, "archives");
  for (const name of ["lists/partial", "archives/partial"]) {
    mkdirSync(path.join(apt, name), { recursive: true });
  }
  const nothingInstalled = path.join(apt, "status");
  writeFileSync(nothingInstalled, "");
  const settings = {
    "Dir::State": apt,
    "Dir::State::status": withMissing ? "/var/lib/dpkg/status" : nothingInstalled,
    "Dir::Cache": apt,
    "Debug::NoLocking": "1",
    "APT::Sandbox::User": "",
  };
  if (sources !== undefined) {
    const list = path.join(apt, "sources.list");
    writeFileSync(list, sources);
    Object.assign(settings, { "Dir::Etc::sourcelist": list, "Dir::Etc::sourceparts": "/dev/null" });
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const preferred = release === undefined ? [] : ["-t", release];
  aptGet([...flags, "update", "-qq"], apt);
  const install = ["install", "-qqy", "--no-install-recommends", "--download-only", "--reinstall"];
  aptGet([...flags, ...(withMissing ? install : ["download", "-qq"]), ...preferred, ...names], archives);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(archives)) {
    if (name.endsWith(".deb")) execFileSync("dpkg-deb", ["-x", path.join(archives, name), folder]);
  }
  rmSync(apt, { recursive: true });
}

function aptGet(args, cwd) {
  const { status, error } = spawnSync("apt-get", args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
  if (error === undefined && status === 0) return;
  throw new Error(
    `Expected apt-get to download packages. Received: ${error?.message ?? `exit code ${status}`}. ` +
      "It takes Debian or Ubuntu, and their mirror or an apt proxy.",
  );
}
