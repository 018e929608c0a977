#!/usr/bin/env node
/**
 * Sets up a Vulkan device in software (Mesa's lavapipe), so that the engine `webgpu` is tested where there is no GPU.
 *
 * It comes out of Debian's or Ubuntu's packages, unpacked beside the project: no root is needed and nothing of the system is
 * changed. Debian 12's own Mesa 22.3 offers no adapter to Dawn; that of bookworm-backports does.
 *
 * Usage: node packages/engine/scripts/setup-software-vulkan.mjs [folder]     (default: .scratch/software-vulkan)
 * A folder that works already is left as it is. The engine uses it where CONVKIT_VULKAN names it.
 */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { unpackPackages } from "./debian-packages.mjs";

const PACKAGES = ["mesa-vulkan-drivers", "libvulkan1"];
const DRIVER = "libvulkan_lvp.so";
const LOADER = "libvulkan.so.1";

const packageRoot = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = path.resolve(process.argv[2] ?? path.join(packageRoot, "../../.scratch/software-vulkan"));
const lib = path.join(folder, "lib");
const unpackedRoot = path.join(folder, "unpacked");

if (process.platform !== "linux") {
  fail(`Expected Linux: lavapipe comes out of its packages. Received: ${process.platform}.`);
}
if (!isComplete()) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(lib, { recursive: true });
  download();
  arrange();
  rmSync(unpackedRoot, { recursive: true });
}
if (!isComplete()) {
  fail(`Expected ${DRIVER} to find its libraries. Received: ${missingLibraries().join(", ")} not found.`);
}
console.log(`A Vulkan device in software is ready. To use it:\nexport CONVKIT_VULKAN=${folder}`);

function isComplete() {
  return existsSync(path.join(folder, "icd.d")) && missingLibraries().length === 0;
}

function download() {
  const sources = backportsOfBookworm();
  try {
    unpackPackages(
      unpackedRoot,
      PACKAGES,
      sources === null
        ? { withMissing: true }
        : { withMissing: true, sources, release: "bookworm-backports" },
    );
  } catch (error) {
    fail(
      `${error.message} Or install a Vulkan driver in your system's own way, and leave CONVKIT_VULKAN unset.`,
    );
  }
}

/** @returns a list of sources, or null on a system whose own Mesa is new enough. */
function backportsOfBookworm() {
  if (!readFileSync("/etc/os-release", "utf8").includes("VERSION_CODENAME=bookworm")) return null;
  const signed = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]";
  return ["bookworm", "bookworm-backports"]
    .map((suite) => `deb ${signed} http://deb.debian.org/debian ${suite} main\n`)
    .join("");
}

/** The loader, the driver, and what of the driver's libraries the system does not have. */
function arrange() {
  const unpacked = new Map();
  for (const entry of readdirSync(unpackedRoot, { recursive: true })) {
    if (/\.so(\.|$)/.test(entry)) unpacked.set(path.basename(entry), path.join(unpackedRoot, entry));
  }
  const take = (name) => {
    const source = unpacked.get(name);
    if (source === undefined) fail(`Expected ${name} in the packages. Received: none. Install it yourself.`);
    copyFileSync(source, path.join(lib, name));
  };
  take(LOADER);
  take(DRIVER);
  for (let missing = missingLibraries(); missing.length > 0; missing = missingLibraries()) {
    for (const name of missing) take(name);
  }
  mkdirSync(path.join(folder, "icd.d"));
  const driver = {
    ICD: { api_version: "1.4.0", library_path: path.join(lib, DRIVER) },
    file_format_version: "1.0.0",
  };
  writeFileSync(path.join(folder, "icd.d", "lvp_icd.json"), JSON.stringify(driver, null, 2));
}

function missingLibraries() {
  const command = [`LD_LIBRARY_PATH=${lib}`, "ldd", path.join(lib, DRIVER)];
  const { stdout } = spawnSync("env", command, { encoding: "utf8" });
  const found = [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name);
  return existsSync(path.join(lib, DRIVER)) ? found : [DRIVER];
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
