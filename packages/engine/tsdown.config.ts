import { defineConfig } from "tsdown";

export default defineConfig({
  entry: ["src/index.ts", "src/describe-engine-child.ts"],
  dts: true,
  fixedExtension: false,
  sourcemap: true,
});
