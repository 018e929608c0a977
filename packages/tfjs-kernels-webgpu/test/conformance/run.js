/**
 * Runs tfjs-core's own suite on the backend `webgpu` as this package makes it, and what fails there once more on tfjs's own:
 * `pnpm conformance [pattern]`. tfjs's backend fails some of it by itself, in float32's last digits or where nothing is implemented;
 * what it passes has to pass here. The pattern is a regular expression for names of specs. The last line is `N passed, N failed`.
 */
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const bundle = join(root, "build", "conformance", "suite.mjs");
const software = fileURLToPath(new URL("../../../../.scratch/software-vulkan", import.meta.url));

await build({
  absWorkingDir: root,
  entryPoints: [fileURLToPath(import.meta.resolve("./suite.ts"))],
  outfile: bundle,
  bundle: true,
  platform: "node",
  format: "esm",
  // tfjs-core's specs are ES modules without file extensions, which Node does not load, and are marked as free of side effects.
  mainFields: ["module", "main"],
  ignoreAnnotations: true,
  nodePaths: [join(root, "node_modules")],
  external: ["jasmine-core", "node-fetch", "webgpu"],
  banner: {
    js: 'import * as nodeModule from "node:module"; const require = nodeModule.createRequire(process.argv[1]);',
  },
  logLevel: "error",
});

/** What differs on purpose, and why. @type {Record<string, string>} */
const MEANT = {
  "nonMaxSuppression webgpu {} NonMaxSuppression Basic works when inputs are not explicitly initialized on the CPU":
    "reading keeps no copy, which a kernel that writes in place would leave behind",
};

/** What the suite ends with where there is nothing to run it on; environment.ts has the same number. */
const NO_GPU = 77;

/** @param {string} kernels "own" or "stock" @param {object} more */
function run(kernels, more) {
  const folder = mkdtempSync(join(tmpdir(), "convkit-conformance-"));
  const results = join(folder, "results.json");
  const vulkan = process.env.CONVKIT_VULKAN ?? (existsSync(software) ? software : "");
  const options = { kernels, results, ...more };
  const { status } = spawnSync(process.execPath, ["--enable-source-maps", bundle, JSON.stringify(options)], {
    stdio: ["ignore", "inherit", "inherit"],
    cwd: root,
    env: { ...process.env, CONVKIT_VULKAN: vulkan, GALLIVM_PERF: process.env.GALLIVM_PERF ?? "nopt" },
  });
  try {
    if (status === NO_GPU) return null;
    if (status !== 0) throw new Error(`Expected the suite to end by itself. Received: status ${status}.`);
    return JSON.parse(readFileSync(results, "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const pattern = process.argv[2] ?? "";
const own = run("own", { pattern });
if (own === null) {
  console.log(
    "NOT RUN: tfjs-core's suite on webgpu, for want of a Vulkan device. node packages/engine/scripts/setup-software-vulkan.mjs",
  );
  console.log("0 passed, 0 failed");
  process.exit(0);
}
const failures = Object.keys(own.failed);
// All of them again, since what fails may depend on what came before.
const stock = failures.some((name) => !(name in MEANT))
  ? run("stock", { pattern })
  : { failed: {}, passed: [] };
const regressions = failures.filter((name) => !(name in stock.failed) && !(name in MEANT));
for (const name of failures) {
  const where = regressions.includes(name)
    ? "FAILED"
    : name in MEANT
      ? `differs: ${MEANT[name]}:`
      : "fails on tfjs's own, too:";
  console.log(`${where} ${name}\n  ${own.failed[name]}`);
}
console.log(
  `${own.passed.length} specs pass, ${failures.length - regressions.length} fail on tfjs's own backend, too`,
);
console.log(`${own.passed.length} passed, ${regressions.length} failed`);
process.exitCode = regressions.length === 0 && own.passed.length > 0 ? 0 : 1;
