/**
 * The bundle's JavaScript: one script by esbuild with an entry for every process and worker that convkit starts, and beside it, as
 * packages, what has binaries or is found by its name.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const trainer = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const engine = packageFolder("@convkit/engine", trainer);
const data = packageFolder("@convkit/data", trainer);
const native = packageFolder("@convkit/tfjs-backend-native", engine);

/** By the names under which modules look for them beside themselves. */
const ENTRIES = {
  cli: path.join(trainer, "dist/cli.js"),
  child: path.join(trainer, "dist/process/child.js"),
  "benchmark-child": path.join(trainer, "dist/benchmark/benchmark-child.js"),
  "loader-worker": path.join(data, "dist/loader-worker.js"),
  "describe-engine-child": path.join(engine, "dist/describe-engine-child.js"),
};

/** With binaries, or with a compiler that loads parts of itself by their paths. */
const WHOLE_PACKAGES = [
  ["sharp", data],
  ["jiti", data],
  ["node-gyp-build", native],
];
/** Bundled; their versions are looked up all the same. */
const BUNDLED = [
  ["@convkit/engine", trainer],
  ["@convkit/trainer", trainer],
  ["@convkit/tfjs-backend-native", engine],
  ["@convkit/tfjs-kernels-webgpu", engine],
  ["@tensorflow/tfjs", trainer],
];

/** Node that was started by a wrapper, which the bundle's launcher names, starts its own processes by it. */
const BANNER = `
import { createRequire as requireOf } from "node:module";
const require = requireOf(import.meta.url);
if (process.env.CONVKIT_NODE) process.execPath = process.env.CONVKIT_NODE;
`;

/**
 * @param {string} root where convkit's package.json is looked for.
 * @param {string} app folder of scripts and packages, in root.
 * @param {Record<string, string>} more entries besides convkit's own, by their names.
 */
export function bundleScripts(root, app, more = {}) {
  const dist = path.join(app, "dist");
  const entries = { ...ENTRIES, ...more };
  const cases = Object.entries(entries).map(
    ([name, file]) => `case "?${name}": await import(${JSON.stringify(file)}); break;`,
  );
  const { metafile } = buildSync({
    // One file: cut into several, esbuild loses the names that a lazily imported CommonJS module exports.
    stdin: {
      contents: `switch (new URL(import.meta.url).search) { ${cases.join("\n")} }`,
      resolveDir: trainer,
    },
    outfile: path.join(dist, "convkit.js"),
    bundle: true,
    // Not minified: it would win half a megabyte, and lose what errors say of where they come from.
    keepNames: true,
    platform: "node",
    format: "esm",
    target: "node20",
    // `main` before `module`, whoever asks: two builds of tfjs would be two engines.
    mainFields: ["main", "module"],
    external: ["webgpu", ...WHOLE_PACKAGES.map(([name]) => name), "@tensorflow/tfjs-backend-wasm"],
    banner: { js: BANNER },
    metafile: true,
    logLevel: "error",
  });
  for (const name of Object.keys(entries)) {
    writeFileSync(path.join(dist, `${name}.js`), `import "./convkit.js?${name}";\n`);
  }
  checkOneCopy(Object.keys(metafile.inputs));
  cpSync(path.join(trainer, "package.json"), path.join(root, "package.json"));
  cpSync(path.join(trainer, "dist/page"), path.join(app, "page"), { recursive: true });
  const addon = "build/Release/convkit_native.node";
  cpSync(path.join(native, addon), path.join(app, addon));
  const modules = path.join(app, "node_modules");
  for (const [name, from] of WHOLE_PACKAGES) copyPackage(name, from, modules);
  copyDawn(modules);
  for (const [name, from] of BUNDLED) describePackage(name, from, modules);
}

function checkOneCopy(inputs) {
  const cores = inputs.filter((name) => /tfjs-core\/dist\/tf-core[^/]*\.js$/.test(name));
  if (cores.length === 1) return;
  throw new Error(
    `Expected one copy of tfjs-core in the bundle. Received: ${cores.join(", ") || "none"}. ` +
      "Keep one version of tfjs in the workspace, and one build of it in the bundle.",
  );
}

/** With all that it depends on and that is installed. */
function copyPackage(name, from, modules) {
  const target = path.join(modules, name);
  if (existsSync(target)) return;
  const source = packageFolder(name, from);
  cpSync(source, target, {
    recursive: true,
    dereference: true,
    filter: (file) => !/\.(map|d\.[mc]?ts)$/.test(file),
  });
  const { dependencies = {}, optionalDependencies = {} } = manifestOf(source);
  for (const needed of Object.keys(dependencies)) copyPackage(needed, source, modules);
  for (const wanted of Object.keys(optionalDependencies)) {
    if (findPackage(wanted, source) !== undefined) copyPackage(wanted, source, modules);
  }
}

/** Without the binaries for other systems. */
function copyDawn(modules) {
  const source = packageFolder("webgpu", engine);
  for (const name of ["package.json", "index.js", "LICENSE.md", "dist/linux-x64"]) {
    cpSync(path.join(source, name), path.join(modules, "webgpu", name), { recursive: true });
  }
}

/** What is asked of a bundled package by its name: its version, and of the engine the script of a process. */
function describePackage(name, from, modules) {
  const { version } = manifestOf(packageFolder(name, from));
  const folder = path.join(modules, name);
  mkdirSync(folder, { recursive: true });
  const manifest = { name, version, type: "module" };
  writeFileSync(path.join(folder, "package.json"), JSON.stringify(manifest));
  if (name !== "@convkit/engine") return;
  const child = "./describe-engine-child.js";
  const exported = { "./describe-engine-child": child, "./package.json": "./package.json" };
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ ...manifest, exports: exported }));
  writeFileSync(path.join(folder, child), 'import "../../../dist/describe-engine-child.js";\n');
}

function packageFolder(name, from) {
  const found = findPackage(name, from);
  if (found !== undefined) return found;
  throw new Error(`Expected ${name} to be installed. Received: none. pnpm install`);
}

/** As Node looks for it, and whatever it exports. */
function findPackage(name, from) {
  const places = createRequire(path.join(from, "package.json")).resolve.paths(name) ?? [];
  const found = places.map((place) => path.join(place, name)).find((place) => existsSync(place));
  return found === undefined ? undefined : realpathSync(found);
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
}
