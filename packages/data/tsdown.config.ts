import { defineConfig } from "tsdown";

export default defineConfig({
  entry: ["src/index.ts", "src/loader-worker.ts"],
  dts: true,
  fixedExtension: false,
  sourcemap: true,
});
