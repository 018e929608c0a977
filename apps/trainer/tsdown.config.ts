import { createRequire, isBuiltin } from "node:module";
import { defineConfig } from "tsdown";

const wasm = createRequire(import.meta.url).resolve(
  "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm",
);

/** What tfjs and models ask for in Node alone, and say so in the `browser` field of their package.json. */
const withoutNode = {
  name: "without-node",
  resolveId: (id: string) => (isBuiltin(id) || ["jiti", "node-fetch"].includes(id) ? "\0absent" : null),
  load: (id: string) => (id === "\0absent" ? "export default {};" : null),
};

export default defineConfig([
  {
    entry: ["src/index.ts", "src/cli.ts", "src/process/child.ts", "src/benchmark/benchmark-child.ts"],
    // One file a module: the command finds the entries of processes beside the modules that start them.
    unbundle: true,
    dts: { entry: ["src/index.ts"] },
    fixedExtension: false,
    sourcemap: true,
  },
  {
    // What `convkit verify` opens in a browser, with all that it needs.
    entry: ["src/parity/page.ts"],
    outDir: "dist/page",
    platform: "browser",
    noExternal: [/./],
    plugins: [withoutNode],
    minify: true,
    dts: false,
    fixedExtension: false,
    copy: [{ from: wasm, to: "dist/page" }],
  },
]);
