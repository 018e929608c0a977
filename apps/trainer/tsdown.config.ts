import { defineConfig } from "tsdown";

export default defineConfig({
  entry: ["src/index.ts", "src/cli.ts", "src/process/child.ts"],
  // One file a module: the command finds the training process's entry beside the module that starts it.
  unbundle: true,
  dts: { entry: ["src/index.ts"] },
  fixedExtension: false,
  sourcemap: true,
});
