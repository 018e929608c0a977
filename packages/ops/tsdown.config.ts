import { defineConfig } from "tsdown";

export default defineConfig({
  entry: ["src/index.ts", "src/kernel-names.ts"],
  dts: true,
  fixedExtension: false,
  sourcemap: true,
});
