import { defineConfig } from "tsdown";

export default defineConfig({
  entry: ["src/main.ts", "src/step-child.ts"],
  dts: true,
  fixedExtension: false,
  sourcemap: true,
});
