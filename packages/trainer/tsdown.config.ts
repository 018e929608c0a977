import { defineConfig } from "tsdown";

export default defineConfig({
  entry: ["src/index.ts", "src/run-files.ts"],
  dts: true,
  fixedExtension: false,
  sourcemap: true,
});
