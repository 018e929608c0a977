import { defineConfig } from "tsdown";

export default defineConfig({
  entry: ["src/main.ts"],
  dts: false,
  fixedExtension: false,
  sourcemap: true,
  // The pages lie beside it.
  clean: ["dist/*.js", "dist/*.map"],
});
