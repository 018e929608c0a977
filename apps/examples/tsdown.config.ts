import { defineConfig } from "tsdown";

export default defineConfig({ entry: ["src/*.ts"], dts: false, fixedExtension: false, sourcemap: true });
