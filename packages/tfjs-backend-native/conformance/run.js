/**
 * Runs tfjs-core's own suite on this backend: `pnpm conformance`. The specs are published inside tfjs-core as
 * ES modules without file extensions, which Node does not load, so they are bundled first. tfjs-core's package
 * marks them as free of side effects, hence `ignoreAnnotations`.
 */
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const bundle = `${root}build/conformance/suite.mjs`;

await build({
  absWorkingDir: root,
  entryPoints: [fileURLToPath(import.meta.resolve("./suite.ts"))],
  outfile: bundle,
  bundle: true,
  platform: "node",
  format: "esm",
  mainFields: ["module", "main"],
  ignoreAnnotations: true,
  // tfjs-core's specs ask for jasmine-core without naming it in their package.
  nodePaths: [`${root}node_modules`],
  external: ["jasmine-core", "node-fetch"],
  // The bundle lies elsewhere than the sources, and only binding.ts asks where it is.
  define: { "import.meta.url": JSON.stringify(pathToFileURL(`${root}src/binding.ts`).href) },
  banner: {
    js: 'import * as nodeModule from "node:module"; const require = nodeModule.createRequire(process.argv[1]);',
  },
  logLevel: "error",
});

const { status } = spawnSync(process.execPath, ["--enable-source-maps", bundle], {
  stdio: "inherit",
  cwd: root,
});
process.exitCode = status ?? 1;
