/**
 * Builds the addon with node-gyp and the compiler at hand, without any download: the N-API headers come from
 * node-api-headers, and node-gyp is pointed at a folder made here instead of Node's own headers, which it would
 * fetch. `--install` is what npm runs in a user's project: a prebuilt binary that fits ends it at once, and a
 * failed build leaves the install green, because the package says what is missing when it is used.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

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
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
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
  return join(root, "build", "node-headers");
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
  throw new Error(
    "Expected a C++17 compiler (g++ 10 or clang 12 and later), make and Python 3. " +
      "Received: a failed build, see above. On Debian and Ubuntu: apt-get install g++ make python3.",
  );
}

if (installing && hasPrebuilt()) process.exit(0);
const hash = sourcesHash();
if (existsSync(binary) && existsSync(stamp) && readFileSync(stamp, "utf8") === hash) process.exit(0);
try {
  build();
  writeFileSync(stamp, hash);
} catch (error) {
  console.error(`@convkit/tfjs-backend-native was not built. ${error.message}`);
  process.exit(installing ? 0 : 1);
}
