import { defineConfig } from "tsdown";

export default defineConfig({
  entry: [
    "src/index.ts",
    "src/describe-decoding.ts",
    "src/fork-fields.ts",
    "src/model-names.ts",
    "src/recipes.ts",
    "src/schedule.ts",
    "src/wire.ts",
  ],
  dts: true,
  fixedExtension: false,
  sourcemap: true,
});
