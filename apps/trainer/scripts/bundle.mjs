#!/usr/bin/env node
/**
 * Packs convkit for x64 Linux machines that have a GPU's driver and nothing else: no Node, no network, no root.
 * Why it is as it is: docs/decisions/0031-a-bundle-for-bare-hosts.md.
 *
 * Usage, on Debian or Ubuntu, in a built workspace: node apps/trainer/scripts/bundle.mjs [folder] [--with name=file]  (default: apps/trainer/bundle)
 * Needs strip (binutils), tar and xz. Node is the one that runs this, stripped.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bundleScripts } from "./bundle-scripts.mjs";
import { copyLibraries } from "./bundle-libraries.mjs";

const MOST_BYTES = 60e6;
/** Node's code hardly gets smaller by the others, which take up to five times as long. */
const XZ_PRESET = "-1";

const scripts = path.dirname(fileURLToPath(import.meta.url));
const trainer = path.dirname(scripts);
const { values, positionals } = parseArgs({
  options: { with: { type: "string", multiple: true, default: [] } },
  allowPositionals: true,
});
const folder = path.resolve(positionals[0] ?? path.join(trainer, "bundle"));
/** Scripts besides convkit's own, which CONVKIT_ENTRY names to the launcher: `--with name=file`. */
const more = Object.fromEntries(
  values.with.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
);

try {
  bundle();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

function bundle() {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      `Expected x64 Linux, whose Node is bundled. Received: ${process.platform} ${process.arch}.`,
    );
  }
  if (!existsSync(path.join(trainer, "dist/cli.js"))) {
    throw new Error("Expected convkit to be built. Received: no dist/. pnpm --filter convkit... build");
  }
  const runtime = mkdtempSync(path.join(tmpdir(), "convkit-bundle-"));
  try {
    fill(runtime);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    pack(runtime);
  } finally {
    rmSync(runtime, { recursive: true });
  }
  check();
}

/** What the launcher unpacks. */
function fill(runtime) {
  const app = path.join(runtime, "app");
  bundleScripts(runtime, app, more);
  copyLibraries(runtime);
  copyFileSync(process.execPath, path.join(runtime, "node"));
  const binaries = readdirSync(runtime, { recursive: true })
    .filter((name) => name === "node" || name.endsWith(".node"))
    .map((name) => path.join(runtime, name));
  execFileSync("strip", binaries);
  report(runtime);
}

function pack(runtime) {
  // It unpacks the rest, and so stands beside it.
  copyFileSync(path.join(runtime, "busybox"), path.join(folder, "busybox"));
  chmodSync(path.join(folder, "busybox"), 0o755);
  const archive = path.join(folder, "runtime.tar.xz");
  const owner = ["--owner=0", "--group=0", "--numeric-owner"];
  execFileSync("tar", ["-C", runtime, ...owner, "-I", `xz ${XZ_PRESET} -T0`, "-cf", archive, "."]);
  const id = createHash("sha256").update(readFileSync(archive)).digest("hex").slice(0, 16);
  const launcher = readFileSync(path.join(scripts, "bundle-launcher.sh"), "utf8").replace("@ID@", id);
  writeFileSync(path.join(folder, "convkit"), launcher, { mode: 0o755 });
}

function check() {
  const sizes = readdirSync(folder).map((name) => [name, statSync(path.join(folder, name)).size]);
  const sum = sizes.reduce((total, [, size]) => total + size, 0);
  console.log(`\n${folder}`);
  for (const [name, size] of [...sizes, ["in all", sum]]) console.log(line(name, size));
  if (sum > MOST_BYTES) {
    throw new Error(
      `Expected at most 60 MB. Received: ${megabytes(sum)}. Compress it better, or leave something out.`,
    );
  }
}

/** The sizes of the parts as they are unpacked. */
function report(runtime) {
  console.log("unpacked");
  for (const name of ["node", "app", "libraries", "cxx", "glibc", "busybox", "."]) {
    console.log(line(name === "." ? "in all" : name, sizeOf(path.join(runtime, name))));
  }
}

function sizeOf(place) {
  const stats = statSync(place);
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(place).reduce((sum, name) => sum + sizeOf(path.join(place, name)), 0);
}

function line(name, bytes) {
  return `${name.padEnd(16)} ${megabytes(bytes).padStart(9)}`;
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
