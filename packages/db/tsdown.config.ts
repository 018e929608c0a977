import { defineConfig } from "tsdown";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    "open-cluster": "src/embedded/open-cluster.ts",
    "keeper-process": "src/embedded/keeper-process.ts",
  },
  dts: true,
  fixedExtension: false,
  sourcemap: true,
});
