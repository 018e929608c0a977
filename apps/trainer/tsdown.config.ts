import { defineConfig } from "tsdown";

export default defineConfig({
  entry: ["src/index.ts", "src/cli.ts", "src/process/child.ts"],
  dts: { entry: ["src/index.ts"] },
  fixedExtension: false,
  sourcemap: true,
});
