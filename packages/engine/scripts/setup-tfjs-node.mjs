#!/usr/bin/env node
/**
 * Sets up a working tfjs-node 4.22.0 from npm alone, so that the engine suite and the benchmarks run on a real
 * libtensorflow where tfjs-node's own download does not get through.
 *
 * tfjs-node's JavaScript is its npm package, installed without its install script. libtensorflow and the N-API
 * binding come out of `tfjs-node-lambda-releases`, which carries libtensorflow 1.15 for linux-x64. That is older
 * than the 2.9.1 which tfjs-node downloads: right for tests, not for judging tfjs-node's shipped speed.
 *
 * Usage: node packages/engine/scripts/setup-tfjs-node.mjs [folder]     (default: .scratch/tfjs-node)
 * A folder that works already is left as it is.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createBrotliDecompress } from "node:zlib";

const TFJS_NODE = "@tensorflow/tfjs-node@4.22.0";
const LIBTENSORFLOW = "tfjs-node-lambda-releases@1.6.1";
const ARCHIVE = "nodejs12.x-tf2.7.0.br";
const SCRATCH_NAME = "tfjs-node-scratch";

const packageRoot = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = path.resolve(process.argv[2] ?? path.join(packageRoot, "../../.scratch/tfjs-node"));
const tfjsNode = path.join(folder, "node_modules/@tensorflow/tfjs-node");

if (`${process.platform}-${process.arch}` !== "linux-x64") {
  fail(
    `Expected linux-x64: npm carries libtensorflow for nothing else. Received: ${process.platform}-${process.arch}. ` +
      "Install @tensorflow/tfjs-node in its own way instead.",
  );
}
if (!load().version) {
  await fetchPackages();
  await unpackLibtensorflow();
  await shareTfjs();
}
const { version, failure } = load();
if (!version) {
  fail(
    `Expected tfjs-node to load from ${folder}. Received: ${failure}\n` +
      "Delete that folder and run this script again; if it says the same, install @tensorflow/tfjs-node in its own way.",
  );
}
console.log(
  `${TFJS_NODE} on libtensorflow ${version} is ready. To use it:\nexport CONVKIT_TFJS_NODE=${tfjsNode}`,
);

async function fetchPackages() {
  await mkdir(folder, { recursive: true });
  const manifest = path.join(folder, "package.json");
  const isOurs = existsSync(manifest) && readFileSync(manifest, "utf8").includes(SCRATCH_NAME);
  if (!isOurs && readdirSync(folder).length > 0) {
    fail(`Expected an empty folder, or one of an earlier set-up. Received: ${folder}. Name another one.`);
  }
  console.log(`Fetching ${TFJS_NODE} and ${LIBTENSORFLOW} (195 MB) into ${folder}`);
  await rm(path.join(folder, "node_modules"), { recursive: true, force: true });
  await rm(path.join(folder, "package-lock.json"), { force: true });
  await writeFile(manifest, JSON.stringify({ name: SCRATCH_NAME, private: true }));
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund"];
  execFileSync("npm", ["install", ...flags, TFJS_NODE, LIBTENSORFLOW], { cwd: folder, stdio: "inherit" });
}

/** The archive is a whole node_modules; only libtensorflow (`deps/lib`) and the binding (`lib/napi-v6`) are of use. */
async function unpackLibtensorflow() {
  const releases = path.join(folder, "node_modules/tfjs-node-lambda-releases");
  const inside = "node_modules/@tensorflow/tfjs-node";
  const tar = spawn("tar", ["-x", "--strip-components=3", `${inside}/deps/lib`, `${inside}/lib/napi-v6`], {
    cwd: tfjsNode,
    stdio: ["pipe", "inherit", "inherit"],
  });
  const ended = new Promise((resolve, reject) => tar.on("error", reject).on("exit", resolve));
  await pipeline(createReadStream(path.join(releases, ARCHIVE)), createBrotliDecompress(), tar.stdin);
  const code = await ended;
  if (code !== 0) {
    fail(
      `Expected tar to unpack ${ARCHIVE}. Received: exit code ${code}, after what it said above. ` +
        `Make room on the disk, delete ${folder} and run this script again.`,
    );
  }
  // tfjs-node looks under the newest N-API version it knows, 8; a binding for 6 loads there all the same.
  await rename(path.join(tfjsNode, "lib/napi-v6"), path.join(tfjsNode, "lib/napi-v8"));
  await rm(releases, { recursive: true });
}

/** One copy of tfjs in a process: tfjs-node has to register itself with the one that this package uses. */
async function shareTfjs() {
  const scope = path.join(folder, "node_modules/@tensorflow");
  const ours = path.dirname(await realpath(path.join(packageRoot, "node_modules/@tensorflow/tfjs")));
  for (const name of readdirSync(scope).filter((entry) => entry !== "tfjs-node")) {
    await rm(path.join(scope, name), { recursive: true });
    await symlink(await realpath(path.join(ours, name)), path.join(scope, name));
  }
}

/** @returns the version of the libtensorflow that loads from the folder, or what its process said instead. */
function load() {
  const program = `
    const util = require("node:util");
    util.isNullOrUndefined ??= (value) => value == null;
    util.isArray ??= Array.isArray;
    const tf = require(${JSON.stringify(tfjsNode)});
    require("node:assert").equal(tf.tidy(() => tf.add(1, 1).dataSync()[0]), 2);
    console.log(tf.backend().binding.TF_Version);`;
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ["-e", program], {
    encoding: "utf8",
  });
  if (status === 0) return { version: stdout.trim() };
  return { failure: stderr.trim() || `its process ended with ${signal ?? `exit code ${status}`}` };
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
