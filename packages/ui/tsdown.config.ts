import { defineConfig } from "tsdown";

/** A file each, so that every `"use client"` stays with its component and a page takes only what it shows. */
export default defineConfig({
  entry: ["src/index.ts", "src/charts.ts"],
  platform: "neutral",
  unbundle: true,
  dts: true,
  fixedExtension: false,
  sourcemap: true,
});
