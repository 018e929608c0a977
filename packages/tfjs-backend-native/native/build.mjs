/**
 * Builds the addon with node-gyp and the compiler at hand, without any download: the N-API headers come from
 * node-api-headers, and node-gyp is pointed at a folder made here instead of Node's own headers, which it would
 * fetch. `--install` is what npm runs in a user's project: a prebuilt binary that fits ends it at once, and a
 * failed build leaves the install green, because the package says what is missing when it is used. In a clone a
 * missing compiler is only said, since convkit runs on slower engines too; CI has to have one.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CC, CFLAGS, CI, CXX, CXXFLAGS, npm_config_python, PYTHON } from "./env.mjs";

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL("..", import.meta.url));
const installing = process.argv.includes("--install");
const binary = join(root, "build", "Release", "convkit_native.node");
const stamp = join(root, "build", "Release", "sources.sha256");

function hasPrebuilt() {
  if (!existsSync(join(root, "prebuilds"))) return false;
  try {
    return require("node-gyp-build").path(root).includes("prebuilds");
  } catch {
    return false;
  }
}

/** Hash of everything the binary depends on. */
function sourcesHash() {
  const tools = ["node-gyp", "node-api-headers"].map((name) => require(`${name}/package.json`).version);
  const settings = [
    process.platform,
    process.arch,
    ...[CC, CXX, CFLAGS, CXXFLAGS].map((name) => name || null),
    ...tools,
  ];
  const hash = createHash("sha256").update(JSON.stringify(settings));
  const visit = (path) => {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name));
    else hash.update(path.slice(root.length)).update(readFileSync(path));
  };
  visit(join(root, "binding.gyp"));
  visit(join(root, "native"));
  return hash.digest("hex");
}

/** What node-gyp looks for under --nodedir, with the N-API headers alone. */
function makeNodeDirectory() {
  const include = join(root, "build", "node-headers", "include", "node");
  mkdirSync(include, { recursive: true });
  cpSync(require("node-api-headers").include_dir, include, { recursive: true });
  const { variables } = process.config;
  const config = {
    target_defaults: {
      cflags: [],
      default_configuration: "Release",
      defines: [],
      include_dirs: [],
      libraries: [],
    },
    variables: { ...variables, host_arch: process.arch, target_arch: process.arch, napi_build_version: "8" },
  };
  writeFileSync(join(include, "config.gypi"), JSON.stringify(config, null, 2));
  const common = { target_defaults: { configurations: { Release: {}, Debug: {} } } };
  writeFileSync(join(include, "common.gypi"), JSON.stringify(common, null, 2));
  // Relative, as in binding.gyp: makefiles that gyp writes break at a space in a path.
  return join("build", "node-headers");
}

function build() {
  const nodeGyp = require.resolve("node-gyp/bin/node-gyp.js");
  const args = ["configure", "build", "--release", `--nodedir=${makeNodeDirectory()}`, "--loglevel=warn"];
  const result = spawnSync(process.execPath, [nodeGyp, ...args, "--jobs=max"], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout}${result.stderr}`);
  throw new Error("Expected the addon to compile. Received: a failed build, see above.");
}

function runs(command) {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;
}

/** What of a compiler, make and Python is not on this machine; the compiler is the one that gyp's makefiles call. */
function missingTools() {
  const compiler = CXX?.split(" ")[0] || (process.platform === "darwin" ? "c++" : "g++");
  const pythons = [PYTHON, npm_config_python, "python3", "python"].filter((name) => name);
  return [
    ...[compiler, "make"].filter((command) => !runs(command)),
    ...(pythons.some(runs) ? [] : ["python3"]),
  ];
}

function isFresh(hash) {
  return existsSync(binary) && existsSync(stamp) && readFileSync(stamp, "utf8") === hash;
}

const hash = sourcesHash();
const missing = missingTools();
if ((installing && hasPrebuilt()) || isFresh(hash)) {
  process.exitCode = 0;
} else if (missing.length > 0) {
  console.error(
    `@convkit/tfjs-backend-native was not built. Expected a C++17 compiler (g++ 10, clang 12 or later), make and ` +
      `Python 3. Received: no ${missing.join(", no ")}. Training works without it, but many times slower. ` +
      "On Debian and Ubuntu: apt-get install g++ make python3.",
  );
  process.exitCode = installing || !CI ? 0 : 1;
} else {
  try {
    build();
    writeFileSync(stamp, hash);
  } catch (error) {
    console.error(`@convkit/tfjs-backend-native was not built. ${error.message}`);
    process.exitCode = installing ? 0 : 1;
  }
}
